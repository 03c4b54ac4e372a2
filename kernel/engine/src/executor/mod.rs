//! Who runs the three loops of a cycle, and whether they were in time.

pub(crate) mod barrier;
mod batch;
pub(crate) mod crew;
#[cfg(all(test, not(loom)))]
mod crew_tests;
mod inline;
pub(crate) mod mailbox;
mod processors;
pub(crate) mod spinner;
mod threaded;
pub(crate) mod worker;

pub use inline::InlineExecutor;
pub use spinner::Spin;
pub use threaded::{ExecutorError, FailedLoops, LoopGrant, ThreadedExecutor, ThreadedSetup};

use triune_core::{Being, LoopSet, Loops, Nanoseconds, Percept, Timestamp};

/// One being's part of a cycle.
#[derive(Clone, Debug)]
pub struct BeingWork {
    /// The being as it stood after the cycle before.
    pub being: Being,
    /// What it is given in this cycle: after the consent gate, only possible values.
    pub percept: Percept,
    /// What the loops made of it; valid for the loops that joined.
    pub loops: Loops,
}

impl BeingWork {
    /// A being that has been given nothing yet.
    #[must_use]
    pub fn new(being: Being) -> Self {
        Self {
            percept: Percept::ABSENT,
            loops: Loops::of(&being.state),
            being,
        }
    }
}

/// Runs the three loops of every being. Called on the cycle thread: it must not allocate, lock
/// or log.
pub trait Executor: Send {
    /// Runs the loops for the cycle that began `elapsed` after the one before, and leaves what
    /// they make in each work's `loops`. Gives the loops that were done, for every being, by
    /// `deadline` on the monotonic clock; a loop outside that set has changed nothing.
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        deadline: Timestamp,
    ) -> LoopSet;
}
