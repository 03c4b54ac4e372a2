//! An executor whose loops are late as planned.

use super::active::Faults;
use super::plan::FaultTarget;
use crate::{BeingWork, Executor};
use std::sync::Arc;
use triune_core::{LoopSet, Loops, Nanoseconds, Timestamp};

/// Wraps an executor; its loops are late where the instant by which they are to be done lies
/// within a fault's time.
#[derive(Debug)]
pub struct FaultyExecutor<E> {
    executor: E,
    faults: Arc<Faults>,
}

impl<E> FaultyExecutor<E> {
    /// Wraps `executor`.
    #[must_use]
    pub fn new(executor: E, faults: Arc<Faults>) -> Self {
        Self { executor, faults }
    }
}

impl<E: Executor> Executor for FaultyExecutor<E> {
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        deadline: Timestamp,
    ) -> LoopSet {
        let mut joined = self.executor.run(works, elapsed, deadline);
        for fault in &self.faults.plan().faults {
            let FaultTarget::Loop(kind) = fault.target else {
                continue;
            };
            if !self.faults.is_on(fault, deadline) {
                continue;
            }
            joined = joined.with(kind, false);
            // A loop that is late has changed nothing.
            for work in works.iter_mut() {
                work.loops.take(kind, &Loops::of(&work.being.state));
            }
        }
        joined
    }
}
