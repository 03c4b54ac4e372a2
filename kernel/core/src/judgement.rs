//! A value that says how sure it is and how old.

use crate::time::{AGE_NEVER, Nanoseconds};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A value together with its confidence and the age of what it rests on.
///
/// Confidence 0 means that nothing is known: the value carries no meaning then
/// and is always 0, so that a refused or absent sense leaves no trace.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Judgement {
    /// What is judged, in the unit that the holder states.
    pub value: f32,
    /// How sure, from 0 (nothing known) to 1 (certain).
    pub confidence: f32,
    /// Nanoseconds since the newest input that this rests on; [`AGE_NEVER`] if there was none.
    pub age: Nanoseconds,
}

impl Judgement {
    /// Nothing is known.
    pub const ABSENT: Self = Self {
        value: 0.0,
        confidence: 0.0,
        age: AGE_NEVER,
    };

    /// A judgement made just now.
    #[must_use]
    pub const fn fresh(value: f32, confidence: f32) -> Self {
        Self {
            value,
            confidence,
            age: 0,
        }
    }

    /// Whether anything is known at all.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.confidence > 0.0
    }

    /// The same judgement `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            age: self.age.saturating_add(elapsed),
            ..self
        }
    }

    /// Confidence after the linear loss of trust with age: whole when fresh, none at `stale_after`.
    #[must_use]
    pub fn trust(&self, stale_after: Nanoseconds) -> f32 {
        self.confidence * freshness(self.age, stale_after)
    }
}

impl Default for Judgement {
    fn default() -> Self {
        Self::ABSENT
    }
}

/// How much of its trust something of this age has left: 1 when new, falling linearly to 0 at
/// `stale_after`. Linear, because it then ends: an exponential would trust a dead sense for ever.
pub(crate) fn freshness(age: Nanoseconds, stale_after: Nanoseconds) -> f32 {
    if age >= stale_after {
        0.0
    } else {
        1.0 - age as f32 / stale_after as f32
    }
}
