//! What is heard, seen and felt, or that it is not.

/// Whether a sense reaches the being, and what it tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Sensed<T> {
    /// Its device works.
    Present(T),
    /// There is no device, or it does not work.
    Absent {
        /// Why, in a few words; may be empty.
        why: String,
    },
    /// Its device works, but consent is refused.
    Refused,
}

impl<T> Default for Sensed<T> {
    fn default() -> Self {
        Self::Absent { why: String::new() }
    }
}

/// What is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hearing {
    /// Sound level, decibels relative to full scale.
    pub level_dbfs: Option<f32>,
    /// Likeness to speech, 0 to 1.
    pub speech: Option<f32>,
    /// Whether someone speaks, as hearing has decided.
    pub speaking: Option<bool>,
}

/// What is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// Mean luminance, 0 to 1.
    pub brightness: Option<f32>,
    /// Share of the picture that moves, 0 to 1.
    pub motion: Option<f32>,
}

/// What the board feels of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Body {
    /// Hottest sensor, degrees Celsius.
    pub temperature_c: Option<f32>,
    /// Share of the processors that is busy, 0 to 1.
    pub load: Option<f32>,
}
