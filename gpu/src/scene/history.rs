//! The last values of one quantity.

/// Samples that a history holds.
pub const HISTORY_SAMPLES: usize = 256;

/// The last [`HISTORY_SAMPLES`] values of one quantity, evenly spaced in time; any of them may
/// be unknown.
#[derive(Clone, Debug)]
pub struct History {
    /// A ring; what is not a number is unknown.
    values: [f32; HISTORY_SAMPLES],
    next: usize,
    length: usize,
}

impl History {
    /// An empty history.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            values: [f32::NAN; HISTORY_SAMPLES],
            next: 0,
            length: 0,
        }
    }

    /// Adds the newest value; the oldest falls out of a full history. A value that is not a
    /// number counts as unknown.
    pub fn push(&mut self, value: Option<f32>) {
        self.values[self.next] = value.filter(|value| value.is_finite()).unwrap_or(f32::NAN);
        self.next = (self.next + 1) % HISTORY_SAMPLES;
        self.length = (self.length + 1).min(HISTORY_SAMPLES);
    }

    /// How many values it holds, known or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was ever added.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The values, oldest first; `None` where unknown.
    pub fn iter(&self) -> impl Iterator<Item = Option<f32>> + '_ {
        let oldest = self.next + HISTORY_SAMPLES - self.length;
        (0..self.length)
            .map(move |index| self.values[(oldest + index) % HISTORY_SAMPLES])
            .map(|value| Some(value).filter(|value| !value.is_nan()))
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl FromIterator<Option<f32>> for History {
    fn from_iter<I: IntoIterator<Item = Option<f32>>>(values: I) -> Self {
        let mut history = Self::new();
        for value in values {
            history.push(value);
        }
        history
    }
}
