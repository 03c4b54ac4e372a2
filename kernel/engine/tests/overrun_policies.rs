//! What becomes of deadlines that were not kept, policy by policy.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene};
use proptest::prelude::*;
use triune_core::*;
use triune_engine::*;

fn with(policy: OverrunPolicy, work: Vec<Nanoseconds>) -> Scene {
    let settings = KernelSettings {
        policy,
        ..KernelSettings::default()
    };
    Scene::with(1, work, settings)
}

/// Deadline number and elapsed periods of each cycle.
fn ticks(scene: &Scene) -> Vec<(u64, u64)> {
    let cycles = scene.witness.cycles();
    cycles
        .iter()
        .map(|cycle| (cycle.tick.time.0 / PERIOD, cycle.tick.elapsed / PERIOD))
        .collect()
}

#[test]
fn skip_spans_what_was_missed_with_one_cycle() {
    let mut scene = with(OverrunPolicy::Skip, vec![0, PERIOD * 9 / 2]);
    scene.cycle(4);
    assert_eq!(ticks(&scene), [(1, 1), (2, 1), (6, 4), (7, 1)]);
    let counted = scene.counted();
    assert_eq!(
        (counted.skipped, counted.caught_up, counted.overruns),
        (3, 0, 1)
    );
}

#[test]
fn catch_up_makes_up_for_each_with_its_own_time() {
    let mut scene = with(
        OverrunPolicy::CatchUp { at_most: 5 },
        vec![0, PERIOD * 9 / 2],
    );
    scene.cycle(7);
    assert_eq!(
        ticks(&scene),
        [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1)]
    );
    let cycles = scene.witness.cycles();
    // Made up for at once, each at its own deadline; then the newest at its own start.
    assert_eq!(cycles[2].tick.time, Timestamp(3 * PERIOD));
    assert_eq!(cycles[5].tick.time, Timestamp(13 * PERIOD / 2));
    let counted = scene.counted();
    assert_eq!(
        (counted.skipped, counted.caught_up, counted.overruns),
        (0, 3, 1)
    );
    assert_eq!((counted.scheduled, counted.cycles), (7, 7));
}

#[test]
fn catch_up_skips_the_oldest_beyond_its_limit() {
    let mut scene = with(
        OverrunPolicy::CatchUp { at_most: 2 },
        vec![0, PERIOD * 13 / 2],
    );
    scene.cycle(6);
    // Deadlines 3 to 8 have come; 8 is the newest, 6 and 7 are made up for, 3 to 5 are lost.
    assert_eq!(
        ticks(&scene),
        [(1, 1), (2, 1), (6, 4), (7, 1), (8, 1), (9, 1)]
    );
    let counted = scene.counted();
    assert_eq!(
        (counted.skipped, counted.caught_up, counted.overruns),
        (3, 2, 1)
    );
}

#[test]
fn catch_up_gives_up_when_every_cycle_is_too_long() {
    let work = vec![PERIOD * 3; 40];
    let mut scene = with(OverrunPolicy::CatchUp { at_most: 3 }, work);
    scene.cycle(40);
    let counted = scene.counted();
    assert_eq!(counted.scheduled, counted.cycles + counted.skipped);
    // Three in a row, then one at the newest deadline: it never falls behind for good.
    assert_eq!(counted.caught_up, 30);
    let late = scene
        .witness
        .cycles()
        .iter()
        .map(|cycle| cycle.lateness)
        .max();
    assert!(late < Some(12 * PERIOD), "{late:?}");
}

proptest! {
    #[test]
    fn no_policy_goes_back_in_time_or_forgets_any(
        work in prop::collection::vec(0..20_000_000_u64, 1..200),
        delays in prop::collection::vec(0..30_000_000_u64, 0..200),
        at_most in 0_u32..6,
    ) {
        let policy = match at_most {
            0 => OverrunPolicy::Degrade(DegradeSettings::default()),
            at_most => OverrunPolicy::CatchUp { at_most },
        };
        let cycles = work.len() as u64;
        let mut scene = with(policy, work);
        scene.clock.delay_sleeps(delays);
        scene.cycle(cycles);
        let counted = scene.counted();
        prop_assert_eq!(counted.cycles + counted.skipped, counted.scheduled);
        prop_assert_eq!(counted.lateness.count, counted.scheduled);
        let mut last = Timestamp(0);
        let mut elapsed = 0;
        for record in scene.witness.cycles() {
            prop_assert!(record.tick.time > last);
            prop_assert_eq!(record.tick.elapsed, (record.skipped + 1) * record.period);
            prop_assert_eq!(record.period, PERIOD << record.level);
            last = record.tick.time;
            elapsed += record.tick.elapsed;
            // The time that was told to the beings is the time that passed, to a period.
            prop_assert!(last.0 - elapsed < record.period);
        }
    }
}

