//! The handle by which other threads command a kernel.

use super::burst::BurstCommand;
use super::command::{Command, Resident};
use super::desk::Desk;
use super::error::{CommandError, Refused};
use super::pages::StatePages;
use super::policy::OverrunPolicy;
use super::ticket::Ticket;
use crate::counters::Counters;
use std::sync::Arc;
use std::time::Duration;
use triune_core::{BeingId, Consent, Nanoseconds, Parameters};

/// How long commands wait for their answer: longer than some cycles at 1 Hz, the lowest rate.
const PATIENCE: Duration = Duration::from_secs(10);

/// Commands a kernel from any thread but the cycle's own. Clones command the same kernel.
/// Each method waits until the next cycle has answered.
#[derive(Debug)]
pub struct KernelControl<O> {
    desk: Arc<Desk<O>>,
    counters: Arc<Counters>,
}

impl<O> Clone for KernelControl<O> {
    fn clone(&self) -> Self {
        Self {
            desk: Arc::clone(&self.desk),
            counters: Arc::clone(&self.counters),
        }
    }
}

impl<O> KernelControl<O> {
    pub(super) fn new(desk: Arc<Desk<O>>, counters: Arc<Counters>) -> Self {
        Self { desk, counters }
    }

    /// The newest states of those who are there by now.
    #[must_use]
    pub fn pages(&self) -> StatePages {
        self.desk.pages()
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Sends a command without waiting for its outcome.
    ///
    /// # Errors
    /// [`Refused`] with [`CommandError::Busy`], [`CommandError::Stopped`],
    /// [`CommandError::Parameter`] or [`CommandError::State`]: then it was not sent.
    pub fn submit(&self, command: Command<O>) -> Result<Ticket<O>, Refused<O>> {
        let sequence = self.desk.submit(command)?;
        Ok(Ticket::new(Arc::clone(&self.desk), sequence))
    }

    /// Beings whose removal, or refusal, was answered when nobody waited for it any longer.
    #[must_use]
    pub fn take_unclaimed(&self) -> Vec<Resident<O>> {
        self.desk.take_unclaimed()
    }

    /// Adds a being; its page is found from then on.
    ///
    /// # Errors
    /// [`Refused`], with the being, if it is there already, has no room, or an impossible state or
    /// parameters. After [`CommandError::TimedOut`] it may still come in; if not, see
    /// [`KernelControl::take_unclaimed`].
    pub fn add(&self, resident: Resident<O>) -> Result<(), Refused<O>> {
        let ticket = self.submit(Command::Add(resident))?;
        ticket.wait(PATIENCE).map(drop)
    }

    /// Removes a being and gives it back.
    ///
    /// # Errors
    /// [`CommandError::UnknownBeing`]. After [`CommandError::TimedOut`] see
    /// [`KernelControl::take_unclaimed`].
    pub fn remove(&self, being: BeingId) -> Result<Resident<O>, CommandError> {
        let removed = self.ask(Command::Remove(being))?;
        removed.ok_or(CommandError::UnknownBeing(being))
    }

    /// Changes what a being may sense, keep, share and say.
    ///
    /// # Errors
    /// [`CommandError::UnknownBeing`].
    pub fn set_consent(&self, being: BeingId, consent: Consent) -> Result<(), CommandError> {
        self.ask(Command::Consent(being, consent)).map(drop)
    }

    /// Changes how a being's loops are tuned.
    ///
    /// # Errors
    /// [`CommandError::UnknownBeing`] or [`CommandError::Parameter`].
    pub fn set_parameters(
        &self,
        being: BeingId,
        parameters: Parameters,
    ) -> Result<(), CommandError> {
        self.ask(Command::Parameters(being, parameters)).map(drop)
    }

    /// Changes the time between two cycles; see [`crate::period_of_rate`].
    ///
    /// # Errors
    /// [`CommandError::Rate`].
    pub fn set_rate(&self, period: Nanoseconds) -> Result<(), CommandError> {
        self.ask(Command::Rate(period)).map(drop)
    }

    /// Changes what happens to deadlines that are not kept.
    ///
    /// # Errors
    /// [`CommandError::Policy`].
    pub fn set_policy(&self, policy: OverrunPolicy) -> Result<(), CommandError> {
        self.ask(Command::Policy(policy)).map(drop)
    }

    /// Begins a burst.
    ///
    /// # Errors
    /// [`CommandError::Burst`].
    pub fn start_burst(&self) -> Result<(), CommandError> {
        self.ask(Command::Burst(BurstCommand::Start)).map(drop)
    }

    /// Ends the burst that lasts.
    ///
    /// # Errors
    /// [`CommandError::Burst`].
    pub fn end_burst(&self) -> Result<(), CommandError> {
        self.ask(Command::Burst(BurstCommand::End)).map(drop)
    }

    fn ask(&self, command: Command<O>) -> Result<Option<Resident<O>>, CommandError> {
        let ticket = self.submit(command).map_err(|refused| refused.why)?;
        ticket.wait(PATIENCE).map_err(|refused| refused.why)
    }
}
