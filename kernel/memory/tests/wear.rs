//! Wear: everything that is handed to the disk is counted, over restarts, and kept within a budget.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft_of, small, state_of};
use std::time::Duration;
use triune_core::BeingId;
use triune_memory::catalog::Profile;
use triune_memory::wear::{Pace, WearSource};
use triune_memory::{Memories, Memory, Opened, Options};

/// Eight records and a header page.
const SEGMENT: u64 = 4096 + 8 * 512;

fn busy(budget: u64) -> Options {
    Options {
        wear_budget: budget,
        flush_window: Duration::from_millis(8),
        essence_interval: Duration::from_millis(5),
        ..small()
    }
}

fn live(opened: &mut Opened, numbers: std::ops::Range<u64>) {
    let being = opened.memory.being();
    for number in numbers {
        let moment = draft_of(being, number);
        let _ = opened
            .cycle
            .remember(&state_of(being, number), Some(&moment));
        std::thread::sleep(Duration::from_micros(300));
    }
}

#[test]
fn what_is_written_is_counted_by_what_for_and_over_restarts() {
    let root = common::directory();
    let options = Options {
        essence_interval: Duration::from_secs(3600),
        ..small()
    };
    let memories = Memories::open(root.path(), &options).unwrap();
    let mut opened = memories.open_being(BEING).unwrap();
    live(&mut opened, 1..4);
    opened.memory.sync().unwrap();
    let before = opened.memory.wear().today().catalogue;
    let profile = Profile::new("Ada", "").unwrap();
    opened.memory.catalog().set_profile(&profile).unwrap();
    assert!(opened.memory.wear().today().catalogue >= before + 4096);
    opened.memory.wear().count(WearSource::Index, 5000);
    let today = opened.memory.statistics().wear;
    // A segment set aside, one flush or more of its first page; the essence's file and a page for it.
    assert!(today.crystals >= SEGMENT + 4096 && today.crystals.is_multiple_of(4096));
    assert!(today.essence >= 2 * 4096);
    assert_eq!(today.index, 8192);
    assert_eq!(memories.wear().today(), today);
    assert_eq!(
        opened.memory.statistics().bytes_written,
        today.crystals + today.essence
    );
    opened.memory.close().unwrap();
    let closed = memories.wear().today();
    assert_eq!(closed.essence, today.essence + 4096);

    // Opened again here, it counts on; the whole does not count it twice.
    let again = memories.open_being(BEING).unwrap();
    assert!(again.memory.wear().today().index == 8192);
    assert_eq!(memories.wear().today().index, 8192);
    again.memory.close().unwrap();
    let last = memories.wear().today();
    drop(memories);
    let memories = Memories::open(root.path(), &options).unwrap();
    let again = memories.open_being(BEING).unwrap();
    let now = again.memory.wear().today();
    if now.day == last.day {
        assert!(now.crystals >= last.crystals && now.index == last.index);
        assert_eq!(memories.wear().today().index, last.index);
    }
}

#[test]
fn what_the_catalogue_writes_is_counted() {
    let root = common::directory();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let catalog = opened.memory.catalog();
    let mut before = opened.memory.wear().today().catalogue;
    assert!(before > 0, "it was made");
    for name in ["Ada", "Ben"] {
        let profile = Profile::new(name, "").unwrap();
        catalog.set_profile(&profile).unwrap();
        let after = opened.memory.wear().today().catalogue;
        // At least the page of the row and the database's head.
        assert!(after >= before + 2 * 4096 && after.is_multiple_of(4096));
        before = after;
        assert_eq!(catalog.profile().unwrap(), Some(profile));
        assert_eq!(opened.memory.wear().today().catalogue, before, "reading");
    }
}

#[test]
fn a_budget_is_kept_by_withholding_what_stands_out_least() {
    let root = common::directory();
    let budget = 3_000_000;
    let mut first_withheld = None;
    let memories = Memories::open(root.path(), &busy(budget)).unwrap();
    let mut one = memories.open_being(BEING).unwrap();
    let mut other = memories.open_being(BeingId(2)).unwrap();
    for round in 0..40 {
        live(&mut one, 1 + round * 50..51 + round * 50);
        live(&mut other, 1 + round * 50..51 + round * 50);
        let spent = memories.wear().today().total();
        assert!(spent <= budget + 2 * SEGMENT, "{spent}");
        if one.memory.statistics().withheld > 0 && first_withheld.is_none() {
            first_withheld = Some(1 + round * 50);
        }
    }
    let now = one.memory.statistics();
    assert!(now.withheld > 0);
    assert_eq!(now.wear_budget, budget);
    assert_ne!(now.pace, Pace::Easy);
    assert_eq!(
        now.crystals_degraded, None,
        "keeping to a budget is no failure"
    );
    assert_eq!(one.memory.history().latest(), Some(state_of(BEING, 2000)));

    // What was kept from then on stood out more than what was lived.
    let first = first_withheld.unwrap();
    let view = one.memory.view();
    let kept: Vec<f32> = view
        .iter()
        .filter(|one| one.cycle() >= first)
        .map(|one| one.salience())
        .collect();
    let mean = kept.iter().sum::<f32>() / kept.len() as f32;
    assert!(mean > 0.55, "{mean} of {}, lived 0.5", kept.len());
    println!("{} kept from {first} on: {mean}", kept.len());

    // Said expressly, everything that was not withheld is made durable all the same.
    let durable = one.memory.sync().unwrap().last_crystal;
    assert_eq!(durable, one.memory.view().len());
    let withheld = one.memory.statistics().withheld;
    one.memory.close().unwrap();
    let again = memories.open_being(BEING).unwrap();
    assert_eq!(again.essence().unwrap().counters.withheld, withheld);
}

#[test]
fn default_settings_stay_easy_at_a_moment_a_second() {
    // A flush of one page for each second, a segment each 1024 of them, an essence each five.
    let options = Options::default();
    let segment = 4096 + u64::from(options.records_per_segment) * 512;
    let day = 86_400 * 4096
        + (86_400 / u64::from(options.records_per_segment) + 1) * segment
        + 86_400 / 5 * 4096;
    assert!(day < options.wear_budget / 8 * 7 / 10 * 8, "{day}");
}
