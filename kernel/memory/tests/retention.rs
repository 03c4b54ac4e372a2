//! Retention by size: the oldest segments go, sequence numbers go on, and what was removed is not
//! taken for lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{
    BEING, Hook, HookedDisk, copy_directory, crystal, draft, own, segments, small, stamp, state,
};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use triune_memory::crystals::{AppendError, Crystal, CrystalRecovery, CrystalStore, StoreSettings};
use triune_memory::wear::Wear;
use triune_memory::{Disk, FaultyDisk, Memory, Options, RealDisk, StoreFault};

/// Eight records and a header page.
const SEGMENT: u64 = 4096 + 8 * 512;

fn settings(crystal_bytes: u64, disk: Arc<dyn Disk>) -> StoreSettings {
    StoreSettings {
        records_per_segment: 8,
        crystal_bytes,
        disk,
        wear: Wear::new(u64::MAX),
    }
}

fn open(directory: &Path, crystal_bytes: u64) -> (CrystalStore, CrystalRecovery) {
    let settings = settings(crystal_bytes, Arc::new(RealDisk));
    CrystalStore::open_with(directory, BEING, 0, settings).unwrap()
}

fn append(store: &mut CrystalStore, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        assert_eq!(
            store.append(&draft(number), stamp(number), own()).unwrap(),
            number
        );
    }
}

fn kept(store: &CrystalStore) -> Vec<u64> {
    let view = store.reader().view();
    for one in view.iter() {
        assert_eq!(*one, crystal(one.sequence()));
    }
    view.iter().map(Crystal::sequence).collect()
}

#[test]
fn the_oldest_segment_goes_and_numbers_go_on() {
    let directory = common::directory();
    let (mut store, _) = open(directory.path(), 3 * SEGMENT);
    append(&mut store, 1..=24);
    assert_eq!((store.retired(), store.bytes_kept()), (0, 3 * SEGMENT));
    let before = store.reader().view();
    append(&mut store, 25..=25);
    assert_eq!(kept(&store), (9..=25).collect::<Vec<_>>());
    assert_eq!(store.first_sequence(), Some(9));
    assert_eq!(store.reader().get(8), None);
    store.retire().unwrap();
    assert_eq!(segments(directory.path()).len(), 3);
    assert_eq!((store.retired(), store.bytes_kept()), (8, 3 * SEGMENT));
    // Whoever reads what is gone goes on reading it.
    assert_eq!(before.len(), 24);
    assert!(
        before
            .iter()
            .eq((1..=24).map(crystal).collect::<Vec<_>>().iter())
    );
    drop(before);

    store.sync().unwrap();
    drop(store);
    let (mut store, report) = open(directory.path(), 3 * SEGMENT);
    assert_eq!((report.whole, report.missing_at_start), (17, 0));
    append(&mut store, 26..=33);
    assert_eq!(store.first_sequence(), Some(17));
}

#[test]
fn the_newest_two_segments_stay_however_little_is_allowed() {
    let directory = common::directory();
    let (mut store, _) = open(directory.path(), 1);
    append(&mut store, 1..=20);
    store.retire().unwrap();
    assert_eq!(kept(&store), (9..=20).collect::<Vec<_>>());
    assert_eq!(segments(directory.path()).len(), 2);
}

#[test]
fn a_smaller_allowance_is_kept_when_the_next_segment_is_begun() {
    let directory = common::directory();
    let (mut store, _) = open(directory.path(), u64::MAX);
    append(&mut store, 1..=40);
    store.sync().unwrap();
    drop(store);
    let (mut store, _) = open(directory.path(), 2 * SEGMENT);
    assert_eq!(store.first_sequence(), Some(1));
    append(&mut store, 41..=41);
    assert_eq!(kept(&store), (33..=41).collect::<Vec<_>>());
}

#[test]
fn a_lost_head_is_told_and_a_removed_one_is_not() {
    let directory = common::directory();
    let (mut store, _) = open(directory.path(), 3 * SEGMENT);
    append(&mut store, 1..=30);
    store.retire().unwrap();
    store.sync().unwrap();
    drop(store);
    assert_eq!(open(directory.path(), 3 * SEGMENT).1.missing_at_start, 0);
    std::fs::remove_file(&segments(directory.path())[0]).unwrap();
    let (store, report) = open(directory.path(), 3 * SEGMENT);
    assert_eq!(report.missing_at_start, 8);
    assert_eq!(kept(&store), (17..=30).collect::<Vec<_>>());
}

