//! What the engine counts, for other threads to read.

use crate::histogram::{Histogram, Quantiles};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::timer::Beat;
use triune_core::{Nanoseconds, Timestamp};

/// Counters and histograms of one engine. Written by the cycle thread alone.
#[derive(Debug, Default)]
pub struct Counters {
    /// Deadlines that have come, kept or not.
    scheduled: AtomicU64,
    /// Cycles run.
    cycles: AtomicU64,
    /// Deadlines that passed without a cycle.
    skipped: AtomicU64,
    /// Times that a deadline was not kept; see [`Overrun`].
    overruns: AtomicU64,
    /// How late deadlines were met, lost ones too.
    lateness: Histogram,
    /// How long cycles took.
    cost: Histogram,
}

/// A consistent reading of [`Counters`]: `scheduled` is always `cycles + skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountersView {
    /// Deadlines that have come, kept or not.
    pub scheduled: u64,
    /// Cycles run.
    pub cycles: u64,
    /// Deadlines that passed without a cycle.
    pub skipped: u64,
    /// Times that a deadline was not kept; see [`Overrun`].
    pub overruns: u64,
    /// How late deadlines were met, lost ones too.
    pub lateness: Quantiles,
    /// How long cycles took.
    pub cost: Quantiles,
}

/// A deadline that was not kept: a cycle ended after the next one, or deadlines passed while
/// the thread slept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overrun {
    /// Which cycle.
    pub cycle: u64,
    /// Its deadline.
    pub deadline: Timestamp,
    /// How long after the first lost deadline, or its own, it began.
    pub lateness: Nanoseconds,
    /// How long it took.
    pub cost: Nanoseconds,
    /// Deadlines lost before it.
    pub skipped: u64,
}

impl Counters {
    pub(crate) fn count(&self, beat: &Beat, period: Nanoseconds, cost: Nanoseconds, over: bool) {
        // The cycle thread is the only writer, so plain stores do; `scheduled` goes last with
        // release, so that a reader that sees it sees the rest.
        let add = |counter: &AtomicU64, by: u64, order| {
            counter.store(counter.load(Ordering::Relaxed) + by, order);
        };
        for lateness in beat.latenesses(period) {
            self.lateness.record(lateness);
        }
        self.cost.record(cost);
        add(&self.cycles, 1, Ordering::Relaxed);
        add(&self.skipped, beat.skipped, Ordering::Relaxed);
        add(&self.overruns, u64::from(over), Ordering::Relaxed);
        add(&self.scheduled, beat.skipped + 1, Ordering::Release);
    }

    /// Cycles run: the count alone, for those who only ask whether it grows.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.cycles.load(Ordering::Relaxed)
    }

    /// Reads everything.
    #[must_use]
    pub fn read(&self) -> CountersView {
        loop {
            let scheduled = self.scheduled.load(Ordering::Acquire);
            let cycles = self.cycles.load(Ordering::Relaxed);
            let skipped = self.skipped.load(Ordering::Relaxed);
            if cycles + skipped == scheduled {
                return CountersView {
                    scheduled,
                    cycles,
                    skipped,
                    overruns: self.overruns.load(Ordering::Relaxed),
                    lateness: self.lateness.quantiles(),
                    cost: self.cost.quantiles(),
                };
            }
            std::hint::spin_loop();
        }
    }
}
