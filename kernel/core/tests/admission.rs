//! What is impossible or means nothing does not reach a being.
#![allow(missing_docs)]
mod common;
use common::quiet;
use triune_core::*;
use zerocopy::IntoBytes;

type Change = fn(&mut Percept);

/// Something impossible, and what the percept is taken for.
const IMPOSSIBLE: [(&str, Change, Change); 14] = [
    (
        "a level above full scale",
        |p| p.hearing.level.value = 0.1,
        |p| p.hearing.level = Judgement::ABSENT,
    ),
    (
        "a level of silence without end",
        |p| p.hearing.level.value = f32::NEG_INFINITY,
        |p| p.hearing.level = Judgement::ABSENT,
    ),
    (
        "an onset that is not a number",
        |p| p.hearing.onset.value = f32::NAN,
        |p| p.hearing.onset = Judgement::ABSENT,
    ),
    (
        "speech without confidence",
        |p| p.hearing.speech.confidence = 0.0,
        |p| p.hearing.speech = Judgement::ABSENT,
    ),
    (
        "one impossible band",
        |p| p.hearing.bands.values[7] = f32::INFINITY,
        |p| p.hearing.bands = BandLevels::ABSENT,
    ),
    (
        "bytes that mean nothing",
        |p| p.hearing.bands.reserved = 7,
        |_| {},
    ),
    (
        "brightness that is too sure",
        |p| p.sight.brightness.confidence = 1.5,
        |p| {
            p.sight.brightness = Judgement::ABSENT;
            p.sight.grid = SightPercept::ABSENT.grid;
        },
    ),
    (
        "movement of less than nothing",
        |p| p.sight.motion.value = -0.1,
        |p| p.sight.motion = Judgement::ABSENT,
    ),
    (
        "load above all",
        |p| p.body.load.value = 1.1,
        |p| p.body.load = Judgement::ABSENT,
    ),
    (
        "a sensor that is not there",
        |p| p.body.temperature.value = -273.0,
        |p| p.body.temperature = Judgement::ABSENT,
    ),
    (
        "confidence that is not a number",
        |p| p.body.memory.confidence = f32::NAN,
        |p| p.body.memory = Judgement::ABSENT,
    ),
    (
        "more words than fit",
        |p| p.told.count = TOKEN_CAPACITY as u32 + 1,
        |p| p.told = ToldPercept::ABSENT,
    ),
    (
        "a similarity above equality",
        |p| p.answers.recall.similarity.value = 1.01,
        |p| p.answers.recall = RecallAnswer::ABSENT,
    ),
    (
        "an activation with an impossible head",
        |p| p.answers.activation.feeling_confidence = 2.0,
        |p| p.answers.activation = ActivationAnswer::ABSENT,
    ),
];

/// A percept in which everything is there.
fn whole() -> Percept {
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("because of love");
    percept.answers = AnswersPercept {
        recall: RecallAnswer {
            crystal: 5,
            similarity: Judgement::fresh(0.5, 0.9),
        },
        activation: ActivationAnswer {
            situation: 1,
            feeling: 2,
            situation_confidence: 0.8,
            feeling_confidence: 0.7,
            age: 0,
        },
    };
    percept
}

#[test]
fn what_is_impossible_is_absent_and_the_rest_stays() {
    let admitted = admit(&whole(), Consent::ALL);
    assert_eq!(admitted.as_bytes(), whole().as_bytes());
    for (name, change, taken_for) in IMPOSSIBLE {
        let (mut percept, mut expected) = (whole(), whole());
        change(&mut percept);
        taken_for(&mut expected);
        let admitted = admit(&percept, Consent::ALL);
        assert_eq!(admitted.as_bytes(), expected.as_bytes(), "{name}");
    }
}

/// What each refusal takes; the activation rests on three senses.
#[test]
fn what_is_refused_is_absent_and_the_rest_stays() {
    let without = |sense: Sense| admit(&whole(), Consent::ALL.with(sense, false));
    let mut expected = whole();
    expected.answers.activation = ActivationAnswer::ABSENT;
    let hearing = HearingPercept::ABSENT;
    assert_eq!(
        without(Sense::Hear),
        Percept {
            hearing,
            ..expected
        }
    );
    let sight = SightPercept::ABSENT;
    assert_eq!(without(Sense::See), Percept { sight, ..expected });
    let body = BodyPercept::ABSENT;
    assert_eq!(without(Sense::Feel), Percept { body, ..expected });
    let mut expected = whole();
    expected.answers.recall = RecallAnswer::ABSENT;
    assert_eq!(without(Sense::Remember), expected);
    assert_eq!(without(Sense::Share), whole());
    assert_eq!(without(Sense::Speak), whole());
}
