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

impl FromStr for BeingId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
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
