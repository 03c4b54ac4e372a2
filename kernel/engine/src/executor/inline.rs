//! The loops one after the other, on the cycle's own thread.

use super::{BeingWork, Executor};
use triune_core::{LoopKind, LoopSet, Nanoseconds, Timestamp};

/// Runs the loops on the calling thread; each is always in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct InlineExecutor;

impl Executor for InlineExecutor {
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        _deadline: Timestamp,
    ) -> LoopSet {
        for work in works {
            let BeingWork {
                being,
                percept,
                loops,
            } = work;
            for kind in LoopKind::ALL {
                loops.run(kind, &being.state, percept, &being.parameters, elapsed);
            }
        }
        LoopSet::ALL
    }
}
