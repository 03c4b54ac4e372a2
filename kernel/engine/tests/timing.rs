//! The timer and the counters, on a clock that never sleeps.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene};
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use triune_core::*;
use triune_engine::*;

#[test]
fn an_undisturbed_timer_keeps_every_deadline() {
    let clock = MockClock::at(Timestamp(1_000));
    let mut timer = CycleTimer::new(clock.now(), PERIOD, false);
    for beat in 1..=1_000 {
        let beat_is = timer.wait(&clock);
        let deadline = Timestamp(1_000 + beat * PERIOD);
        assert_eq!(
            beat_is,
            Beat {
                deadline,
                started: deadline,
                skipped: 0,
                period: PERIOD,
                caught_up: false
            }
        );
        clock.advance(PERIOD / 3);
    }
}

#[test]
fn a_long_cycle_costs_deadlines_but_not_the_phase() {
    let clock = MockClock::at(Timestamp(0));
    let mut timer = CycleTimer::new(clock.now(), PERIOD, false);
    timer.wait(&clock);
    clock.advance(PERIOD * 7 / 2);
    // Deadlines 2, 3 and 4 have come; 4 is the newest, 2 and 3 are lost.
    let late = timer.wait(&clock);
    assert_eq!(late.skipped, 2);
    assert_eq!(late.deadline, Timestamp(4 * PERIOD));
    assert_eq!(late.lateness(), PERIOD / 2);
    let next = timer.wait(&clock);
    assert_eq!(
        next,
        Beat {
            deadline: Timestamp(5 * PERIOD),
            started: Timestamp(5 * PERIOD),
            skipped: 0,
            period: PERIOD,
            caught_up: false
        }
    );
}

#[test]
fn spinning_wakes_earlier_than_it_is_late() {
    let clock = MockClock::at(Timestamp(0));
    clock.delay_sleeps(std::iter::repeat_n(60_000, 200));
    let mut timer = CycleTimer::new(clock.now(), PERIOD, true);
    let lateness: Vec<_> = (0..200).map(|_| timer.wait(&clock).lateness()).collect();
    assert_eq!(lateness[0], 60_000);
    assert!(
        lateness[2..].iter().all(|&late| late < 1_000),
        "{lateness:?}"
    );
}

/// A clock that counts how often somebody waited busily: 100 ns each.
struct Busy {
    clock: MockClock,
    pauses: AtomicU64,
}

impl Clock for Busy {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
    fn sleep_until(&self, deadline: Timestamp) {
        self.clock.sleep_until(deadline);
    }
    fn pause(&self) {
        self.pauses.fetch_add(1, Ordering::Relaxed);
        self.clock.pause();
    }
}

/// How long a spinning timer is busy a cycle, and how late it is at most, for these sleeps.
struct Calibration {
    timer: CycleTimer,
    busy: Busy,
}

impl Calibration {
    fn new(period: Nanoseconds) -> Self {
        let clock = MockClock::at(Timestamp(0));
        Self {
            timer: CycleTimer::new(clock.now(), period, true),
            busy: Busy {
                clock,
                pauses: AtomicU64::new(0),
            },
        }
    }

    /// Mean busy time and greatest lateness while sleeps are late by `delays`.
    fn run(&mut self, delays: impl Iterator<Item = Nanoseconds>) -> (Nanoseconds, Nanoseconds) {
        self.busy.pauses.store(0, Ordering::Relaxed);
        let (mut cycles, mut latest) = (0, 0);
        for delay in delays {
            self.busy.clock.delay_sleeps([delay]);
            latest = latest.max(self.timer.wait(&self.busy).lateness());
            cycles += 1;
        }
        (
            self.busy.pauses.load(Ordering::Relaxed) * 100 / cycles,
            latest,
        )
    }
}

#[test]
fn one_bad_wake_up_in_thousands_does_not_keep_the_processor_busy() {
    let mut calibration = Calibration::new(PERIOD);
    let delays = |cycles| (1..=cycles).map(|n| if n % 2_000 == 0 { 150_000 } else { 10_000 });
    calibration.run(delays(10_000));
    let (busy, _) = calibration.run(delays(20_000));
    assert!(
        busy < 5_000,
        "{busy} ns a cycle for wake-ups that need 10,000"
    );
}

#[test]
fn the_margin_follows_wake_ups_that_get_later_and_earlier_again() {
    let mut calibration = Calibration::new(PERIOD);
    let sleeps = |delay, count| std::iter::repeat_n(delay, count);
    calibration.run(sleeps(10_000, 10_000));
    // A thousandth of the window may be missed: a few cycles until the margin is wider.
    calibration.run(sleeps(80_000, 10));
    let (_, latest) = calibration.run(sleeps(80_000, 5_000));
    assert!(latest < 1_000, "{latest}");
    calibration.run(sleeps(10_000, 20_000));
    let (busy, latest) = calibration.run(sleeps(10_000, 1_000));
    assert!(busy < 5_000 && latest < 1_000, "{busy} {latest}");
}

#[test]
fn a_lateness_that_no_margin_can_cover_is_not_chased() {
    let mut calibration = Calibration::new(PERIOD);
    let delays = |cycles| (1..=cycles).map(|n| if n % 100 == 0 { 900_000 } else { 10_000 });
    calibration.run(delays(5_000));
    let (busy, _) = calibration.run(delays(5_000));
    assert!(busy < 5_000, "{busy} ns a cycle");
}

