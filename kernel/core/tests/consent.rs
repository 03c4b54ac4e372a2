//! What is refused leaves no trace, whenever it is refused, and what it left before is forgotten.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, any, output_bytes};
use proptest::prelude::*;
use triune_core::*;
use zerocopy::IntoBytes;

/// Takes over from `secret` what `consent` refuses to let through.
fn altered(shared: &Percept, secret: &Percept, consent: Consent) -> Percept {
    let mut percept = *shared;
    let refuses = |sense| !consent.allows(sense);
    if refuses(Sense::Hear) {
        percept.hearing = secret.hearing;
    }
    if refuses(Sense::See) {
        percept.sight = secret.sight;
    }
    if refuses(Sense::Feel) {
        percept.body = secret.body;
    }
    if refuses(Sense::Remember) {
        percept.answers.recall = secret.answers.recall;
    }
    // The model looks at all three senses together.
    if refuses(Sense::Hear) || refuses(Sense::See) || refuses(Sense::Feel) {
        percept.answers.activation = secret.answers.activation;
    }
    percept
}

/// One cycle of a life: what is common, what only one of two lives meets, and the circumstances.
fn cycles() -> impl Strategy<Value = Vec<(Percept, Percept, Consent, LoopSet, Nanoseconds)>> {
    let cycle = (
        any::percept(),
        any::percept(),
        any::consent(),
        any::joined(),
        any::elapsed(),
    );
    prop::collection::vec(cycle, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Consent changes in mid-life, in both directions and in every sense at once: two lives that
    /// differ only in what is refused at that time are bit for bit the same life.
    #[test]
    fn two_lives_that_differ_in_refused_bytes_are_the_same_life(
        start in any::state(),
        parameters in any::parameters(),
        cycles in cycles(),
    ) {
        let (mut one, mut other) = (start, start);
        for (shared, secret, consent, joined, elapsed) in cycles {
            let secret = altered(&shared, &secret, consent);
            let (mine, theirs) = (admit(&shared, consent), admit(&secret, consent));
            prop_assert_eq!(mine.as_bytes(), theirs.as_bytes());
            let tick = Tick { time: one.time.after(elapsed), elapsed };
            let live = |state: &State, percept: &Percept| {
                step_joined(state, percept, joined, consent, &parameters, tick)
            };
            let (next, outputs) = live(&one, &shared);
            let (other_next, other_outputs) = live(&other, &secret);
            prop_assert_eq!(next.as_bytes(), other_next.as_bytes());
            prop_assert_eq!(output_bytes(&outputs), output_bytes(&other_outputs));
            if !consent.allows(Sense::Remember) {
                prop_assert!(outputs.crystal.is_none() && outputs.question.is_none());
            }
            if !consent.allows(Sense::Speak) {
                prop_assert_eq!(next.observation.expression, 0.0);
            }
            prop_assert_eq!(next.observation.consent, consent.bits());
            (one, other) = (next, other_next);
        }
    }

    /// Two lives that differed in a sense while it was allowed are the same from the cycle on in
    /// which it is refused, whichever loops are late then, but for the number of moments kept.
    #[test]
    fn what_was_sensed_is_forgotten_when_it_is_refused(
        start in any::state(),
        parameters in any::parameters(),
        before in cycles(),
        after in cycles(),
        sense in prop::sample::select(vec![Sense::Hear, Sense::See, Sense::Feel, Sense::Remember]),
    ) {
        let refused = Consent::ALL.with(sense, false);
        let (mut one, mut other) = (start, start);
        let live = |state: &State, percept: &Percept, consent, joined, elapsed| {
            let tick = Tick { time: state.time.after(elapsed), elapsed };
            step_joined(state, percept, joined, consent, &parameters, tick)
        };
        for (shared, secret, _, joined, elapsed) in &before {
            let secret = altered(shared, secret, refused);
            one = live(&one, shared, Consent::ALL, *joined, *elapsed).0;
            other = live(&other, &secret, Consent::ALL, *joined, *elapsed).0;
        }
        for (shared, _, _, joined, elapsed) in &after {
            let (next, outputs) = live(&one, shared, refused, *joined, *elapsed);
            let (mut other_next, other_outputs) = live(&other, shared, refused, *joined, *elapsed);
            other_next.observation.kept = next.observation.kept;
            prop_assert_eq!(next.as_bytes(), other_next.as_bytes());
            prop_assert_eq!(output_bytes(&outputs), output_bytes(&other_outputs));
            (one, other) = (next, other_next);
        }
    }
}

/// The lives above are not empty: what is compared there does occur.
#[test]
fn a_being_with_full_consent_keeps_asks_and_speaks() {
    let mut being = Being::new(BeingId::FIRST);
    common::run(&mut being, &common::quiet(), 2_000);
    let mut voice = common::quiet();
    voice.hearing.speech = Judgement::fresh(0.9, 1.0);
    let (mut kept, mut asked) = (0, 0);
    for _ in 0..500 {
        let outputs = common::cycle(&mut being, &voice, LoopSet::ALL);
        kept += u32::from(outputs.crystal.is_some());
        asked += u32::from(outputs.question.is_some());
    }
    assert!(kept > 0 && asked > 0);
    assert!(being.state.observation.expression > 0.0);
}

/// A sense that is allowed again begins at nothing, not where it was left.
#[test]
fn a_sense_that_is_allowed_again_begins_anew() {
    let mut being = Being::new(BeingId::FIRST);
    let mut loud = common::quiet();
    loud.hearing.level = Judgement::fresh(-5.0, 1.0);
    common::run(&mut being, &loud, 1_000);
    being.consent = Consent::ALL.with(Sense::Hear, false);
    common::run(&mut being, &loud, 1);
    being.consent = Consent::ALL;
    let calm = common::quiet();
    common::run(&mut being, &calm, 1);
    let loudness = being.state.environmental.scene[SceneFeature::Loudness as usize];
    assert_eq!(loudness.evidence, PERIOD as f32 / 1e9);
    assert_eq!(loudness.now, loudness.long);
}
