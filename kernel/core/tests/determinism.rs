//! The same inputs give the same bits, here and on every other machine.
#![allow(missing_docs)]
mod common;
use common::any;
use proptest::prelude::*;
use triune_core::*;
use zerocopy::IntoBytes;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equal_inputs_give_equal_bits(
        start in any::state(),
        parameters in any::parameters(),
        cycles in prop::collection::vec(
            (any::percept(), any::elapsed(), any::joined(), any::consent()),
            1..12,
        ),
    ) {
        let live = || {
            let mut state = start;
            let mut handed_out = Vec::new();
            for (percept, elapsed, joined, consent) in &cycles {
                let tick = Tick { time: state.time.after(*elapsed), elapsed: *elapsed };
                let (next, outputs) =
                    step_joined(&state, percept, *joined, *consent, &parameters, tick);
                state = next;
                handed_out.push(common::output_bytes(&outputs));
            }
            (state, handed_out)
        };
        let (first, second) = (live(), live());
        prop_assert_eq!(first.0.as_bytes(), second.0.as_bytes());
        prop_assert_eq!(first.0.hash(), second.0.hash());
        prop_assert_eq!(first.1, second.1);
    }

    /// A being is its own state and nothing else: its name decides nothing.
    #[test]
    fn beings_that_live_the_same_differ_in_name_only(
        start in any::state(),
        percept in any::percept(),
        consent in any::consent(),
        parameters in any::parameters(),
    ) {
        let mut other = start;
        other.being = BeingId(!start.being.0);
        let tick = Tick { time: start.time.after(common::PERIOD), elapsed: common::PERIOD };
        let (one, _) = step(&start, &percept, consent, &parameters, tick);
        let (mut other, _) = step(&other, &percept, consent, &parameters, tick);
        prop_assert_ne!(one.being, other.being);
        other.being = one.being;
        prop_assert_eq!(one.as_bytes(), other.as_bytes());
    }
}

/// Admitting twice is admitting once: the engine admits before it records, the step again.
#[test]
fn what_was_admitted_is_admitted_unchanged() {
    proptest!(|(percept in any::percept(), consent in any::consent())| {
        let admitted = admit(&percept, consent);
        let again = admit(&admitted, consent);
        prop_assert_eq!(admitted.as_bytes(), again.as_bytes());
    });
}

/// The bits of a long, varied run. They must be the same on every machine and only change
/// when a formula is changed on purpose: recordings made before cannot be verified after.
#[test]
fn a_long_run_ends_in_the_known_hash() {
    let mut being = Being::new(BeingId::FIRST);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 40) as f32 / (1_u64 << 24) as f32
    };
    for cycle in 0..20_000_u32 {
        let mut percept = common::quiet();
        percept.hearing.level.value = -90.0 * next();
        percept.hearing.speech.value = next();
        percept.sight.motion.value = next() * next();
        percept.sight.brightness.value = next();
        percept.body.temperature.value = 30.0 + 60.0 * next();
        percept.body.load.value = next();
        percept.hearing.onset = Judgement {
            value: next(),
            confidence: next(),
            age: u64::from(cycle) << 16,
        };
        if cycle % 1_000 == 0 {
            percept.told = ToldPercept::from_text("if the reason is love then hope");
        }
        if cycle % 500 < 250 {
            percept.answers.recall = RecallAnswer {
                crystal: 1,
                similarity: Judgement::fresh(next(), next()),
            };
        }
        if cycle % 700 < 350 {
            percept.answers.activation = ActivationAnswer {
                situation: 1,
                feeling: 2,
                situation_confidence: 0.01 + 0.99 * next(),
                feeling_confidence: 0.01 + 0.99 * next(),
                age: u64::from(cycle % 350) * common::PERIOD,
            };
        }
        let late = LoopKind::ALL[cycle as usize % 3];
        let joined = LoopSet::ALL.with(late, cycle % 90 < 80);
        common::run_joined(&mut being, &percept, joined, 1);
    }
    assert_eq!(format!("{:016x}", being.state.hash().0), "5881062229877e50");
}
