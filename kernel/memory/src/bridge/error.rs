//! Why crystals do not cross.

use crate::catalog::CatalogError;
use crate::crystals::AppendError;
use std::fmt;
use triune_core::{BeingId, Sense};

/// One end of the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who gives.
    Giver,
    /// Who receives.
    Receiver,
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Giver => "giver",
            Self::Receiver => "receiver",
        })
    }
}

/// Why not everything was given.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Somebody does not consent.
    #[error(
        "being {being}, the {side}, does not consent to {}: ask it to; {given} crystals were given before",
        .sense.name()
    )]
    Refused {
        /// Who refuses.
        being: BeingId,
        /// As what.
        side: Side,
        /// What it refuses.
        sense: Sense,
        /// Crystals that had been given when the consent was revoked; they are logged.
        given: u64,
    },
    /// A being cannot give to itself.
    #[error("being {0} would give to itself: choose another receiver")]
    SameBeing(BeingId),
    /// Too much at once.
    #[error("{0} crystals are too many for one call: give at most 4096")]
    TooMany(usize),
    /// The giver has no such crystal, or it is damaged. Nothing was given.
    #[error(
        "being {being} has no whole crystal {sequence}: list its crystals to see which there are"
    )]
    NoSuchCrystal {
        /// The giver.
        being: BeingId,
        /// The number.
        sequence: u64,
    },
    /// The receiver's memory could not take them. Repeat the call: what arrived is known again.
    #[error("the receiver's memory: {0}")]
    Append(#[from] AppendError),
    /// The receiver's memory was closed.
    #[error("the memory of being {0} was closed: open it again")]
    Closed(BeingId),
    /// The crystals are durable, but what was told at their moments is known only as far as their
    /// summaries quote it, and nothing is logged. Repeat the call.
    #[error(
        "{given} crystals were given, but not the words that were told with them: {source}; repeat the call"
    )]
    Texts {
        /// Crystals that were given.
        given: u64,
        /// Why.
        source: CatalogError,
    },
    /// The crystals are durable, but not logged on both sides. Repeat the call: that logs them.
    #[error(
        "{given} crystals were given, but the {side} could not log it: {source}; repeat the call"
    )]
    Log {
        /// Whose log.
        side: Side,
        /// Crystals that were given.
        given: u64,
        /// Why.
        source: CatalogError,
    },
}
