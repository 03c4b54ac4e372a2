//! How each moment feels, told from what the senses do not show.
//!
//! The criterion reads the noise-free timeline, its hidden variables and its future:
//!
//! 1. *startled*: an event began 0.15 to 1.65 s ago whose intensity, weakened by the
//!    habituation that events before it left (8 s), exceeds 0.35;
//! 2. else *strained*: within the next 8 s the board's true burden exceeds 0.62, burden being
//!    the greater of heat and the mean of heat and pressure (heat: 0 at 30, 1 at 90 °C);
//! 3. else *engaged*: the hidden interaction, averaged from 1 s before to 1.5 s after the
//!    moment, exceeds 0.5;
//! 4. else *calm*.
//!
//! Neither intensity, nor habituation, nor interaction, nor the future is an input of the
//! recogniser: it can only infer them from how the senses' traces unfold.

use super::timeline::{MOMENT_SECONDS, Moment};

/// How it feels to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Feeling {
    Calm = 0,
    Engaged = 1,
    Startled = 2,
    Strained = 3,
}

impl Feeling {
    pub(crate) const NAMES: [&str; 4] = ["calm", "engaged", "startled", "strained"];
}

const STARTLE_BEGINS: f32 = 0.15;
const STARTLE_ENDS: f32 = 1.65;
/// How far ahead strain is felt, seconds; a timeline must go on this long after the last label.
pub(crate) const FORESIGHT: f32 = 8.0;
const BURDEN: f32 = 0.62;
const INTERACTION_BEFORE: f32 = 1.0;
const INTERACTION_AFTER: f32 = 1.5;
const INTERACTION: f32 = 0.5;

/// How the moment at `index` feels.
pub(crate) fn feeling(moments: &[Moment], index: usize) -> Feeling {
    let back = |seconds: f32| index.saturating_sub((seconds / MOMENT_SECONDS) as usize);
    let ahead = |seconds: f32| (index + (seconds / MOMENT_SECONDS) as usize).min(moments.len());
    let startling = &moments[back(STARTLE_ENDS)..=back(STARTLE_BEGINS)];
    if index as f32 * MOMENT_SECONDS >= STARTLE_BEGINS
        && startling.iter().any(|moment| moment.startles)
    {
        return Feeling::Startled;
    }
    let coming = &moments[index..ahead(FORESIGHT)];
    if coming.iter().any(|moment| burden(moment) > BURDEN) {
        return Feeling::Strained;
    }
    let around = &moments[back(INTERACTION_BEFORE)..ahead(INTERACTION_AFTER)];
    let interaction: f32 = around.iter().map(|moment| moment.interaction).sum();
    if interaction / around.len() as f32 > INTERACTION {
        Feeling::Engaged
    } else {
        Feeling::Calm
    }
}

fn burden(moment: &Moment) -> f32 {
    let heat = ((moment.temperature - 30.0) / 60.0).clamp(0.0, 1.0);
    heat.max(0.5 * (heat + moment.pressure))
}