const SETTINGS: DegradeSettings = DegradeSettings {
    overruns: 3,
    window: 20,
    clean: 50,
};

fn levels(scene: &Scene) -> Vec<(u32, u32)> {
    let level = |event: &KernelEvent| match *event {
        KernelEvent::LevelChanged { from, to } => Some((from, to)),
        _ => None,
    };
    scene.witness.events().iter().filter_map(level).collect()
}

#[test]
fn degrade_halves_the_rate_after_several_overruns_and_gives_it_back() {
    let long = PERIOD * 3 / 2;
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), vec![long; 40]);
    scene.cycle(40);
    assert_eq!(
        levels(&scene),
        [(0, 1)],
        "a cycle of 1.5 periods fits into two"
    );
    let counted = scene.counted();
    assert_eq!((counted.level, counted.period), (1, 2 * PERIOD));
    assert_eq!(counted.overruns, 3, "no more once the rate is halved");
    // From here on cycles take no time.
    scene.cycle(200);
    assert_eq!(levels(&scene), [(0, 1), (1, 0)]);
    let counted = scene.counted();
    assert_eq!(
        (counted.level, counted.period, counted.level_changes),
        (0, PERIOD, 2)
    );
    let cycles = scene.witness.cycles();
    let degraded: u64 = cycles
        .iter()
        .filter(|c| c.level == 1)
        .map(|c| c.tick.elapsed)
        .sum();
    assert_eq!(counted.degraded, degraded);
    // The phase is kept throughout.
    for cycle in cycles {
        assert_eq!((cycle.tick.time.0 - cycle.lateness) % PERIOD, 0);
    }
}

#[test]
fn degrade_does_not_swing_when_the_load_stays() {
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), vec![PERIOD * 3 / 2; 500]);
    scene.cycle(500);
    assert_eq!(levels(&scene), [(0, 1)]);
}

#[test]
fn degrade_goes_no_further_than_an_eighth() {
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), vec![PERIOD * 20; 100]);
    scene.cycle(100);
    assert_eq!(levels(&scene), [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(scene.counted().period, 8 * PERIOD);
    assert_eq!(scene.counted().level, 3);
}

const SECOND: Nanoseconds = 1_000_000_000;

/// The longest periods that the kernel ran at, and its level, under endless overload.
fn degraded_from(period: Nanoseconds) -> (Nanoseconds, Vec<(u32, u32)>) {
    let settings = KernelSettings {
        period,
        policy: OverrunPolicy::Degrade(SETTINGS),
        ..KernelSettings::default()
    };
    let mut scene = Scene::with(1, vec![20 * SECOND; 100], settings);
    scene.cycle(100);
    (scene.counted().period, levels(&scene))
}

#[test]
fn degrade_makes_no_period_longer_than_a_second() {
    assert_eq!(degraded_from(SECOND), (SECOND, vec![]));
    assert_eq!(degraded_from(SECOND * 2 / 3), (SECOND, vec![(0, 1)]));
    let levels = vec![(0, 1), (1, 2)];
    assert_eq!(degraded_from(SECOND / 3), (SECOND, levels.clone()));
    assert_eq!(degraded_from(SECOND / 4), (SECOND, levels));
}

#[test]
fn a_lower_rate_takes_levels_away_that_would_change_nothing() {
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), vec![PERIOD * 20; 100]);
    scene.cycle(100);
    assert_eq!(scene.counted().level, 3);
    scene.ask(Command::Rate(SECOND / 2)).expect("possible");
    assert_eq!((scene.counted().level, scene.counted().period), (1, SECOND));
    scene.ask(Command::Rate(SECOND)).expect("possible");
    assert_eq!((scene.counted().level, scene.counted().period), (0, SECOND));
    assert_eq!(levels(&scene)[3..], [(3, 1), (1, 0)]);
}

#[test]
fn degrade_forgives_single_stalls() {
    let stalls = (0..400).map(|cycle| if cycle % 40 == 0 { PERIOD * 5 } else { 0 });
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), stalls.collect());
    scene.cycle(400);
    assert_eq!(scene.counted().overruns, 10);
    assert_eq!(levels(&scene), []);
}

#[test]
fn another_policy_gives_the_rate_back_at_once() {
    let mut scene = with(OverrunPolicy::Degrade(SETTINGS), vec![PERIOD * 3 / 2; 10]);
    scene.cycle(10);
    assert_eq!(scene.counted().level, 1);
    scene
        .ask(Command::Policy(OverrunPolicy::Skip))
        .expect("possible");
    assert_eq!((scene.counted().level, scene.counted().period), (0, PERIOD));
    assert_eq!(levels(&scene), [(0, 1), (1, 0)]);
}
