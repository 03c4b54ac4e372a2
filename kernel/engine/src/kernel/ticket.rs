//! A command on its way, as its sender sees it.

use super::command::Outcome;
use super::desk::Desk;
use super::error::CommandError;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a thread that waits looks: the cycle thread wakes nobody.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// A command on its way. Dropping it does not take the command back.
#[derive(Debug)]
pub struct Ticket<O> {
    desk: Arc<Desk<O>>,
    sequence: u64,
}

impl<O> Ticket<O> {
    pub(super) fn new(desk: Arc<Desk<O>>, sequence: u64) -> Self {
        Self { desk, sequence }
    }

    /// The outcome, if there is one by now; it is given once.
    #[must_use]
    pub fn poll(&self) -> Option<Outcome<O>> {
        self.desk.poll(self.sequence)
    }

    /// Waits for the outcome.
    ///
    /// # Errors
    /// Why the command was not followed; [`CommandError::TimedOut`] if there was no answer
    /// `within` that time, [`CommandError::Stopped`] if there will be none.
    pub fn wait(self, within: Duration) -> Outcome<O> {
        let begun = Instant::now();
        loop {
            if let Some(outcome) = self.poll() {
                return outcome;
            }
            if begun.elapsed() >= within {
                return Err(CommandError::TimedOut.into());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

impl<O> Drop for Ticket<O> {
    fn drop(&mut self) {
        self.desk.forget(self.sequence);
    }
}
