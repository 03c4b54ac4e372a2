//! The loops on threads of their own make what they make inline, bit for bit.
#![allow(missing_docs)]
use proptest::prelude::*;
use triune_core::*;
use triune_engine::*;

const PERIOD: Nanoseconds = 4_000_000;
/// A deadline that no machine is too slow for.
const PATIENCE: Nanoseconds = 60_000_000_000;

/// One being's inputs for one cycle.
#[derive(Clone, Debug)]
struct Moment {
    percept: Percept,
    consent: Consent,
}

fn moment() -> impl Strategy<Value = Moment> {
    let judgement = || (-100.0..100.0_f32, 0.0..=1.0_f32);
    (
        judgement(),
        judgement(),
        judgement(),
        prop::collection::vec(any::<u64>(), 16),
        0..=16_u32,
        any::<bool>(),
    )
        .prop_map(|(level, speech, motion, tokens, count, hears)| {
            let fresh = |(value, confidence)| Judgement::fresh(value, confidence);
            let mut percept = Percept::ABSENT;
            percept.hearing.level = fresh(level);
            percept.hearing.speech = fresh(speech);
            percept.sight.motion = fresh(motion);
            percept.told.tokens.copy_from_slice(&tokens);
            percept.told.count = count;
            percept.told.confidence = speech.1;
            percept.told.age = 0;
            Moment {
                percept,
                consent: Consent::ALL.with(Sense::Hear, hears),
            }
        })
}

fn works(beings: usize) -> Vec<BeingWork> {
    (0..beings)
        .map(|being| BeingWork::new(Being::new(BeingId(being as u64 + 1))))
        .collect()
}

/// Gives every being its moment and integrates what joined; gives what joined.
fn cycle(
    executor: &mut dyn Executor,
    works: &mut [BeingWork],
    moments: &[Moment],
    tick: Tick,
    deadline: Timestamp,
) -> LoopSet {
    for (work, moment) in works.iter_mut().zip(moments) {
        work.being.consent = moment.consent;
        work.percept = admit(&moment.percept, moment.consent);
    }
    let joined = executor.run(works, tick.elapsed, deadline);
    for work in works {
        let (state, _) = integrate(
            &work.being.state,
            &work.loops,
            joined,
            &work.percept,
            work.being.consent,
            &work.being.parameters,
            tick,
        );
        work.being.state = state;
    }
    joined
}

fn hashes(works: &[BeingWork]) -> Vec<StateHash> {
    works.iter().map(|work| work.being.state.hash()).collect()
}

fn threaded(beings: usize, spin: Spin) -> ThreadedExecutor {
    let setup = ThreadedSetup {
        beings,
        spin,
        ..ThreadedSetup::default()
    };
    ThreadedExecutor::new(setup).expect("threads")
}

fn soon() -> Timestamp {
    MonotonicClock.now().after(PATIENCE)
}

fn tick(cycle: usize) -> Tick {
    Tick {
        time: Timestamp(1_000 + cycle as u64 * PERIOD),
        elapsed: PERIOD * (1 + cycle as u64 % 3),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 1 } else { 32 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn threaded_lives_are_inline_lives(
        lives in prop::collection::vec(
            prop::collection::vec(moment(), 5),
            if cfg!(miri) { 2..3 } else { 1..40 },
        ),
        beings in 1..=5_usize,
        room in 0..=5_usize,
        spin in prop_oneof![Just(Spin::Never), Just(Spin::AtMost(5_000)), Just(Spin::Calibrated)],
    ) {
        let mut aside = works(beings);
        let mut alone = works(beings);
        // Some lives have more beings than there is room for.
        let mut executor = threaded(room, spin);
        for (number, moments) in lives.iter().enumerate() {
            let tick = tick(number);
            let joined = cycle(&mut executor, &mut aside, moments, tick, soon());
            prop_assert_eq!(joined, LoopSet::ALL);
            cycle(&mut InlineExecutor, &mut alone, moments, tick, soon());
            prop_assert_eq!(hashes(&aside), hashes(&alone));
        }
    }

    /// Deadlines that have passed already let any set of loops join. Whatever set is told, the
    /// states are those of a step in which just these loops joined.
    #[test]
    fn late_lives_are_what_the_joined_loops_make_of_them(
        lives in prop::collection::vec(
            (prop::collection::vec(moment(), 3), prop::bool::weighted(0.7)),
            if cfg!(miri) { 2..3 } else { 1..60 },
        ),
        room in 2..=3_usize,
    ) {
        let mut works = works(3);
        let mut states: Vec<State> = works.iter().map(|work| work.being.state).collect();
        let mut executor = threaded(room, Spin::Never);
        for (number, (moments, hurried)) in lives.iter().enumerate() {
            let tick = tick(number);
            let deadline = if *hurried { Timestamp(1) } else { soon() };
            let joined = cycle(&mut executor, &mut works, moments, tick, deadline);
            for (state, (moment, work)) in states.iter_mut().zip(moments.iter().zip(&works)) {
                *state = step_joined(
                    state,
                    &moment.percept,
                    joined,
                    moment.consent,
                    &work.being.parameters,
                    tick,
                )
                .0;
                prop_assert_eq!(state.hash(), work.being.state.hash());
            }
        }
    }
}

#[test]
fn a_loop_that_was_late_joins_again() {
    let mut works = works(1);
    let moments = [Moment {
        percept: Percept::ABSENT,
        consent: Consent::ALL,
    }];
    let mut executor = threaded(1, Spin::Never);
    let hurries = if cfg!(miri) { 3 } else { 200 };
    for number in 0..hurries {
        cycle(
            &mut executor,
            &mut works,
            &moments,
            tick(number),
            Timestamp(1),
        );
    }
    // Whoever was late in the last hurry comes back sooner or later.
    let mut number = hurries;
    while cycle(&mut executor, &mut works, &moments, tick(number), soon()) != LoopSet::ALL {
        number += 1;
        std::thread::yield_now();
    }
    assert_eq!(works[0].being.state.stale_loops(), LoopSet::NONE);
}

#[test]
fn each_loop_tells_what_its_thread_was_granted() {
    let executor = threaded(1, Spin::Calibrated);
    let kinds: Vec<_> = executor.grants().iter().map(|loops| loops.kind).collect();
    assert_eq!(kinds, LoopKind::ALL);
    let mut threads: Vec<_> = executor
        .grants()
        .iter()
        .map(|loops| loops.grant.thread)
        .collect();
    threads.dedup();
    assert_eq!(threads.len(), 3, "a thread for each loop");
    assert_eq!(executor.failed().loops(), LoopSet::NONE);
}

#[test]
fn what_was_wished_stands_beside_what_was_granted() {
    if cfg!(miri) {
        return;
    }
    let setup = ThreadedSetup {
        processors: [vec![0], vec![9_999], vec![]],
        priority: Some(1),
        beings: 1,
        ..ThreadedSetup::default()
    };
    let executor = ThreadedExecutor::new(setup).expect("threads");
    let [first, second, third] = executor.grants() else {
        panic!("three loops");
    };
    assert_eq!(first.grant.wish.processors, [0]);
    assert!(first.grant.processors == [0] || !first.grant.refused.is_empty());
    assert_eq!(second.grant.wish.processors, [9_999]);
    assert!(!second.grant.refused.is_empty(), "no such processor");
    for LoopGrant { grant, .. } in [first, second, third] {
        assert_eq!(grant.wish.priority, Some(1));
        let refused = grant.refused.iter().any(|why| why.contains("SCHED_FIFO"));
        assert_eq!(grant.priority, (!refused).then_some(1), "{grant:?}");
    }
}
