//! What is heard.

use crate::judgement::Judgement;
use crate::time::{AGE_NEVER, Nanoseconds};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Frequency bands that hearing reports, from low to high.
pub const BAND_COUNT: usize = 8;

/// The level of each frequency band.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct BandLevels {
    /// Decibels relative to full scale, -120 to 0; 0 throughout when confidence is 0.
    pub values: [f32; BAND_COUNT],
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// Keeps the layout free of hidden bytes.
    pub reserved: u32,
    /// Age in nanoseconds.
    pub age: Nanoseconds,
}

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct HearingPercept {
    /// Root-mean-square level of the newest block in decibels relative to full scale, -120 to 0.
    pub level: Judgement,
    /// Strength of the newest onset, 0 to 1; its age is the time since that onset.
    pub onset: Judgement,
    /// How much like speech the sound is, 0 to 1.
    pub speech: Judgement,
    /// Levels by frequency band.
    pub bands: BandLevels,
}

impl BandLevels {
    /// Nothing is known.
    pub const ABSENT: Self = Self {
        values: [0.0; BAND_COUNT],
        confidence: 0.0,
        reserved: 0,
        age: AGE_NEVER,
    };
}

impl HearingPercept {
    /// No sound is known.
    pub const ABSENT: Self = Self {
        level: Judgement::ABSENT,
        onset: Judgement::ABSENT,
        speech: Judgement::ABSENT,
        bands: BandLevels::ABSENT,
    };

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            level: self.level.aged(elapsed),
            onset: self.onset.aged(elapsed),
            speech: self.speech.aged(elapsed),
            bands: BandLevels {
                age: self.bands.age.saturating_add(elapsed),
                ..self.bands
            },
        }
    }
}
