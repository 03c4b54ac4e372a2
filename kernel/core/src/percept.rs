//! What the kernel is given in one cycle: plain data of fixed size.

use crate::judgement::Judgement;
use crate::time::{AGE_NEVER, Nanoseconds};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Frequency bands that hearing reports, from low to high.
pub const BAND_COUNT: usize = 8;
/// Columns of the luminance grid, from left to right.
pub const GRID_COLUMNS: usize = 8;
/// Rows of the luminance grid, from top to bottom.
pub const GRID_ROWS: usize = 6;
/// Cells of the luminance grid, row by row.
pub const GRID_CELLS: usize = GRID_COLUMNS * GRID_ROWS;
/// Words that reach one cycle.
pub const TOKEN_CAPACITY: usize = 16;

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

/// A coarse picture: mean luminance of each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct LuminanceGrid(pub [u8; GRID_CELLS]);

/// What is seen.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct SightPercept {
    /// Mean luminance, 0 (black) to 1 (white).
    pub brightness: Judgement,
    /// Share of the picture that changed since the frame before, 0 to 1.
    pub motion: Judgement,
    /// Coarse picture; all 0 when `brightness` is absent.
    pub grid: LuminanceGrid,
}

/// What the board feels of itself.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct BodyPercept {
    /// Share of the processor that is busy, 0 to 1.
    pub load: Judgement,
    /// Hottest sensor in degrees Celsius.
    pub temperature: Judgement,
    /// Share of memory in use, 0 to 1.
    pub memory: Judgement,
    /// Share of time in which some task waited for the processor (PSI `some avg10`), 0 to 1.
    pub pressure: Judgement,
}

/// What the kernel was told in words: hashes only, the text goes to memory.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ToldPercept {
    /// XXH3-64 of each lower-cased word; the first `count` are valid, the others 0.
    pub tokens: [u64; TOKEN_CAPACITY],
    /// Valid tokens, at most [`TOKEN_CAPACITY`].
    pub count: u32,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// Nanoseconds since the words were said.
    pub age: Nanoseconds,
}

/// The answer to a recall question of an earlier cycle.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct RecallAnswer {
    /// Sequence number of the nearest crystal.
    pub crystal: u64,
    /// Cosine similarity of the nearest crystal to the question, -1 to 1.
    pub similarity: Judgement,
}

/// The answer of the dual activation model to an earlier state window.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct ActivationAnswer {
    /// Index of the most likely situation (what is going on).
    pub situation: u32,
    /// Index of the most likely feeling (how it feels to the kernel).
    pub feeling: u32,
    /// Probability of `situation`, 0 to 1.
    pub situation_confidence: f32,
    /// Probability of `feeling`, 0 to 1.
    pub feeling_confidence: f32,
    /// Nanoseconds since the newest cycle of the window.
    pub age: Nanoseconds,
}

/// Answers to questions posted in earlier cycles.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct AnswersPercept {
    /// From memory.
    pub recall: RecallAnswer,
    /// From the models.
    pub activation: ActivationAnswer,
}

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

impl SightPercept {
    /// No picture is known.
    pub const ABSENT: Self = Self {
        brightness: Judgement::ABSENT,
        motion: Judgement::ABSENT,
        grid: LuminanceGrid([0; GRID_CELLS]),
    };

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            brightness: self.brightness.aged(elapsed),
            motion: self.motion.aged(elapsed),
            grid: self.grid,
        }
    }
}

impl BodyPercept {
    /// Nothing is felt.
    pub const ABSENT: Self = Self {
        load: Judgement::ABSENT,
        temperature: Judgement::ABSENT,
        memory: Judgement::ABSENT,
        pressure: Judgement::ABSENT,
    };

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            load: self.load.aged(elapsed),
            temperature: self.temperature.aged(elapsed),
            memory: self.memory.aged(elapsed),
            pressure: self.pressure.aged(elapsed),
        }
    }
}

impl ToldPercept {
    /// Nothing was said.
    pub const ABSENT: Self = Self {
        tokens: [0; TOKEN_CAPACITY],
        count: 0,
        confidence: 0.0,
        age: AGE_NEVER,
    };

    /// The first [`TOKEN_CAPACITY`] words of `text`, said just now: split at whatever is
    /// neither letter nor digit, lower-cased, hashed.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut told = Self {
            confidence: 1.0,
            age: 0,
            ..Self::ABSENT
        };
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        for word in words.filter(|word| !word.is_empty()).take(TOKEN_CAPACITY) {
            told.tokens[told.count as usize] = xxh3_64(word.to_lowercase().as_bytes());
            told.count += 1;
        }
        if told.count == 0 { Self::ABSENT } else { told }
    }

    /// The valid tokens.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.tokens[..(self.count as usize).min(TOKEN_CAPACITY)]
    }

    /// XXH3-64 of the words' bytes, by which memory finds their text again; 0 when there are none.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        match self.words() {
            [] => 0,
            words => xxh3_64(words.as_bytes()),
        }
    }

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            age: self.age.saturating_add(elapsed),
            ..self
        }
    }
}

impl RecallAnswer {
    /// Memory has not answered.
    pub const ABSENT: Self = Self {
        crystal: 0,
        similarity: Judgement::ABSENT,
    };
}

impl ActivationAnswer {
    /// No model has answered.
    pub const ABSENT: Self = Self {
        situation: 0,
        feeling: 0,
        situation_confidence: 0.0,
        feeling_confidence: 0.0,
        age: AGE_NEVER,
    };
}

impl AnswersPercept {
    /// Nothing has answered.
    pub const ABSENT: Self = Self {
        recall: RecallAnswer::ABSENT,
        activation: ActivationAnswer::ABSENT,
    };
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
