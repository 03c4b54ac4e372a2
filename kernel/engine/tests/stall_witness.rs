//! A witness sees what stops its processor, and not what runs below it.
#![allow(missing_docs)]

use std::ops::Range;
use std::thread;
use triune_core::Timestamp;
use triune_engine::{
    Clock, MonotonicClock, RealTimeWish, StallWitness, WitnessError, request_real_time,
};

const PROCESSOR: usize = 0;
/// Priority of the thread that is watched.
const WATCHED: u8 = 20;
/// How long a thread keeps the processor, in nanoseconds.
const BUSY: u64 = 6_000_000;
/// The machine may stall by itself in some of these.
const ROUNDS: usize = 20;

/// Keeps the processor for [`BUSY`] at `priority`; nothing where that is not granted.
fn keep_busy(priority: u8) -> Option<Range<Timestamp>> {
    thread::spawn(move || {
        let grant = request_real_time(&RealTimeWish {
            priority: Some(priority),
            processors: vec![PROCESSOR],
            ..RealTimeWish::default()
        });
        (grant.priority == Some(priority)).then(|| {
            let began = MonotonicClock.now();
            while MonotonicClock.now().since(began) < BUSY {
                std::hint::spin_loop();
            }
            began..MonotonicClock.now()
        })
    })
    .join()
    .expect("the thread ends")
}

#[test]
fn it_sees_what_stops_the_processor_and_not_the_thread_below() {
    let mut witness = match StallWitness::above(WATCHED, PROCESSOR) {
        Ok(witness) => witness,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    let mut share_of = |priority| {
        let span = keep_busy(priority).expect("a priority near the witness's is granted too");
        // Its next wake-up tells of the gap.
        thread::sleep(std::time::Duration::from_millis(5));
        let length = span.end.since(span.start);
        witness.stalled(span) as f64 / length as f64
    };
    let above = (0..ROUNDS).any(|_| share_of(WATCHED + 10) > 0.8);
    assert!(above, "a thread above it stops it");
    let below = (0..ROUNDS).any(|_| share_of(WATCHED) < 0.2);
    assert!(below, "the thread that it watches does not");
}

#[test]
fn there_is_none_above_the_highest_priority() {
    assert_eq!(
        StallWitness::above(99, PROCESSOR).err(),
        Some(WitnessError::NotAbove(100))
    );
}
