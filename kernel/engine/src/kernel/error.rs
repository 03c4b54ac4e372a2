//! What the kernel refuses.

use super::burst::{BurstRefusal, InvalidBurst};
use super::command::Resident;
use super::policy::InvalidPolicy;
use triune_core::{BeingId, Nanoseconds, ParameterOutOfRange, StateOutOfRange};

/// A time between two cycles that the kernel does not run at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate of {} Hz is not possible: use 1 to 1000 Hz", hertz(*.period))]
pub struct RateOutOfRange {
    /// What was asked for; a millisecond to a second is possible.
    pub period: Nanoseconds,
}

/// Cycles a second, to a thousandth.
fn hertz(period: Nanoseconds) -> f64 {
    (1e12 / period as f64).round() / 1e3
}

/// Why a kernel could not be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SetupError {
    /// The period is not possible.
    #[error(transparent)]
    Rate(#[from] RateOutOfRange),
    /// The policy cannot be followed.
    #[error(transparent)]
    Policy(#[from] InvalidPolicy),
    /// Bursts cannot work.
    #[error(transparent)]
    Burst(#[from] InvalidBurst),
    /// A being of those to begin with cannot be there.
    #[error("a being cannot be there from the beginning: {0}")]
    Being(#[source] CommandError),
}

/// Why a command was not followed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// No being has this id.
    #[error("no being {0} is there: look at the list of beings")]
    UnknownBeing(BeingId),
    /// A being with this id is there.
    #[error("being {0} is there already: remove it first, or use another id")]
    AlreadyThere(BeingId),
    /// Every seat is taken.
    #[error("all {capacity} seats are taken: remove a being, or raise the capacity and restart")]
    NoRoom {
        /// Beings that have room.
        capacity: usize,
    },
    /// A parameter lies outside its range.
    #[error(transparent)]
    Parameter(#[from] ParameterOutOfRange),
    /// The state of a being that is to be added is damaged.
    #[error(transparent)]
    State(#[from] StateOutOfRange),
    /// The rate is not possible.
    #[error(transparent)]
    Rate(#[from] RateOutOfRange),
    /// The policy cannot be followed.
    #[error(transparent)]
    Policy(#[from] InvalidPolicy),
    /// The burst did not begin, or could not be ended.
    #[error(transparent)]
    Burst(#[from] BurstRefusal),
    /// Too many commands are on their way.
    #[error("the kernel has too many commands to follow: ask again after the next cycle")]
    Busy,
    /// No answer came in time. The command may still be followed.
    #[error("the kernel did not answer in time: see whether its cycles advance")]
    TimedOut,
    /// The kernel has stopped.
    #[error("the kernel has stopped: start it again")]
    Stopped,
}

/// A command that was not followed, with what it would have brought.
#[derive(thiserror::Error)]
#[error("{why}")]
pub struct Refused<O> {
    /// Why.
    pub why: CommandError,
    /// The being that was to be added, unchanged; `None` for other commands, or while the
    /// kernel still has it.
    pub resident: Option<Box<Resident<O>>>,
}

impl<O> std::fmt::Debug for Refused<O> {
    /// Tells why; a port need not be printable.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Refused")
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl<O> From<CommandError> for Refused<O> {
    fn from(why: CommandError) -> Self {
        Self {
            why,
            resident: None,
        }
    }
}
