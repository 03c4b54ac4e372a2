//! Every judgement counts as far as it is sure and fresh; below its threshold it is not acted on.
#![allow(missing_docs)]
mod common;
use common::{cycle, output_bytes, quiet, run};
use triune_core::*;
use zerocopy::IntoBytes;

/// The quiet percept, or a voice out of it, with every sense as sure as `confidence`.
fn senses(confidence: f32, speech: f32) -> Percept {
    let mut percept = quiet();
    percept.hearing.speech.value = speech;
    for judgement in [
        &mut percept.hearing.level,
        &mut percept.hearing.speech,
        &mut percept.sight.brightness,
        &mut percept.sight.motion,
        &mut percept.body.load,
        &mut percept.body.temperature,
        &mut percept.body.memory,
        &mut percept.body.pressure,
    ] {
        judgement.confidence = confidence;
    }
    percept
}

/// A life that met `percept` for `cycles` cycles.
fn life(threshold: f32, percept: &Percept, cycles: u64) -> Being {
    let mut being = Being::new(BeingId::FIRST);
    let set = being.parameters.set("act_threshold", threshold);
    set.expect("within its range");
    run(&mut being, percept, cycles);
    being
}

/// What is acted on, and whether it was at this threshold with this confidence.
type Act = (&'static str, fn(threshold: f32, confidence: f32) -> bool);

const ACTS: [Act; 8] = [
    ("a recollection sets novelty", |threshold, confidence| {
        let mut percept = quiet();
        percept.answers.recall = RecallAnswer {
            crystal: 1,
            similarity: Judgement::fresh(0.1, confidence),
        };
        life(threshold, &percept, 500).state.analytical.novelty > 0.2
    }),
    ("a situation is named", |threshold, confidence| {
        let percept = recognised(confidence, 1.0);
        life(threshold, &percept, 1).state.analytical.situation == 5
    }),
    ("a feeling is named", |threshold, confidence| {
        let percept = recognised(1.0, confidence);
        life(threshold, &percept, 1).state.analytical.feeling == 8
    }),
    ("a recognition moves novelty", |threshold, confidence| {
        let percept = recognised(confidence, 1.0);
        life(threshold, &percept, 500).state.analytical.novelty > 0.01
    }),
    ("words are read", |threshold, confidence| {
        let mut percept = quiet();
        percept.told = ToldPercept::from_text("because of love");
        percept.told.confidence = confidence;
        let analytical = life(threshold, &percept, 1).state.analytical;
        assert_eq!(analytical.meaning > 0.0, analytical.last_flux > 0);
        assert_eq!(analytical.meaning > 0.0, analytical.elp != Elp::BALANCED);
        analytical.meaning > 0.0
    }),
    ("a moment is kept", |threshold, confidence| {
        let mut being = life(threshold, &senses(confidence, 0.0), 2_000);
        let kept = run(&mut being, &senses(confidence, 0.95), 100);
        assert!(kept.iter().all(|draft| draft.confidence >= threshold));
        !kept.is_empty()
    }),
    ("a moment is kept for its words", |threshold, confidence| {
        let mut being = life(threshold, &quiet(), 2_000);
        let mut percept = quiet();
        percept.hearing.speech.value = 0.95;
        percept.told = ToldPercept::from_text("because of love");
        percept.told.confidence = confidence;
        let kept = run(&mut being, &percept, 1);
        let words = CrystalKind::Words as u32;
        assert_eq!(kept[0].kind == words, kept[0].told != 0);
        kept[0].kind == words
    }),
    ("the being expresses itself", |threshold, confidence| {
        let mut being = life(threshold, &senses(confidence, 0.0), 500);
        run(&mut being, &senses(confidence, 0.95), 250);
        assert!(being.state.experiential.arousal > 0.0);
        being.state.observation.expression > 0.0
    }),
];

fn recognised(situation_confidence: f32, feeling_confidence: f32) -> Percept {
    let mut percept = quiet();
    percept.answers.activation = ActivationAnswer {
        situation: 4,
        feeling: 7,
        situation_confidence,
        feeling_confidence,
        age: 0,
    };
    percept
}

#[test]
fn a_judgement_below_its_threshold_is_not_acted_on() {
    for (name, acts) in ACTS {
        for threshold in [0.2, 0.3, 0.7] {
            let (below, above) = (threshold - 0.02, threshold + 0.02);
            assert!(!acts(threshold, below), "{name}: {below} of {threshold}");
            assert!(acts(threshold, above), "{name}: {above} of {threshold}");
        }
    }
}

#[test]
fn nothing_known_is_not_acted_on_even_without_a_threshold() {
    let mut being = life(0.0, &quiet(), 2_000);
    let kept = run(&mut being, &Percept::ABSENT, 1_000);
    assert!(kept.is_empty());
    assert_eq!(being.state.observation.confidence, 0.0);
    assert_eq!(being.state.observation.expression, 0.0);
    let parameters = being.parameters;
    assert!(!parameters.may_act_on(0.0) && parameters.may_act_on(f32::MIN_POSITIVE));
}

/// A judgement that matters, older than it is trusted, and the same percept without it.
type Stale = (
    &'static str,
    fn(&mut Percept),
    fn(&mut Percept),
    fn(&mut Percept),
);

/// In the lively percept it matters as it is.
const AS_IT_IS: fn(&mut Percept) = |_| {};

const SENSE_STALE: Nanoseconds = 2_000_000_000;
const RECALL_STALE: Nanoseconds = 5_000_000_000;
const WORDS_STALE: Nanoseconds = 60_000_000_000;

const STALE: [Stale; 12] = [
    (
        "level",
        AS_IT_IS,
        |p| p.hearing.level.age = SENSE_STALE,
        |p| p.hearing.level = Judgement::ABSENT,
    ),
    (
        "speech",
        AS_IT_IS,
        |p| p.hearing.speech.age = SENSE_STALE,
        |p| p.hearing.speech = Judgement::ABSENT,
    ),
    (
        "bands",
        AS_IT_IS,
        |p| p.hearing.bands.age = SENSE_STALE,
        |p| p.hearing.bands = BandLevels::ABSENT,
    ),
    (
        "brightness and its picture",
        AS_IT_IS,
        |p| p.sight.brightness.age = SENSE_STALE,
        |p| p.sight.brightness = Judgement::ABSENT,
    ),
    (
        "motion",
        AS_IT_IS,
        |p| p.sight.motion.age = SENSE_STALE,
        |p| p.sight.motion = Judgement::ABSENT,
    ),
    (
        "load",
        |p| p.body.load.value = 0.95,
        |p| p.body.load.age = SENSE_STALE,
        |p| p.body.load = Judgement::ABSENT,
    ),
    (
        "temperature",
        AS_IT_IS,
        |p| p.body.temperature.age = SENSE_STALE,
        |p| p.body.temperature = Judgement::ABSENT,
    ),
    (
        "memory",
        |p| p.body.memory.value = 0.95,
        |p| p.body.memory.age = SENSE_STALE,
        |p| p.body.memory = Judgement::ABSENT,
    ),
    (
        "pressure",
        AS_IT_IS,
        |p| p.body.pressure.age = SENSE_STALE,
        |p| p.body.pressure = Judgement::ABSENT,
    ),
    (
        "words",
        AS_IT_IS,
        |p| p.told.age = WORDS_STALE,
        |p| p.told = ToldPercept::ABSENT,
    ),
    (
        "recall",
        AS_IT_IS,
        |p| p.answers.recall.similarity.age = RECALL_STALE,
        |p| p.answers.recall = RecallAnswer::ABSENT,
    ),
    (
        "activation",
        AS_IT_IS,
        |p| p.answers.activation.age = SENSE_STALE,
        |p| p.answers.activation = ActivationAnswer::ABSENT,
    ),
];

/// A percept in which everything is known and new, and unlike the quiet one.
fn lively() -> Percept {
    let mut percept = recognised(0.6, 0.8);
    percept.hearing.level = Judgement::fresh(-15.0, 0.9);
    percept.hearing.speech = Judgement::fresh(0.8, 0.9);
    percept.hearing.bands.values[3] = -20.0;
    percept.sight.brightness = Judgement::fresh(0.9, 0.9);
    percept.sight.motion = Judgement::fresh(0.3, 0.9);
    percept.sight.grid.0[20] = 255;
    percept.body.load = Judgement::fresh(0.6, 0.9);
    percept.body.temperature = Judgement::fresh(70.0, 0.9);
    percept.body.memory = Judgement::fresh(0.7, 0.9);
    percept.body.pressure = Judgement::fresh(0.8, 0.9);
    percept.told = ToldPercept::from_text("because of love");
    percept.answers.recall = RecallAnswer {
        crystal: 4,
        similarity: Judgement::fresh(0.3, 0.9),
    };
    percept
}

/// The state and all that was handed out over a second of `percept` after quiet.
fn lived(percept: &Percept) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut being = life(0.3, &quiet(), 1_000);
    let outputs = (0..250)
        .map(|_| output_bytes(&cycle(&mut being, percept, LoopSet::ALL)))
        .collect();
    (being.state.as_bytes().to_vec(), outputs)
}

