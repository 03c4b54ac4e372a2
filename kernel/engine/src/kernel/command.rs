//! What other threads may ask of the kernel.

use super::burst::BurstCommand;
use super::error::{CommandError, Refused};
use super::policy::OverrunPolicy;
use super::seats::Passage;
use triune_core::{Being, BeingId, Consent, Nanoseconds, Parameters};

/// A being with its own ends, on its way into a kernel or out of it.
#[derive(Clone, Debug)]
pub struct Resident<O> {
    /// The being.
    pub being: Being,
    /// Its own ends.
    pub port: O,
}

/// Something to be in force from the next cycle.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a command is short-lived; what travels to the cycle thread is boxed"
)]
pub enum Command<O> {
    /// This being is there. It comes after all others, so it may have to wait for a burst.
    Add(Resident<O>),
    /// This being is gone; the outcome brings it back.
    Remove(BeingId),
    /// What a being may sense, keep, share and say.
    Consent(BeingId, Consent),
    /// How a being's loops are tuned.
    Parameters(BeingId, Parameters),
    /// The time between two cycles; the new phase begins at the next cycle.
    Rate(Nanoseconds),
    /// What happens to deadlines that are not kept.
    Policy(OverrunPolicy),
    /// A burst is to begin or to end.
    Burst(BurstCommand),
}

/// What became of a command: the being that was removed, nothing for other commands, or why it
/// was not followed.
pub type Outcome<O> = Result<Option<Resident<O>>, Refused<O>>;

/// A command as it travels to the cycle thread: taking it apart frees nothing there.
#[derive(Debug)]
pub(super) enum Order<O> {
    Add(Box<Passage<O>>),
    Remove(BeingId),
    Consent(BeingId, Consent),
    Parameters(BeingId, Parameters),
    Rate(Nanoseconds),
    Policy(OverrunPolicy),
    Burst(BurstCommand),
}

/// What the cycle thread answers.
#[derive(Debug)]
pub(super) struct Answer<O> {
    pub(super) sequence: u64,
    pub(super) outcome: Result<(), CommandError>,
    /// A being that comes back: it was removed, or could not be added.
    pub(super) passage: Option<Box<Passage<O>>>,
}

/// Whether a being may be there: it comes from outside, where anything may stand in a file.
pub(super) fn check_being(being: &Being) -> Result<(), CommandError> {
    being.parameters.check()?;
    being.state.check()?;
    Ok(())
}
