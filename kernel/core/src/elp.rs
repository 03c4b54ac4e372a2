//! ELP: how far words speak from character, reason or feeling.

use crate::elp_lexicon::LEXICON;
use crate::numbers::unit;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Weights of the three channels of persuasion (Aristotle, Rhetoric I.2); each 0 to 1, sum 1.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Elp {
    /// Character and trust.
    pub ethos: f32,
    /// Reason and fact.
    pub logos: f32,
    /// Feeling.
    pub pathos: f32,
}

/// What a run of words says about the channels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ElpReading {
    /// The channel weights; `None` if no word is known.
    pub(crate) elp: Option<Elp>,
    /// Share of the words that are known, 0 to 1.
    pub(crate) known: f32,
}

impl Elp {
    /// Nothing speaks for one channel more than for another.
    pub const BALANCED: Self = Self {
        ethos: 1.0 / 3.0,
        logos: 1.0 / 3.0,
        pathos: 1.0 / 3.0,
    };

    /// Reads word hashes by integer sums over the lexicon's INT8 weights.
    pub(crate) fn read(tokens: &[u64]) -> ElpReading {
        let mut sums = [0_i32; 3];
        let mut known = 0_u32;
        for token in tokens {
            if let Some((_, weights)) = LEXICON.iter().find(|(hash, _)| hash == token) {
                known += 1;
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum += i32::from(weight);
                }
            }
        }
        let total: i32 = sums.iter().sum();
        let elp = (total > 0).then(|| {
            let share = |sum: i32| sum as f32 / total as f32;
            Self {
                ethos: share(sums[0]),
                logos: share(sums[1]),
                pathos: share(sums[2]),
            }
        });
        ElpReading {
            elp,
            known: known as f32 / tokens.len().max(1) as f32,
        }
    }

    /// The weights moved towards `other` by `share` of the way.
    #[must_use]
    pub fn towards(self, other: Self, share: f32) -> Self {
        let mix = |from: f32, to: f32| unit(from + (to - from) * share);
        Self {
            ethos: mix(self.ethos, other.ethos),
            logos: mix(self.logos, other.logos),
            pathos: mix(self.pathos, other.pathos),
        }
    }
}

impl Default for Elp {
    fn default() -> Self {
        Self::BALANCED
    }
}
