//! Reading words: flux positions, ELP and the strength of meaning.

use crate::elp::Elp;
use crate::flux::FluxPosition;
use crate::numbers::{blend, saturate, unit};
use crate::parameters::Parameters;
use crate::percept::ToldPercept;
use crate::state::AnalyticalState;

/// Maps each word to its flux position and reads the ELP of all. Words reach one cycle only.
pub(super) fn read_words(after: &mut AnalyticalState, told: &ToldPercept, parameters: &Parameters) {
    let words = told.heeded(parameters);
    if words.is_empty() {
        return;
    }
    for &token in words {
        count_position(after, FluxPosition::of_hash(token), parameters);
    }
    let reading = Elp::read(words);
    if let Some(read) = reading.elp {
        let weight = blend(words.len() as f32, parameters.running_words);
        after.elp = after.elp.towards(read, weight);
    }
    let weighed = words.iter().map(|&token| weight(token, parameters));
    let unknown = parameters.unknown_word_weight;
    let strength =
        weighed.sum::<f32>() * told.trust(parameters) * (unknown + (1.0 - unknown) * reading.known);
    after.meaning = after
        .meaning
        .max(saturate(strength / parameters.half_meaning_words));
}

/// A running share: an exponential average over words instead of seconds.
fn count_position(after: &mut AnalyticalState, position: FluxPosition, parameters: &Parameters) {
    let share = blend(1.0, parameters.running_words);
    for (index, value) in after.flux.iter_mut().enumerate() {
        let here = f32::from(u8::from(index + 1 == usize::from(position.number())));
        *value = unit(*value + (here - *value) * share);
    }
    let boosted = f32::from(u8::from(position.is_boosted()));
    after.boost = unit(after.boost + (boosted - after.boost) * share);
    after.last_flux = u32::from(position.number());
}

/// Boosted positions count more in meaning.
fn weight(token: u64, parameters: &Parameters) -> f32 {
    if FluxPosition::of_hash(token).is_boosted() {
        parameters.boosted_word_weight
    } else {
        1.0
    }
}