#[test]
fn a_stale_judgement_is_as_good_as_absent() {
    for (name, prepare, age, remove) in STALE {
        let mut whole = lively();
        prepare(&mut whole);
        let (mut stale, mut absent) = (whole, whole);
        age(&mut stale);
        remove(&mut absent);
        let [whole, stale, absent] = [whole, stale, absent].map(|percept| lived(&percept));
        assert!(stale == absent, "{name} is reused although it is stale");
        assert!(stale != whole, "{name} never mattered");
    }
}

#[test]
fn a_sense_loses_trust_with_its_age() {
    let mut before = 1.1;
    for tenth in 0..=20 {
        let mut percept = quiet();
        percept.sight = percept.sight.aged(tenth * 100_000_000);
        let state = life(0.3, &percept, 1).state;
        let trust = state.environmental.scene[SceneFeature::Brightness as usize].confidence;
        assert!(trust < before, "{trust} at {tenth} tenths of a second");
        before = trust;
    }
    assert_eq!(before, 0.0);
}

/// A doubtful value does not borrow the trust of a sure one.
#[test]
fn the_worst_strain_counts_as_far_as_it_is_trusted() {
    let strain = |pressure: f32, confidence: f32| {
        let mut percept = quiet();
        percept.body.pressure = Judgement::fresh(pressure, confidence);
        let state = life(0.3, &percept, 1).state;
        state.environmental.scene[SceneFeature::Strain as usize]
    };
    // Memory in use is 0.2 for sure.
    assert_eq!(strain(0.9, 0.1).now, 0.2);
    assert_eq!(strain(0.9, 0.1).confidence, 1.0);
    assert_eq!(strain(0.9, 0.5).now, 0.9);
    assert_eq!(strain(0.9, 0.5).confidence, 0.5);
}

/// Memory and model are heard together; neither drowns the other, and both make surer than one.
#[test]
fn recollection_and_recognition_are_weighed_together() {
    let novelty = |similarity: Option<f32>, probability: Option<f32>| {
        let mut percept = probability.map_or_else(quiet, |sure| recognised(sure, 0.0001));
        if let Some(similarity) = similarity {
            percept.answers.recall = RecallAnswer {
                crystal: 1,
                similarity: Judgement::fresh(similarity, 0.8),
            };
        }
        let analytical = life(0.3, &percept, 2_000).state.analytical;
        (analytical.novelty, analytical.confidence)
    };
    let recalled = novelty(Some(0.4), None);
    let both = novelty(Some(0.4), Some(0.95));
    assert!((recalled.0 - 0.6).abs() < 1e-3);
    assert!(both.0 < recalled.0 - 0.05, "the model knows it");
    assert!(both.0 > 0.4, "memory counts more");
    assert!(both.1 > recalled.1);
    let surprised = novelty(None, None);
    let recognised = novelty(None, Some(0.5));
    assert!(recognised.0 > surprised.0 && recognised.1 > surprised.1);
}
