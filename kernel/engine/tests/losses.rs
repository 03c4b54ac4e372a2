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
    let short = losses.explain(&overrun(100, 5), None);
    assert_eq!((short.late, short.explained), (100, false));
    losses.note(lost(1, 0));
    let enough = losses.explain(&overrun(100, 5), None);
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
    assert!(losses.explain(&overrun(100, 0), None).explained);
    let second = losses.explain(&overrun(100, 0), None);
    assert_eq!((second.waiting, second.explained), (Some(20), false));
}

#[test]
fn a_long_cycle_counts_as_late_as_it_took() {
    let mut losses = Losses::over(4);
    losses.note(lost(400, 0));
    let explanation = losses.explain(&overrun(10, 1_000), None);
    assert_eq!((explanation.late, explanation.explained), (1_000, false));
}

#[test]
fn losses_of_longer_ago_explain_nothing() {
    let mut losses = Losses::over(2);
    losses.note(lost(1_000, 1_000));
    losses.note(lost(0, 0));
    losses.note(lost(0, 0));
    assert!(!losses.explain(&overrun(100, 0), None).explained);
}

#[test]
fn what_is_not_counted_is_told_apart_from_nothing() {
    let mut losses = Losses::over(2);
    losses.note(RunQueue {
        waiting: Some(0),
        stolen: None,
    });
    let explanation = losses.explain(&overrun(100, 0), None);
    assert_eq!((explanation.waiting, explanation.stolen), (Some(0), None));
}

#[test]
fn a_witness_explains_what_nobody_counted() {
    let mut losses = Losses::over(1);
    losses.note(lost(0, 0));
    let short = losses.explain(&overrun(100, 0), Some(49));
    assert_eq!((short.witnessed, short.explained), (Some(49), false));
    assert!(losses.explain(&overrun(100, 0), Some(50)).explained);
}

#[test]
fn what_was_counted_is_not_spent_where_a_witness_alone_explains() {
    let mut losses = Losses::over(1);
    losses.note(lost(60, 0));
    assert!(losses.explain(&overrun(200, 0), Some(150)).explained);
    assert!(losses.explain(&overrun(100, 0), None).explained);
}

#[test]
fn an_overrun_spans_its_lost_deadlines_and_its_work() {
    let mut late = overrun(100, 30);
    late.deadline = Timestamp(1_000);
    assert_eq!(late.span(), Timestamp(1_000)..Timestamp(1_130));
}
