//! What is heard, seen and felt, and whether it is at all.

use serde::{Deserialize, Serialize};

/// Whether a sense reaches the being.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SenseState {
    /// Its device works.
    Present,
    /// There is no device, or it does not work.
    #[default]
    Absent,
    /// Its device works, but consent is refused.
    Refused,
}

impl SenseState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Present, Self::Absent, Self::Refused];

    /// The name as people and JSON read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Refused => "refused",
        }
    }
}

/// What every sense tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sense {
    /// Whether it reaches the being.
    pub state: SenseState,
    /// Seconds since it came into this state.
    pub since_s: f64,
    /// Why it is not present.
    pub why: Option<String>,
    /// The device it comes from, as people name it.
    pub device: Option<String>,
    /// Events told since the start.
    pub events: u64,
    /// How often the device was opened again after a failure.
    pub restarts: u64,
    /// How often samples or frames were lost because nobody took them in time.
    pub overruns: u64,
}

/// Hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// What every sense tells.
    #[serde(flatten)]
    pub sense: Sense,
    /// Sound level, decibels relative to full scale.
    pub level_dbfs: Option<f32>,
    /// Likeness to speech, 0 to 1.
    pub speech: Option<f32>,
}

/// Sight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// What every sense tells.
    #[serde(flatten)]
    pub sense: Sense,
    /// Frames seen since the start.
    pub frames: u64,
    /// Frames a second over the last seconds.
    pub fps: Option<f32>,
    /// Mean luminance, 0 to 1.
    pub brightness: Option<f32>,
    /// Share of the picture that moves, 0 to 1.
    pub motion: Option<f32>,
}

/// What the board feels of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// What every sense tells.
    #[serde(flatten)]
    pub sense: Sense,
    /// Share of the processors that is busy, 0 to 1.
    pub load: Option<f32>,
    /// Hottest sensor, degrees Celsius.
    pub temperature_c: Option<f32>,
    /// Share of memory in use, 0 to 1.
    pub memory: Option<f32>,
    /// Share of time in which some task waited for the processor, 0 to 1.
    pub pressure: Option<f32>,
}

/// All senses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Senses {
    /// What is heard.
    pub hearing: Hearing,
    /// What is seen.
    pub sight: Sight,
    /// What is felt.
    pub body: Body,
}

impl Senses {
    /// Each sense by its name.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &Sense); 3] {
        [
            ("hearing", &self.hearing.sense),
            ("sight", &self.sight.sense),
            ("body", &self.body.sense),
        ]
    }
}
