//! Whether a late cycle was our fault or the machine's: time that the cycle thread was
//! ready to run but was not given a processor.

use std::fs;
use triune_core::Nanoseconds;

/// Time lost to others since the machine booted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunQueue {
    /// Nanoseconds that the thread waited on a run queue
    /// (second field of `/proc/.../schedstat`; Linux, Documentation/scheduler/sched-stats.rst).
    pub waiting: Nanoseconds,
    /// Nanoseconds that the hypervisor kept all processors from the machine
    /// (`steal` of `/proc/stat`, counted in ticks of 10 ms).
    pub stolen: Nanoseconds,
}

/// Watches one thread of this process from another thread.
#[derive(Debug)]
pub struct StallWatch {
    schedstat: String,
    last: RunQueue,
}

/// Length of a tick of `/proc/stat`: USER_HZ is 100 on every Linux that we run on.
const TICK: Nanoseconds = 10_000_000;
/// Position of `steal` among the numbers of the `cpu` line (proc(5)).
const STEAL_COLUMN: usize = 7;

impl StallWatch {
    /// Watches the thread with this kernel id.
    #[must_use]
    pub fn of_thread(id: i32) -> Self {
        let mut watch = Self {
            schedstat: format!("/proc/self/task/{id}/schedstat"),
            last: RunQueue::default(),
        };
        watch.since_last();
        watch
    }

    /// What was lost since the last call. A figure that the system does not give is 0.
    pub fn since_last(&mut self) -> RunQueue {
        let now = RunQueue {
            waiting: self.waiting().unwrap_or(0),
            stolen: stolen().unwrap_or(0),
        };
        let lost = RunQueue {
            waiting: now.waiting.saturating_sub(self.last.waiting),
            stolen: now.stolen.saturating_sub(self.last.stolen),
        };
        self.last = now;
        lost
    }

    fn waiting(&self) -> Option<Nanoseconds> {
        fs::read_to_string(&self.schedstat)
            .ok()?
            .split_whitespace()
            .nth(1)?
            .parse()
            .ok()
    }
}

fn stolen() -> Option<Nanoseconds> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let line = text.lines().next()?;
    let ticks: u64 = line
        .split_whitespace()
        .nth(1 + STEAL_COLUMN)?
        .parse()
        .ok()?;
    Some(ticks * TICK)
}
