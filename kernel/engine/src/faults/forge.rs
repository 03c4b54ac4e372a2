//! Makes up and takes over what one sense gives.

use super::plan::FaultTarget;
use super::random::Random;
use triune_core::{
    ActivationAnswer, BandLevels, Judgement, LEVEL_RANGE, Nanoseconds, Percept, SHARE_RANGE,
    SIMILARITY_RANGE, TEMPERATURE_RANGE, TOKEN_CAPACITY, ToldPercept,
};

/// Puts what `from` has of the target, `elapsed` later, into `percept`.
pub(super) fn take(
    target: FaultTarget,
    from: &Percept,
    elapsed: Nanoseconds,
    percept: &mut Percept,
) {
    match target {
        FaultTarget::Hearing => percept.hearing = from.hearing.aged(elapsed),
        FaultTarget::Sight => percept.sight = from.sight.aged(elapsed),
        FaultTarget::Body => percept.body = from.body.aged(elapsed),
        FaultTarget::Told => percept.told = from.told.aged(elapsed),
        FaultTarget::Recall => {
            percept.answers.recall = from.answers.recall;
            let similarity = &mut percept.answers.recall.similarity;
            *similarity = similarity.aged(elapsed);
        }
        FaultTarget::Activation => {
            let activation = from.answers.activation;
            percept.answers.activation = ActivationAnswer {
                age: activation.age.saturating_add(elapsed),
                ..activation
            };
        }
        FaultTarget::Loop(_) => {}
    }
}

/// Makes up everything that the target gives, as of now: `number` gives a value for the lowest and
/// the highest possible one.
pub(super) fn forge(
    target: FaultTarget,
    percept: &mut Percept,
    confidence: f32,
    mut number: impl FnMut((f32, f32)) -> f32,
) {
    let mut judge = |range| Judgement::fresh(number(range), confidence);
    match target {
        FaultTarget::Hearing => {
            let hearing = &mut percept.hearing;
            hearing.level = judge(LEVEL_RANGE);
            hearing.onset = judge(SHARE_RANGE);
            hearing.speech = judge(SHARE_RANGE);
            hearing.bands = BandLevels {
                values: std::array::from_fn(|_| judge(LEVEL_RANGE).value),
                confidence,
                reserved: 0,
                age: 0,
            };
        }
        FaultTarget::Sight => {
            percept.sight.brightness = judge(SHARE_RANGE);
            percept.sight.motion = judge(SHARE_RANGE);
            for cell in &mut percept.sight.grid.0 {
                *cell = (judge(SHARE_RANGE).value * 255.0) as u8;
            }
        }
        FaultTarget::Body => {
            let body = &mut percept.body;
            body.load = judge(SHARE_RANGE);
            body.temperature = judge(TEMPERATURE_RANGE);
            body.memory = judge(SHARE_RANGE);
            body.pressure = judge(SHARE_RANGE);
        }
        FaultTarget::Told => {
            percept.told.confidence = judge(SHARE_RANGE).confidence;
        }
        FaultTarget::Recall => percept.answers.recall.similarity = judge(SIMILARITY_RANGE),
        FaultTarget::Activation => {
            // An answer has no value of its own but how sure it is.
            let answer = &mut percept.answers.activation;
            answer.situation_confidence = judge(SHARE_RANGE).value;
            answer.feeling_confidence = judge(SHARE_RANGE).value;
            answer.age = 0;
        }
        FaultTarget::Loop(_) => {}
    }
}

/// Words that nobody said, as many of `count` as fit into a cycle.
pub(super) fn words(count: u64, random: &mut Random) -> ToldPercept {
    let count = count.min(TOKEN_CAPACITY as u64) as usize;
    let mut told = ToldPercept {
        count: count as u32,
        confidence: 1.0,
        age: 0,
        ..ToldPercept::ABSENT
    };
    for token in &mut told.tokens[..count] {
        *token = random.bits();
    }
    told
}
