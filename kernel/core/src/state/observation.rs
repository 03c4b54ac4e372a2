//! What the observer makes of the three loops.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Which loop the observer attends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Attention {
    /// The senses.
    Environmental = 1,
    /// Words and meaning.
    Analytical = 2,
    /// The drives.
    Experiential = 3,
}

impl Attention {
    /// The loop's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environmental => "environmental",
            Self::Analytical => "analytical",
            Self::Experiential => "experiential",
        }
    }

    /// The loop with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Environmental, Self::Analytical, Self::Experiential]
            .into_iter()
            .find(|loop_| *loop_ as u32 == number)
    }
}

/// What the observer makes of the three loops.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Observation {
    /// Number of the [`Attention`]; 0 before the first cycle.
    pub attention: u32,
    /// Agreement of the three loops, 0 to 1.
    pub coherence: f32,
    /// How much this moment stands out, 0 to 1.
    pub salience: f32,
    /// Running level of salience that is usual here, 0 to 1.
    pub usual_salience: f32,
    /// Confidence of the observation, 0 to 1; less while a loop's part is stale.
    pub confidence: f32,
    /// Strength of expression (light, tone), 0 to 1; 0 when the being may not speak or is not sure
    /// enough to act.
    pub expression: f32,
    /// Moments kept since the being began.
    pub kept: u32,
    /// Microseconds until the next moment may be kept.
    pub microseconds_to_keep: u32,
    /// Bits of the [`crate::Consent`] in force in this cycle; 0 before the first.
    pub consent: u32,
}
