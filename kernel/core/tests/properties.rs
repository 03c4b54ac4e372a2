//! What holds for every input.
#![allow(missing_docs)]
mod common;
use proptest::prelude::*;
use triune_core::*;
use zerocopy::{FromBytes, IntoBytes};

/// Any bytes at all are a percept: every float may be infinite, not a number or denormal.
fn any_percept() -> impl Strategy<Value = Percept> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), size_of::<Percept>())
            .prop_map(|bytes| Percept::read_from_bytes(&bytes).expect("sized")),
        (any::<[f32; 8]>(), 0.0_f32..1.0, any::<u64>()).prop_map(|(values, confidence, age)| {
            let mut percept = common::quiet();
            percept.hearing.level = Judgement {
                value: values[0],
                confidence,
                age,
            };
            percept.hearing.speech = Judgement::fresh(values[1], confidence);
            percept.sight.motion = Judgement::fresh(values[2], values[3]);
            percept.body.temperature = Judgement::fresh(values[4], 1.0);
            percept.answers.recall.similarity = Judgement::fresh(values[5], 1.0);
            percept
        }),
    ]
}

fn any_consent() -> impl Strategy<Value = Consent> {
    prop::collection::vec(any::<bool>(), Sense::ALL.len()).prop_map(|allowed| {
        Sense::ALL
            .into_iter()
            .zip(allowed)
            .fold(Consent::NONE, |consent, (sense, allowed)| {
                consent.with(sense, allowed)
            })
    })
}

