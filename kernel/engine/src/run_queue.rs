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
        waiting(&fs::read_to_string(&self.schedstat).ok()?)
    }

    fn stolen(&self) -> Option<Nanoseconds> {
        stolen(&fs::read_to_string("/proc/stat").ok()?, &self.processor)
    }
}

/// The second number of a `schedstat`.
fn waiting(schedstat: &str) -> Option<Nanoseconds> {
    schedstat.split_whitespace().nth(1)?.parse().ok()
}

/// The stolen time in `/proc/stat` on the line that begins with `processor`.
fn stolen(stat: &str, processor: &str) -> Option<Nanoseconds> {
    let mut numbers = stat
        .lines()
        .map(str::split_whitespace)
        .find_map(|mut words| (words.next() == Some(processor)).then_some(words))?;
    let ticks: u64 = numbers.nth(STEAL_COLUMN)?.parse().ok()?;
    Some(ticks.saturating_mul(TICK))
}

#[cfg(test)]
mod tests {
    use super::{stolen, waiting};

    #[test]
    fn the_second_number_is_the_wait() {
        assert_eq!(waiting("4171340 92331 118\n"), Some(92_331));
        for text in ["", "4171340", "4171340 -", "4171340 -5 118"] {
            assert_eq!(waiting(text), None, "{text:?}");
        }
    }

    #[test]
    fn stolen_time_is_that_of_the_named_processor_alone() {
        let stat = "cpu  10 20 30 40 50 60 70 85 90 0\n\
                    cpu1 1 2 3 4 5 6 7 8 9 0\n\
                    cpu11 1 2 3 4 5 6 7 77 9 0\n\
                    cpu2 1 2 3\n\
                    intr 1 2 3 4 5 6 7 8 9\n";
        assert_eq!(stolen(stat, "cpu"), Some(850_000_000));
        assert_eq!(stolen(stat, "cpu1"), Some(80_000_000));
        assert_eq!(stolen(stat, "cpu11"), Some(770_000_000));
        assert_eq!(stolen(stat, "cpu2"), None, "a kernel that counts none");
        assert_eq!(stolen(stat, "cpu3"), None);
        let most = format!("cpu 0 0 0 0 0 0 0 {} 0 0", u64::MAX);
        assert_eq!(stolen(&most, "cpu"), Some(u64::MAX));
    }
}
