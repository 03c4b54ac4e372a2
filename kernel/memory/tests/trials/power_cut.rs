//! A memory whose disk loses its power after any operation.

use super::power_disk::PowerDisk;
use super::{Lived, Tally, now, writer_waited};
use crate::common::{BEING, directory, draft, small, state};
use fastrand::Rng;
use std::sync::Arc;
use std::time::Duration;
use triune_core::{Consent, Sense};
use triune_memory::catalog::ConsentSource;
use triune_memory::{Memory, Opened, Options, Remembered};

const WINDOW: Duration = Duration::from_millis(40);

/// Lives on a disk that is cut off, and judges what is left.
pub(crate) fn trial(rng: &mut Rng, tally: &mut Tally) {
    tally.power_cuts += 1;
    let trial = format!("power cut {}", tally.power_cuts);
    let root = directory();
    // What is asked for is durable at once, and so is a segment before the next one is begun: every other
    // trial leaves all to the window.
    let asks = rng.bool();
    let per_segment = if asks { 8 } else { 256 };
    let options = Options {
        flush_window: WINDOW,
        essence_interval: Duration::from_millis(5),
        records_per_segment: per_segment,
        crystal_bytes: 4 * (4096 + u64::from(per_segment) * 512),
        wear_budget: u64::MAX,
        retry_first: Duration::from_secs(3600),
        retry_longest: Duration::from_secs(3600),
        ..small()
    };
    drop(Memory::open(root.path(), BEING, &options).unwrap());
    let disk = Arc::new(PowerDisk::new(rng.u64(20..300)));
    let on_it = Options {
        disk: Arc::clone(&disk) as _,
        ..options.clone()
    };
    let mut lived = live(
        Memory::open(root.path(), BEING, &on_it).unwrap(),
        &disk,
        asks,
        rng,
    );
    lived.end = disk.cut().unwrap_or_else(now);
    disk.lose(rng);
    let opened = Memory::open(root.path(), BEING, &options).unwrap();
    tally.judge(&trial, &opened, &lived, WINDOW);
}

/// Lives until the power is cut.
fn live(opened: Opened, disk: &PowerDisk, asks: bool, rng: &mut Rng) -> Lived {
    let Opened {
        memory, mut cycle, ..
    } = opened;
    let mut lived = Lived::default();
    let mut number = 0;
    let mut reported = memory.consent();
    lived.consent = Some((reported, None));
    while disk.cut().is_none() {
        lived.waited.push(writer_waited(std::process::id()));
        let moments = if asks { rng.u64(1..6) } else { 1 };
        for _ in 0..moments {
            number += 1;
            let outcome = cycle.remember(&state(number), Some(&draft(number)));
            // Handed over by now: how long this thread waited before is no loss.
            let at = now();
            if outcome == Remembered::Moment {
                lived.taken.push((number, at));
            }
        }
        std::thread::sleep(Duration::from_micros(rng.u64(100..2000)));
        if asks
            && rng.u8(..20) == 0
            && let Ok(durable) = memory.sync()
        {
            lived.durable = durable.last_crystal;
            lived.durable_state = number;
        }
        if asks && rng.u8(..20) == 0 {
            let next = another(reported, rng);
            lived.consent = Some((reported, Some(next)));
            if memory.set_consent(next, ConsentSource::Api).is_ok() {
                reported = next;
                lived.consent = Some((reported, None));
            }
        }
        lived.durable = lived.durable.max(memory.statistics().last_durable);
    }
    lived.waited.push(writer_waited(std::process::id()));
    lived
}

/// A consent that differs in one sense, but not in remembering: what waits when that is refused is given
/// up, and would be taken for lost.
fn another(consent: Consent, rng: &mut Rng) -> Consent {
    let senses = [
        Sense::Hear,
        Sense::See,
        Sense::Feel,
        Sense::Share,
        Sense::Speak,
    ];
    let sense = senses[rng.usize(..senses.len())];
    consent.with(sense, !consent.allows(sense))
}
