//! All that one being is given in one cycle.

use super::{AnswersPercept, BodyPercept, HearingPercept, SightPercept, ToldPercept};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// All that one being is given in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Percept {
    /// What is heard.
    pub hearing: HearingPercept,
    /// What is seen.
    pub sight: SightPercept,
    /// What is felt.
    pub body: BodyPercept,
    /// What was told in words.
    pub told: ToldPercept,
    /// What came back from memory and models.
    pub answers: AnswersPercept,
}

impl Percept {
    /// Nothing is known of the world.
    pub const ABSENT: Self = Self {
        hearing: HearingPercept::ABSENT,
        sight: SightPercept::ABSENT,
        body: BodyPercept::ABSENT,
        told: ToldPercept::ABSENT,
        answers: AnswersPercept::ABSENT,
    };
}

impl Default for Percept {
    fn default() -> Self {
        Self::ABSENT
    }
}