fn assert_in_range(state: &State) {
    let within = |value: f32| (0.0..=1.0).contains(&value);
    assert!(
        state.experiential.centres.0.into_iter().all(within),
        "{state:?}"
    );
    assert!(
        state.experiential.velocities.iter().all(|v| v.is_finite()),
        "{state:?}"
    );
    for average in &state.environmental.scene {
        let values = [average.now, average.short, average.long, average.confidence];
        assert!(values.into_iter().all(within), "{average:?}");
    }
    let observation = &state.observation;
    assert!(within(observation.coherence) && within(observation.salience));
    assert!(within(state.environmental.surprise) && within(state.analytical.novelty));
    assert!(state.analytical.flux.into_iter().all(within));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn state_is_always_finite_and_in_range(
        percepts in prop::collection::vec(any_percept(), 1..40),
        elapsed in prop::collection::vec(0_u64..10_000_000_000, 40),
        consent in any_consent(),
    ) {
        let mut state = State::at_rest(BeingId::FIRST);
        for (percept, &elapsed) in percepts.iter().zip(&elapsed) {
            let tick = Tick { time: state.time.after(elapsed), elapsed };
            let (next, outputs) =
                step(&state, percept, consent, &Parameters::default(), tick);
            assert_in_range(&next);
            if let Some(crystal) = outputs.crystal {
                prop_assert!(crystal.embedding.0.iter().all(|value| value.is_finite()));
            }
            state = next;
        }
    }

    #[test]
    fn equal_inputs_give_equal_bits(percept in any_percept(), consent in any_consent()) {
        let state = State::at_rest(BeingId(7));
        let tick = Tick { time: Timestamp(8), elapsed: common::PERIOD };
        let parameters = Parameters::default();
        let (first, _) = step(&state, &percept, consent, &parameters, tick);
        let (second, _) = step(&state, &percept, consent, &parameters, tick);
        prop_assert_eq!(first.as_bytes(), second.as_bytes());
        prop_assert_eq!(first.hash(), second.hash());
    }

    /// Two histories that differ only in what is refused are the same history.
    #[test]
    fn what_is_refused_leaves_no_trace(
        percepts in prop::collection::vec((any_percept(), any_percept()), 1..30),
        consent in any_consent(),
    ) {
        let parameters = Parameters::default();
        let mut one = State::at_rest(BeingId::FIRST);
        let mut other = one;
        for (shared, secret) in &percepts {
            let mut altered = *shared;
            if !consent.allows(Sense::Hear) { altered.hearing = secret.hearing; }
            if !consent.allows(Sense::See) { altered.sight = secret.sight; }
            if !consent.allows(Sense::Feel) { altered.body = secret.body; }
            if !consent.allows(Sense::Remember) { altered.answers.recall = secret.answers.recall; }
            let tick = Tick { time: one.time.after(common::PERIOD), elapsed: common::PERIOD };
            let (next, outputs) = step(&one, shared, consent, &parameters, tick);
            let (altered_next, altered_outputs) = step(&other, &altered, consent, &parameters, tick);
            prop_assert_eq!(next.as_bytes(), altered_next.as_bytes());
            prop_assert_eq!(&outputs, &altered_outputs);
            if !consent.allows(Sense::Remember) {
                prop_assert!(outputs.crystal.is_none() && outputs.question.is_none());
            }
            one = next;
            other = altered_next;
        }
    }

    /// Whatever was sensed before a refusal is gone with it: two lives that differed only in that
    /// sense are the same from the next cycle on, but for the number of moments they kept.
    #[test]
    fn what_was_sensed_is_forgotten_when_it_is_refused(
        percepts in prop::collection::vec((any_percept(), any_percept()), 1..30),
        sense in prop::sample::select(vec![Sense::Hear, Sense::See, Sense::Feel]),
    ) {
        let parameters = Parameters::default();
        let mut one = State::at_rest(BeingId::FIRST);
        let mut other = one;
        let cycle = |state: &State, percept: &Percept, consent: Consent| {
            let tick = Tick { time: state.time.after(common::PERIOD), elapsed: common::PERIOD };
            step(state, percept, consent, &parameters, tick).0
        };
        for (shared, secret) in &percepts {
            let mut altered = *shared;
            match sense {
                Sense::Hear => altered.hearing = secret.hearing,
                Sense::See => altered.sight = secret.sight,
                _ => altered.body = secret.body,
            }
            one = cycle(&one, shared, Consent::ALL);
            other = cycle(&other, &altered, Consent::ALL);
        }
        let refused = Consent::ALL.with(sense, false);
        one = cycle(&one, &Percept::ABSENT, refused);
        other = cycle(&other, &Percept::ABSENT, refused);
        other.observation.kept = one.observation.kept;
        prop_assert_eq!(one, other);
    }

    #[test]
    fn flux_position_is_the_digital_root(hash in any::<u64>()) {
        let mut root = hash;
        while root > 9 {
            root = root.to_string().bytes().map(|digit| u64::from(digit - b'0')).sum();
        }
        let expected = if hash == 0 { 9 } else { root };
        prop_assert_eq!(u64::from(FluxPosition::of_hash(hash).number()), expected);
    }

    #[test]
    fn words_of_any_text_are_counted(text in ".{0,200}") {
        let told = ToldPercept::from_text(&text);
        prop_assert!(told.words().len() <= TOKEN_CAPACITY);
        prop_assert_eq!(told.count == 0, told == ToldPercept::ABSENT);
    }

    #[test]
    fn a_parameter_is_taken_only_within_its_range(value in any::<f32>()) {
        for (name, before, low, high) in Parameters::default().table() {
            let mut parameters = Parameters::default();
            let taken = parameters.set(name, value);
            let now = parameters.table().into_iter().find(|row| row.0 == name).expect("known").1;
            if (low..=high).contains(&value) {
                prop_assert!(taken.is_ok());
                prop_assert_eq!(now, value);
            } else {
                prop_assert!(taken.is_err());
                prop_assert_eq!(now, before);
            }
        }
    }
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
            confidence: 1.0,
            age: u64::from(cycle) << 16,
        };
        if cycle % 1_000 == 0 {
            percept.told = ToldPercept::from_text("if the reason is love then hope");
        }
        common::run(&mut being, &percept, 1);
    }
    assert_eq!(format!("{:016x}", being.state.hash().0), "8e91f64469f33aed");
}
