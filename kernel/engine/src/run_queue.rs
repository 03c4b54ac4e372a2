//! Whether a late cycle was our fault or the machine's: time that the cycle thread was
//! ready to run but was not given a processor.

use std::fs;
use triune_core::Nanoseconds;

/// Time lost to others since the machine booted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunQueue {
    /// Nanoseconds that the thread waited on a run queue
    /// (second field of `/proc/.../schedstat`; Linux, Documentation/scheduler/sched-stats.rst);
    /// `None` where the system does not count it.
    pub waiting: Option<Nanoseconds>,
    /// Nanoseconds that the hypervisor kept the thread's processor from the machine
    /// (`steal` of `/proc/stat`, counted in ticks of 10 ms); of all processors, when the
    /// thread may run on several.
    pub stolen: Option<Nanoseconds>,
}

/// Watches one thread of this process from another thread.
#[derive(Debug)]
pub struct StallWatch {
    schedstat: String,
    /// First word of the line of `/proc/stat` that counts for the thread.
    processor: String,
    last: RunQueue,
}

/// Length of a tick of `/proc/stat`: USER_HZ is 100 on every Linux that we run on.
const TICK: Nanoseconds = 10_000_000;
/// Position of `steal` among the numbers of the `cpu` line (proc(5)).
const STEAL_COLUMN: usize = 7;

impl StallWatch {
    /// Watches the thread with this kernel id, which stays on `processor` if that is given.
    #[must_use]
    pub fn of_thread(id: i32, processor: Option<usize>) -> Self {
        let mut watch = Self {
            schedstat: format!("/proc/self/task/{id}/schedstat"),
            processor: processor.map_or_else(|| "cpu".to_owned(), |number| format!("cpu{number}")),
            last: RunQueue::default(),
        };
        watch.since_last();
        watch
    }

    /// What was lost since the last call.
    pub fn since_last(&mut self) -> RunQueue {
        let now = RunQueue {
            waiting: self.waiting(),
            stolen: self.stolen(),
        };
        let since = |now: Option<u64>, last: Option<u64>| {
            now.zip(last).map(|(now, last)| now.saturating_sub(last))
        };
        let lost = RunQueue {
            waiting: since(now.waiting, self.last.waiting),
            stolen: since(now.stolen, self.last.stolen),
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

    fn stolen(&self) -> Option<Nanoseconds> {
        let text = fs::read_to_string("/proc/stat").ok()?;
        let mut numbers = text
            .lines()
            .map(str::split_whitespace)
            .find_map(|mut words| (words.next() == Some(&self.processor)).then_some(words))?;
        let ticks: u64 = numbers.nth(STEAL_COLUMN)?.parse().ok()?;
        Some(ticks * TICK)
    }
}
