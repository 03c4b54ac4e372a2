//! A moment that is worth keeping.

use crate::being::BeingId;
use crate::embedding::Embedding;
use crate::energy::EnergyCentres;
use crate::time::Timestamp;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Why a moment was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum CrystalKind {
    /// Speech was heard.
    Voice = 1,
    /// A sudden sound.
    Sound = 2,
    /// Something moved or the light changed.
    Sight = 3,
    /// The board's own condition changed.
    Body = 4,
    /// Words were told.
    Words = 5,
    /// The whole was unlike what went before.
    Surprise = 6,
}

impl CrystalKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Voice,
        Self::Sound,
        Self::Sight,
        Self::Body,
        Self::Words,
        Self::Surprise,
    ];

    /// The kind with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u32 == number)
    }

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Sound => "sound",
            Self::Sight => "sight",
            Self::Body => "body",
            Self::Words => "words",
            Self::Surprise => "surprise",
        }
    }
}

/// A kept moment as the step hands it out: plain data, before memory gives it a number.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct CrystalDraft {
    /// Whose moment.
    pub being: BeingId,
    /// In which cycle.
    pub cycle: u64,
    /// When, on the monotonic clock.
    pub time: Timestamp,
    /// [`crate::ToldPercept::fingerprint`] of the words told in this cycle; 0 when there were none.
    pub told: u64,
    /// Number of the [`CrystalKind`].
    pub kind: u32,
    /// How much it stood out, 0 to 1.
    pub salience: f32,
    /// Confidence of the judgement that it was worth keeping, 0 to 1.
    pub confidence: f32,
    /// Coherence of the loops at that moment, 0 to 1.
    pub coherence: f32,
    /// The drives at that moment.
    pub centres: EnergyCentres,
    /// Flux position of the newest token, 1 to 9; 0 when there was none.
    pub flux: u32,
    /// Where the moment lies among others.
    pub embedding: Embedding,
}
