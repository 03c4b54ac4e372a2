//! What the recogniser recognised.

use triune_core::{ActivationAnswer, Timestamp};

/// The most likely situation and feeling, each with its probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation {
    /// Index of the situation, for [`super::DualActivation::situations`].
    pub situation: u32,
    /// Index of the feeling, for [`super::DualActivation::feelings`].
    pub feeling: u32,
    /// Probability of `situation`, 0 to 1.
    pub situation_confidence: f32,
    /// Probability of `feeling`, 0 to 1.
    pub feeling_confidence: f32,
    /// Time of the newest state that this rests on.
    pub newest: Timestamp,
}

impl Activation {
    /// The same as a percept carries it, as old as it is at `now`.
    #[must_use]
    pub const fn answer(&self, now: Timestamp) -> ActivationAnswer {
        ActivationAnswer {
            situation: self.situation,
            feeling: self.feeling,
            situation_confidence: self.situation_confidence,
            feeling_confidence: self.feeling_confidence,
            age: now.since(self.newest),
        }
    }
}
