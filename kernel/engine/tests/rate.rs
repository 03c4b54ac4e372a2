//! Another rate while the kernel runs.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene};
use proptest::prelude::*;
use triune_core::*;
use triune_engine::*;

#[test]
fn the_new_phase_begins_at_the_boundary() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(3);
    scene.ask(Command::Rate(1_000_000)).expect("possible");
    scene.cycle(2);
    let ticks: Vec<_> = scene
        .witness
        .cycles()
        .iter()
        .map(|cycle| cycle.tick)
        .collect();
    let boundary = 4 * PERIOD;
    // The cycle at the boundary still spans the old period, the next one the new.
    assert_eq!((ticks[3].time.0, ticks[3].elapsed), (boundary, PERIOD));
    assert_eq!(
        (ticks[4].time.0, ticks[4].elapsed),
        (boundary + 1_000_000, 1_000_000)
    );
    assert_eq!(
        (ticks[5].time.0, ticks[5].elapsed),
        (boundary + 2_000_000, 1_000_000)
    );
    assert_eq!(scene.counted().period, 1_000_000);
    assert_eq!(
        scene.witness.events(),
        [KernelEvent::PeriodChanged(1_000_000)]
    );
    assert_eq!(scene.counted().lateness.count, 6, "the histogram goes on");
}

#[test]
fn a_change_after_lost_deadlines_tells_the_time_that_passed() {
    let mut scene = Scene::new(1, vec![0, PERIOD * 7 / 2]);
    scene.cycle(2);
    scene.ask(Command::Rate(10_000_000)).expect("possible");
    scene.cycle(1);
    let cycles = scene.witness.cycles();
    assert_eq!(
        (cycles[2].tick.elapsed, cycles[2].period),
        (3 * PERIOD, PERIOD)
    );
    assert_eq!(
        (cycles[3].tick.elapsed, cycles[3].period),
        (10_000_000, 10_000_000)
    );
    assert_eq!(cycles[3].tick.time, Timestamp(5 * PERIOD + 10_000_000));
}

proptest! {
    /// Whatever rates follow each other, the beings are told exactly the time that passed.
    #[test]
    fn elapsed_adds_up_across_changes(rates in prop::collection::vec(1_u32..=1000, 1..40)) {
        let mut scene = Scene::new(1, vec![]);
        for rate in rates {
            let period = period_of_rate(rate).expect("in range");
            scene.ask(Command::Rate(period)).expect("possible");
            scene.cycle(2);
        }
        let cycles = scene.witness.cycles();
        let told: u64 = cycles.iter().map(|cycle| cycle.tick.elapsed).sum();
        prop_assert_eq!(Some(Timestamp(told)), cycles.last().map(|cycle| cycle.tick.time));
        prop_assert_eq!(scene.counted().skipped, 0);
    }
}

#[test]
fn time_goes_on_when_the_rate_rises_while_deadlines_are_made_up_for() {
    let settings = KernelSettings {
        policy: OverrunPolicy::CatchUp { at_most: 8 },
        ..KernelSettings::default()
    };
    let mut scene = Scene::with(1, vec![], settings);
    scene.clock.delay_sleeps([0, 3_900_000]);
    scene.cycle(1);
    // Followed by a cycle that began so late that deadlines of the new rate have passed by then.
    scene.ask(Command::Rate(1_000_000)).expect("possible");
    scene.cycle(6);
    assert!(scene.counted().caught_up > 0);
    let times: Vec<u64> = scene
        .witness
        .cycles()
        .iter()
        .map(|cycle| cycle.tick.time.0)
        .collect();
    // No two cycles share a time: what one of them asked is older than what the next forgets.
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
}
