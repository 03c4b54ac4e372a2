//! An isolated agent: its own state, consent and parameters.

use crate::consent::Consent;
use crate::parameters::Parameters;
use crate::state::State;
use std::fmt;
use std::str::FromStr;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Names a being; written as 16 hexadecimal digits.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    FromBytes,
    IntoBytes,
    KnownLayout,
    Immutable,
)]
#[repr(transparent)]
pub struct BeingId(pub u64);

impl BeingId {
    /// The being that every kernel starts with.
    pub const FIRST: Self = Self(1);
}

impl fmt::Display for BeingId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// A text that names no being.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no being: use 16 hexadecimal digits")]
pub struct InvalidBeingId(pub String);

impl FromStr for BeingId {
    type Err = InvalidBeingId;
    /// All 16 digits must be there: a word such as `ada` must not name the being `0x0ada`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_whole = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_whole
            .then(|| u64::from_str_radix(text, 16).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| InvalidBeingId(text.to_owned()))
    }
}

/// Everything that one being is. A being's code is only ever handed its own.
#[derive(Clone, Debug)]
pub struct Being {
    /// Where it stands.
    pub state: State,
    /// What it may sense, keep and share.
    pub consent: Consent,
    /// How its loops are tuned.
    pub parameters: Parameters,
}

impl Being {
    /// A being at rest, with default parameters and full consent.
    #[must_use]
    pub fn new(id: BeingId) -> Self {
        Self {
            state: State::at_rest(id),
            consent: Consent::ALL,
            parameters: Parameters::default(),
        }
    }
}
