//! An overrun is set against what the machine kept from the thread, once.
#![allow(missing_docs)]

use triune_core::Timestamp;
use triune_engine::{Losses, Overrun, RunQueue};

fn overrun(lateness: u64, cost: u64) -> Overrun {
    Overrun {
        cycle: 7,
        deadline: Timestamp(0),
        lateness,
        cost,
        skipped: 0,
    }
}

fn lost(waiting: u64, stolen: u64) -> RunQueue {
    RunQueue {
        waiting: Some(waiting),
        stolen: Some(stolen),
    }
}

#[test]
fn half_of_the_lateness_explains_it() {
    let mut losses = Losses::over(4);
    losses.note(lost(30, 19));
    let short = losses.explain(&overrun(100, 5));
    assert_eq!((short.late, short.explained), (100, false));
    losses.note(lost(1, 0));
    let enough = losses.explain(&overrun(100, 5));
    assert_eq!(
        (enough.waiting, enough.stolen, enough.explained),
        (Some(31), Some(19), true)
    );
}

#[test]
fn what_explained_one_overrun_explains_no_second() {
    let mut losses = Losses::over(4);
    losses.note(lost(60, 0));
    losses.note(lost(60, 0));
    assert!(losses.explain(&overrun(100, 0)).explained);
    let second = losses.explain(&overrun(100, 0));
    assert_eq!((second.waiting, second.explained), (Some(20), false));
}

#[test]
fn a_long_cycle_counts_as_late_as_it_took() {
    let mut losses = Losses::over(4);
    losses.note(lost(400, 0));
    let explanation = losses.explain(&overrun(10, 1_000));
    assert_eq!((explanation.late, explanation.explained), (1_000, false));
}

#[test]
fn losses_of_longer_ago_explain_nothing() {
    let mut losses = Losses::over(2);
    losses.note(lost(1_000, 1_000));
    losses.note(lost(0, 0));
    losses.note(lost(0, 0));
    assert!(!losses.explain(&overrun(100, 0)).explained);
}

#[test]
fn what_is_not_counted_is_told_apart_from_nothing() {
    let mut losses = Losses::over(2);
    losses.note(RunQueue {
        waiting: Some(0),
        stolen: None,
    });
    let explanation = losses.explain(&overrun(100, 0));
    assert_eq!((explanation.waiting, explanation.stolen), (Some(0), None));
}
