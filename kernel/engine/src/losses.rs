//! Sets an overrun against what the machine kept from the cycle thread shortly before it.

use crate::counters::Overrun;
use crate::run_queue::RunQueue;
use std::collections::VecDeque;
use triune_core::Nanoseconds;

/// Part of a lateness that the machine must account for before it is called explained.
pub const EXPLAINED_SHARE: f64 = 0.5;

/// What the machine kept from a thread in the last intervals.
///
/// Stolen time is counted in ticks of 10 ms, so the intervals together should span many of
/// those, or most stalls that are shorter than a tick find nothing to account for them.
#[derive(Clone, Debug)]
pub struct Losses {
    intervals: VecDeque<RunQueue>,
    remembered: usize,
}

/// Whether the machine accounts for an overrun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// How late the cycle began or how long it took, whichever is more.
    pub late: Nanoseconds,
    /// Time on the run queue in the remembered intervals; `None` where it is not counted.
    pub waiting: Option<Nanoseconds>,
    /// Time that the hypervisor took in them; `None` where it is not counted.
    pub stolen: Option<Nanoseconds>,
    /// How long a witness on the same processor saw the machine stand still in just that span;
    /// `None` without a witness.
    pub witnessed: Option<Nanoseconds>,
    /// Whether the first two together, or what the witness saw, make up half of `late` or more.
    pub explained: bool,
}

impl Losses {
    /// Remembers the last so many intervals.
    #[must_use]
    pub fn over(intervals: usize) -> Self {
        Self {
            intervals: VecDeque::with_capacity(intervals + 1),
            remembered: intervals,
        }
    }

    /// Notes what was lost in the interval that ends now.
    pub fn note(&mut self, lost: RunQueue) {
        self.intervals.push_back(lost);
        if self.intervals.len() > self.remembered {
            self.intervals.pop_front();
        }
    }

    /// Whether the machine accounts for `overrun`, given how long a witness saw it stand still within
    /// [`Overrun::span`]. What was kept from the thread is spent then: it explains no second overrun.
    pub fn explain(&mut self, overrun: &Overrun, witnessed: Option<Nanoseconds>) -> Explanation {
        let late = overrun.lateness.max(overrun.cost);
        let (waiting, stolen) = (self.sum(|lost| lost.waiting), self.sum(|lost| lost.stolen));
        let accounted = waiting.unwrap_or(0) + stolen.unwrap_or(0);
        let is_enough = |accounted: u64| accounted as f64 >= late as f64 * EXPLAINED_SHARE;
        let counted = is_enough(accounted);
        if counted {
            self.spend(late);
        }
        Explanation {
            late,
            waiting,
            stolen,
            witnessed,
            explained: counted || witnessed.is_some_and(is_enough),
        }
    }

    fn sum(&self, of: fn(&RunQueue) -> Option<Nanoseconds>) -> Option<Nanoseconds> {
        self.intervals.iter().filter_map(of).reduce(|a, b| a + b)
    }

    /// Takes `left` away, from the newest losses first.
    fn spend(&mut self, mut left: Nanoseconds) {
        for kept in self.intervals.iter_mut().rev() {
            for part in [&mut kept.waiting, &mut kept.stolen].into_iter().flatten() {
                let spent = left.min(*part);
                *part -= spent;
                left -= spent;
            }
        }
    }
}
