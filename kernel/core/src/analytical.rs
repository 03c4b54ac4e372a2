//! The analytical loop: words, meaning, novelty.

use crate::elp::Elp;
use crate::flux::FluxPosition;
use crate::numbers::{blend, cycles_in, nanoseconds, saturate, seconds, unit};
use crate::parameters::Parameters;
use crate::percept::{Percept, ToldPercept};
use crate::state::{AnalyticalState, State};
use crate::time::Nanoseconds;

/// Words after which half of the running shares has been renewed.
const WORDS_OF_HALF_RENEWAL: f32 = 16.0;
/// How long the strength of meaning outlasts the words, seconds.
const MEANING_DECAY_SECONDS: f32 = 2.0;
/// Time constant of novelty, seconds.
const NOVELTY_SECONDS: f32 = 0.5;
/// Without an answer from memory novelty rests on surprise alone and is trusted this much.
const TRUST_IN_SURPRISE_ALONE: f32 = 0.5;
/// Age at which an answer of memory says nothing about this moment, seconds.
const RECALL_STALE_SECONDS: f32 = 5.0;

pub(crate) fn advance(
    state: &State,
    percept: &Percept,
    parameters: &Parameters,
    elapsed: Nanoseconds,
) -> AnalyticalState {
    let step = seconds(elapsed);
    let mut after = state.analytical;
    after.meaning = unit(after.meaning * (1.0 - blend(step, MEANING_DECAY_SECONDS)));
    read_words(&mut after, &percept.told);
    weigh_novelty(&mut after, state, percept, step);
    name_activation(&mut after, percept, parameters);
    after.cycles_to_question = match after.cycles_to_question {
        0 => cycles_in(parameters.question_interval_seconds, elapsed),
        cycles => cycles - 1,
    };
    after
}

/// Maps each word to its flux position and reads the ELP of all. Words reach one cycle only.
fn read_words(after: &mut AnalyticalState, told: &ToldPercept) {
    let words = told.words();
    if words.is_empty() {
        return;
    }
    for &token in words {
        let position = FluxPosition::of_hash(token);
        let share = 1.0 / (1.0 + WORDS_OF_HALF_RENEWAL);
        for (index, value) in after.flux.iter_mut().enumerate() {
            let here = f32::from(u8::from(index + 1 == usize::from(position.number())));
            *value = unit(*value + (here - *value) * share);
        }
        let boosted = f32::from(u8::from(position.is_boosted()));
        after.boost = unit(after.boost + (boosted - after.boost) * share);
        after.last_flux = u32::from(position.number());
    }
    let reading = Elp::read(words);
    let weight = words.len() as f32 / (words.len() as f32 + WORDS_OF_HALF_RENEWAL);
    if let Some(read) = reading.elp {
        after.elp = after.elp.towards(read, weight);
    }
    // Boosted positions count double in meaning.
    let strength = words
        .iter()
        .map(|&token| {
            if FluxPosition::of_hash(token).is_boosted() {
                2.0
            } else {
                1.0
            }
        })
        .sum::<f32>()
        * told.confidence
        * (0.25 + 0.75 * reading.known);
    after.meaning = after.meaning.max(saturate(strength / 4.0));
}

/// Novelty is what memory has nothing near to; while memory has not answered, what surprises.
fn weigh_novelty(after: &mut AnalyticalState, state: &State, percept: &Percept, step: f32) {
    let recall = &percept.answers.recall;
    let trust = recall.similarity.trust(nanoseconds(RECALL_STALE_SECONDS));
    let (target, confidence) = if trust > 0.0 {
        (unit(1.0 - recall.similarity.value), trust)
    } else {
        let environmental = &state.environmental;
        (
            environmental.surprise,
            environmental.confidence * TRUST_IN_SURPRISE_ALONE,
        )
    };
    after.novelty = unit(after.novelty + (target - after.novelty) * blend(step, NOVELTY_SECONDS));
    after.confidence = unit(confidence);
}

/// Takes over what the dual activation model recognised, if it is sure and recent enough.
fn name_activation(after: &mut AnalyticalState, percept: &Percept, parameters: &Parameters) {
    let activation = &percept.answers.activation;
    let recent = activation.age < nanoseconds(parameters.stale_after_seconds);
    let name = |index: u32, confidence: f32| {
        if recent && confidence >= parameters.act_threshold {
            index.saturating_add(1)
        } else {
            0
        }
    };
    after.situation = name(activation.situation, activation.situation_confidence);
    after.feeling = name(activation.feeling, activation.feeling_confidence);
}
