//! Makes up and takes over what one sense gives.

use super::plan::FaultTarget;
use super::random::Random;
use triune_core::{
    ActivationAnswer, BandLevels, Judgement, Nanoseconds, Percept, TOKEN_CAPACITY, ToldPercept,
};

/// Lowest and highest possible sound level, decibels relative to full scale.
const LEVELS: (f32, f32) = (-120.0, 0.0);
/// Temperatures between which a broken sensor jumps, degrees Celsius.
const TEMPERATURES: (f32, f32) = (-60.0, 200.0);
/// Whatever is a share or a strength.
const SHARES: (f32, f32) = (0.0, 1.0);
/// Cosine similarities.
const SIMILARITIES: (f32, f32) = (-1.0, 1.0);

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
            hearing.level = judge(LEVELS);
            hearing.onset = judge(SHARES);
            hearing.speech = judge(SHARES);
            hearing.bands = BandLevels {
                values: std::array::from_fn(|_| judge(LEVELS).value),
                confidence,
                reserved: 0,
                age: 0,
            };
        }
        FaultTarget::Sight => {
            percept.sight.brightness = judge(SHARES);
            percept.sight.motion = judge(SHARES);
            for cell in &mut percept.sight.grid.0 {
                *cell = (judge(SHARES).value * 255.0) as u8;
            }
        }
        FaultTarget::Body => {
            let body = &mut percept.body;
            body.load = judge(SHARES);
            body.temperature = judge(TEMPERATURES);
            body.memory = judge(SHARES);
            body.pressure = judge(SHARES);
        }
        FaultTarget::Told => {
            percept.told.confidence = judge(SHARES).confidence;
        }
        FaultTarget::Recall => percept.answers.recall.similarity = judge(SIMILARITIES),
        FaultTarget::Activation => {
            // An answer has no value of its own but how sure it is.
            let answer = &mut percept.answers.activation;
            answer.situation_confidence = judge(SHARES).value;
            answer.feeling_confidence = judge(SHARES).value;
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