/// The removal may be cut off after any operation; afterwards the kept ones are there, and no removed
/// one comes back.
#[test]
fn a_power_cut_at_any_operation_of_a_removal_leaves_one_range() {
    let mut cuts = 0;
    for after in 0.. {
        let directory = common::directory();
        let disk = Arc::new(FaultyDisk::default());
        let settings = settings(2 * SEGMENT, Arc::clone(&disk) as _);
        let (mut store, _) = CrystalStore::open_with(directory.path(), BEING, 0, settings).unwrap();
        append(&mut store, 1..=16);
        store.sync().unwrap();
        disk.inject(StoreFault::Cut { after });
        let appended = store.append(&draft(17), stamp(17), own());
        let removed = store.retire();
        let durable = store.durable();
        let copy = common::directory();
        copy_directory(directory.path(), copy.path());
        let (mut again, report) = open(copy.path(), 2 * SEGMENT);
        assert_eq!(
            report.missing_at_start + report.damaged + report.torn,
            0,
            "{report:?}"
        );
        let found = kept(&again);
        let first = if again.first_sequence() == Some(1) {
            1
        } else {
            9
        };
        assert_eq!(found, (first..=*found.last().unwrap()).collect::<Vec<_>>());
        assert!(*found.last().unwrap() >= durable);
        again.retire().unwrap();
        assert!(segments(copy.path()).len() <= 2);
        match removed {
            Ok(()) if appended.is_ok() => break,
            Ok(()) => assert!(matches!(
                appended,
                Err(AppendError::Create { .. } | AppendError::Write { .. })
            )),
            Err(error) => assert!(matches!(error, AppendError::Remove { .. }), "{error}"),
        }
        // The same store goes on by itself when the disk is there again.
        disk.heal();
        if appended.is_err() {
            append(&mut store, 17..=17);
        }
        store.retire().unwrap();
        assert_eq!(kept(&store), (9..=17).collect::<Vec<_>>());
        assert_eq!(segments(directory.path()).len(), 2);
        cuts += 1;
    }
    assert!(cuts >= 7, "{cuts}");
}

/// Files cannot be removed while it refuses.
#[derive(Debug, Default)]
struct Clinging {
    refuses: AtomicBool,
}

impl Hook for Clinging {
    fn before_remove(&self, _path: &Path) -> io::Result<()> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(())
    }
}

#[test]
fn a_segment_that_cannot_be_removed_delays_no_flush() {
    let root = common::directory();
    let disk = Arc::new(HookedDisk(Clinging::default()));
    let options = Options {
        crystal_bytes: 2 * SEGMENT,
        flush_window: Duration::from_millis(8),
        retry_first: Duration::from_millis(5),
        retry_longest: Duration::from_millis(20),
        disk: Arc::clone(&disk) as _,
        ..small()
    };
    let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
    disk.0.refuses.store(true, Ordering::Relaxed);
    for number in 1..=60 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
        common::eventually("durable in spite of it", || {
            opened.memory.statistics().last_durable == number
        });
    }
    let now = opened.memory.statistics();
    assert!(now.retention_degraded.is_some() && now.crystals_degraded.is_none());
    assert!(
        now.crystal_bytes > 2 * SEGMENT,
        "what is still there counts"
    );
    disk.0.refuses.store(false, Ordering::Relaxed);
    common::eventually("removed", || {
        let now = opened.memory.statistics();
        now.retention_degraded.is_none() && now.crystal_bytes == 2 * SEGMENT
    });
    assert_eq!(segments(&common::directory_of(root.path())).len(), 2);
}

#[test]
fn a_memory_keeps_to_its_allowance_and_says_what_it_keeps() {
    let root = common::directory();
    let options = Options {
        crystal_bytes: 4 * SEGMENT,
        ring_records: 512,
        ..small()
    };
    let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
    assert_eq!(opened.memory.statistics().first_kept, None);
    for number in 1..=200 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    assert_eq!(opened.memory.sync().unwrap().last_crystal, 200);
    common::eventually("old segments are removed", || {
        segments(&common::directory_of(root.path())).len() == 4 || opened.memory.sync().is_err()
    });
    let now = opened.memory.statistics();
    assert_eq!(now.crystal_bytes, 4 * SEGMENT);
    assert_eq!(now.first_kept, Some(169));
    assert_eq!(now.retired, 168);
    drop(opened);
    let again = Memory::open(root.path(), BEING, &options).unwrap();
    assert_eq!(again.report.crystals.missing_at_start, 0);
    assert_eq!(again.memory.statistics().first_kept, Some(169));
    assert_eq!(again.memory.statistics().last_durable, 200);
}

/// A being with many moments has few files, and one with few takes little room.
#[test]
fn segments_grow_with_what_is_kept() {
    let directory = common::directory();
    let (mut store, _) = open(directory.path(), u64::MAX);
    append(&mut store, 1..=1);
    assert_eq!(store.bytes_kept(), SEGMENT);
    append(&mut store, 2..=4000);
    let files = segments(directory.path());
    let lengths: Vec<u64> = files
        .iter()
        .map(|file| std::fs::metadata(file).unwrap().len())
        .collect();
    assert!(lengths.is_sorted(), "{lengths:?}");
    assert_eq!(lengths.last(), Some(&(4096 + 64 * 512)));
    assert!(files.len() < 4000 / 8 / 4, "{}", files.len());
    // What is set aside beyond what is kept stays a small part of it.
    for (number, length) in lengths.iter().enumerate().skip(1) {
        let kept: u64 = lengths[..number].iter().sum();
        assert!(*length <= SEGMENT.max(kept / 4), "{lengths:?}");
    }
    drop(store);
    let (store, report) = open(directory.path(), u64::MAX);
    assert_eq!((report.whole, report.damaged, report.sealed), (4000, 0, 0));
    assert_eq!(kept(&store).len(), 4000);
}
