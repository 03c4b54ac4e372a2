//! Consent: what a being may sense, keep, share and say.

use crate::percept::{ActivationAnswer, HearingPercept, Percept, RecallAnswer, SightPercept};
use std::fmt;
use std::str::FromStr;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Something that needs consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Sense {
    /// Sound reaches the being.
    Hear = 1,
    /// Pictures reach the being.
    See = 1 << 1,
    /// The state of the board reaches the being.
    Feel = 1 << 2,
    /// Moments are kept in its memory, and recalled.
    Remember = 1 << 3,
    /// Crystals may be given to other beings.
    Share = 1 << 4,
    /// The being may express itself.
    Speak = 1 << 5,
}

impl Sense {
    /// Everything that needs consent.
    pub const ALL: [Self; 6] = [
        Self::Hear,
        Self::See,
        Self::Feel,
        Self::Remember,
        Self::Share,
        Self::Speak,
    ];

    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hear => "hear",
            Self::See => "see",
            Self::Feel => "feel",
            Self::Remember => "remember",
            Self::Share => "share",
            Self::Speak => "speak",
        }
    }
}

/// A name that stands for no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown sense '{0}': use hear, see, feel, remember, share or speak")]
pub struct UnknownSense(pub String);

impl FromStr for Sense {
    type Err = UnknownSense;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|sense| sense.name() == text)
            .ok_or_else(|| UnknownSense(text.to_owned()))
    }
}

/// The set of senses that a being has consented to.
#[derive(Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct Consent(u32);

impl Consent {
    /// Everything is allowed.
    pub const ALL: Self = Self(0b11_1111);
    /// Nothing is allowed.
    pub const NONE: Self = Self(0);

    /// Whether `sense` is allowed.
    #[must_use]
    pub const fn allows(self, sense: Sense) -> bool {
        self.0 & sense as u32 != 0
    }

    /// The same consent with `sense` allowed or refused.
    #[must_use]
    pub const fn with(self, sense: Sense, allowed: bool) -> Self {
        if allowed {
            Self(self.0 | sense as u32)
        } else {
            Self(self.0 & !(sense as u32))
        }
    }

    /// The set as bits; see [`Sense`] for what each means.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether something is refused now that reaches the state and that the consent with the bits
    /// `before` allowed: what was made of it is forgotten then.
    #[must_use]
    pub const fn forgets(self, before: u32) -> bool {
        const REACHES_THE_STATE: u32 =
            Sense::Hear as u32 | Sense::See as u32 | Sense::Feel as u32 | Sense::Remember as u32;
        before & !self.0 & REACHES_THE_STATE != 0
    }

    /// Takes from `percept` everything that is refused, as if it had never been sensed.
    ///
    /// An activation rests on hearing, sight and body together, so it is only
    /// admitted when all three are.
    #[must_use]
    pub fn admit(self, percept: &Percept) -> Percept {
        let mut admitted = *percept;
        if !self.allows(Sense::Hear) {
            admitted.hearing = HearingPercept::ABSENT;
        }
        if !self.allows(Sense::See) {
            admitted.sight = SightPercept::ABSENT;
        }
        if !self.allows(Sense::Feel) {
            admitted.body = crate::percept::BodyPercept::ABSENT;
        }
        if !self.allows(Sense::Remember) {
            admitted.answers.recall = RecallAnswer::ABSENT;
        }
        if !(self.allows(Sense::Hear) && self.allows(Sense::See) && self.allows(Sense::Feel)) {
            admitted.answers.activation = ActivationAnswer::ABSENT;
        }
        admitted
    }
}

impl fmt::Debug for Consent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(
                Sense::ALL
                    .into_iter()
                    .filter(|&s| self.allows(s))
                    .map(Sense::name),
            )
            .finish()
    }
}
