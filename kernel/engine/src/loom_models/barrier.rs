//! The barrier: no wake-up is lost, a deadline ends the wait, whoever is late is not miscounted.

use crate::executor::barrier::Barrier;
use crate::executor::spinner::{Spin, Spinner};
use crate::sync::Arc;
use loom::thread;
use triune_core::Timestamp;

const PASSED: Timestamp = Timestamp(0);
const NEVER: Timestamp = Timestamp(u64::MAX);

/// Arrives in every epoch that it sees until the barrier stops.
fn work(barrier: &Barrier, bit: u32) {
    let mut spinner = Spinner::new(Spin::Never);
    let mut epoch = 0;
    while let Some(next) = barrier.await_epoch(epoch, &mut spinner) {
        epoch = next;
        if barrier.out() & bit != 0 {
            barrier.arrive(bit);
        }
    }
}

fn with_workers(workers: u32, cycles: impl Fn(&Barrier) + Send + Sync + 'static) {
    loom::model(move || {
        let barrier = Arc::new(Barrier::default());
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let barrier = Arc::clone(&barrier);
                thread::spawn(move || work(&barrier, 1 << worker))
            })
            .collect();
        cycles(&barrier);
        barrier.stop();
        for thread in threads {
            thread.join().expect("joined");
        }
    });
}

fn cycle(barrier: &Barrier, workers: u32, deadline: Timestamp) -> u32 {
    barrier.send_out(workers);
    barrier.begin_epoch();
    barrier.await_arrivals(workers, deadline, &mut Spinner::new(Spin::Never))
}

#[test]
fn two_epochs_of_one_worker_lose_no_wake_up() {
    with_workers(1, |barrier| {
        for _ in 0..2 {
            assert_eq!(cycle(barrier, 1, NEVER), 1);
            assert_eq!(barrier.out(), 0);
        }
    });
}

#[test]
fn one_epoch_of_two_workers_loses_no_wake_up() {
    with_workers(2, |barrier| assert_eq!(cycle(barrier, 0b11, NEVER), 0b11));
}

#[test]
fn a_deadline_ends_the_wait_and_who_is_late_is_still_out_or_has_just_come() {
    with_workers(1, |barrier| {
        let arrived = cycle(barrier, 1, PASSED);
        let out = barrier.out();
        assert!(arrived == 0 || out == 0, "{arrived} arrived, {out} out");
        // It comes in the end, although nobody sends it again.
        if out == 0 {
            assert_eq!(cycle(barrier, 1, NEVER), 1);
        }
    });
}

/// The first is still out from an epoch before, and comes at any moment of this one.
#[test]
fn a_late_worker_does_not_stand_for_another() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::default());
        barrier.send_out(0b01);
        let late = {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || barrier.arrive(0b01))
        };
        let timely = {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                barrier.await_epoch(0, &mut Spinner::new(Spin::Never));
                barrier.arrive(0b10);
            })
        };
        assert_eq!(cycle(&barrier, 0b10, NEVER), 0b10);
        assert_eq!(barrier.out() & 0b10, 0);
        late.join().expect("joined");
        timely.join().expect("joined");
        assert_eq!(barrier.out(), 0);
    });
}

#[test]
fn stopping_wakes_who_sleeps() {
    with_workers(2, |_| {});
}