#[test]
fn the_margin_is_at_most_an_eighth_of_the_period() {
    let mut calibration = Calibration::new(80_000);
    calibration.run(std::iter::repeat_n(30_000, 100));
    // Exact sleeps wait out the whole margin.
    let (busy, _) = calibration.run(std::iter::repeat_n(0, 10));
    assert!(busy <= 10_100, "{busy}");
}

#[test]
fn rates_outside_the_range_are_refused() {
    assert_eq!(period_of_rate(250), Ok(4_000_000));
    assert_eq!(period_of_rate(0), Err(InvalidRate(0)));
    assert_eq!(period_of_rate(1001), Err(InvalidRate(1001)));
}

#[test]
fn an_overrun_is_counted_and_told() {
    let mut scene = Scene::new(1, vec![0, 0, PERIOD * 5 / 2, 0, 0]);
    scene.cycle(5);
    let counted = scene.counted();
    assert_eq!(
        (counted.cycles, counted.overruns, counted.skipped),
        (5, 1, 1)
    );
    assert_eq!(counted.scheduled, counted.cycles + counted.skipped);
    let overruns = scene.witness.overruns.lock().expect("lock");
    assert_eq!(overruns[0].cycle, 3);
    assert_eq!(
        overruns.len(),
        1,
        "the deadline that it ran over is the same overrun"
    );
    // The step was told how much time had passed.
    let after = scene.witness.cycles()[3];
    assert_eq!((after.tick.elapsed, after.skipped), (2 * PERIOD, 1));
}

#[test]
fn sleeping_through_deadlines_is_an_overrun_of_its_own() {
    let mut scene = Scene::new(1, vec![]);
    scene.clock.delay_sleeps([0, 3 * PERIOD + 7]);
    scene.cycle(3);
    let counted = scene.counted();
    assert_eq!(
        (counted.cycles, counted.overruns, counted.skipped),
        (3, 1, 3)
    );
    let overruns = scene.witness.overruns.lock().expect("lock");
    assert_eq!(
        (overruns[0].cycle, overruns[0].lateness),
        (2, 3 * PERIOD + 7)
    );
    // Each lost deadline counts with its own lateness.
    let lateness = counted.lateness;
    assert_eq!(
        (lateness.count, lateness.max),
        (counted.scheduled, 3 * PERIOD + 7)
    );
}

proptest! {
    #[test]
    fn cycles_and_skipped_make_up_scheduled(
        work in prop::collection::vec(0..20_000_000_u64, 1..200),
        delays in prop::collection::vec(0..30_000_000_u64, 0..200),
    ) {
        let cycles = work.len() as u64;
        let mut scene = Scene::new(1, work);
        scene.clock.delay_sleeps(delays);
        let mut last = 0;
        scene.cycle(cycles);
        let counted = scene.counted();
        prop_assert_eq!(counted.cycles, cycles);
        prop_assert_eq!(counted.cycles + counted.skipped, counted.scheduled);
        for record in scene.witness.cycles() {
            // Every deadline lies at a whole period from the origin and after the one before.
            let deadline = record.tick.time.0 - record.lateness;
            prop_assert_eq!(deadline % PERIOD, 0);
            prop_assert_eq!(deadline - last, record.tick.elapsed);
            prop_assert!(record.lateness < PERIOD);
            last = deadline;
        }
    }

    #[test]
    fn quantiles_are_right_to_a_sixteenth(
        mut spans in prop::collection::vec(0..10_000_000_000_u64, 1..500),
    ) {
        let histogram = Histogram::default();
        for &span in &spans {
            histogram.record(span);
        }
        spans.sort_unstable();
        let quantiles = histogram.quantiles();
        let exact = |thousandths: usize| spans[(spans.len() * thousandths).div_ceil(1000).max(1) - 1];
        prop_assert_eq!(quantiles.max, spans[spans.len() - 1]);
        for (found, exact) in [(quantiles.p50, exact(500)), (quantiles.p99, exact(990))] {
            prop_assert!(found >= exact && found <= exact + exact / 16 + 1, "{} {}", found, exact);
        }
    }
}

/// A clock that remembers the instant that it was last asked to sleep until.
struct Asked {
    clock: MockClock,
    until: AtomicU64,
}

impl Clock for Asked {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
    fn sleep_until(&self, deadline: Timestamp) {
        self.until.store(deadline.0, Ordering::Relaxed);
        self.clock.sleep_until(deadline);
    }
    fn pause(&self) {
        self.clock.pause();
    }
}

#[test]
fn at_a_higher_rate_it_spins_no_more_of_a_period_than_before() {
    let clock = Asked {
        clock: MockClock::at(Timestamp(0)),
        until: AtomicU64::new(0),
    };
    clock.clock.delay_sleeps([190_000; 50]);
    let mut timer = CycleTimer::new(clock.now(), PERIOD, true);
    for _ in 0..50 {
        timer.wait(&clock);
    }
    timer.set_period(1_000_000);
    let beat = timer.wait(&clock);
    let margin = beat.deadline.0 - clock.until.load(Ordering::Relaxed);
    assert!((1..=1_000_000 / 8).contains(&margin), "{margin} ns");
}

#[test]
fn a_period_of_nothing_is_the_shortest_there_is() {
    let clock = MockClock::at(Timestamp(0));
    let mut timer = CycleTimer::new(clock.now(), 0, false);
    assert_eq!(timer.wait(&clock).elapsed(), 1);
    timer.set_period(0);
    clock.advance(5);
    assert_eq!(timer.wait(&clock).elapsed(), 5);
}
