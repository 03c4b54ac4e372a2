//! What the kernel counts, for other threads to read.

use crate::histogram::{Histogram, Quantiles};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::timer::Beat;
use std::ops::Range;
use triune_core::{LoopKind, LoopSet, Nanoseconds, Timestamp};

/// A counter with one writer, the cycle thread: plain stores do.
#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Counter {
    fn add(&self, by: u64) {
        self.set(self.get() + by);
    }

    fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counters and histograms of one kernel. Written by the cycle thread alone.
#[derive(Debug, Default)]
pub struct Counters {
    scheduled: AtomicU64,
    cycles: Counter,
    skipped: Counter,
    caught_up: Counter,
    overruns: Counter,
    late_joins: [Counter; 3],
    lost_words: Counter,
    period: Counter,
    level: Counter,
    level_changes: Counter,
    degraded: Counter,
    bursting: Counter,
    bursts: Counter,
    burst_time: Counter,
    cycling: Counter,
    waiting: Counter,
    lateness: Histogram,
    cost: Histogram,
}

/// A reading of [`Counters`] in which `scheduled` is always `cycles + skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountersView {
    /// Deadlines that have come, kept or not.
    pub scheduled: u64,
    /// Cycles run.
    pub cycles: u64,
    /// Deadlines that passed without a cycle.
    pub skipped: u64,
    /// Cycles that were run after their period had passed, by the policy "catch up"; they are
    /// among `cycles`.
    pub caught_up: u64,
    /// Times that a deadline was not kept; see [`Overrun`].
    pub overruns: u64,
    /// Cycles in which each loop was late, by [`LoopKind`].
    pub late_joins: [u64; 3],
    /// Told percepts that found the list of those waiting for a late analytical loop full.
    pub lost_words: u64,
    /// Time between two deadlines now.
    pub period: Nanoseconds,
    /// The governor's level: the rate is divided by 2 to this power.
    pub level: u64,
    /// Times that the level changed.
    pub level_changes: u64,
    /// Time spent above level 0.
    pub degraded: Nanoseconds,
    /// Whether a burst lasts.
    pub bursting: bool,
    /// Bursts begun.
    pub bursts: u64,
    /// Time spent in bursts.
    pub burst_time: Nanoseconds,
    /// Beings that cycled last.
    pub beings_cycling: u64,
    /// Beings that are there and wait for a burst.
    pub beings_waiting: u64,
    /// How late deadlines were met, lost ones too.
    pub lateness: Quantiles,
    /// How long cycles took.
    pub cost: Quantiles,
}

/// A deadline that was not kept: a cycle ended after the next one, or deadlines passed while
/// the thread slept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrun {
    /// Which cycle since the kernel began, from 1.
    pub cycle: u64,
    /// The first deadline that was lost before it, or its own.
    pub deadline: Timestamp,
    /// How long after it the cycle began.
    pub lateness: Nanoseconds,
    /// How long it took.
    pub cost: Nanoseconds,
    /// Deadlines lost before it.
    pub skipped: u64,
}

impl Overrun {
    /// From that deadline to the end of the cycle.
    #[must_use]
    pub fn span(&self) -> Range<Timestamp> {
        self.deadline..self.deadline.after(self.lateness).after(self.cost)
    }
}

/// What one cycle adds to the counters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) cost: Nanoseconds,
    pub(crate) overrun: bool,
    pub(crate) joined: LoopSet,
    pub(crate) level: u32,
    pub(crate) bursting: bool,
    pub(crate) cycling: usize,
    pub(crate) waiting: usize,
}

impl Counters {
    pub(crate) fn count(&self, beat: &Beat, counted: &Counted) {
        for lateness in beat.latenesses() {
            self.lateness.record(lateness);
        }
        self.cost.record(counted.cost);
        self.cycles.add(1);
        self.skipped.add(beat.skipped);
        self.caught_up.add(u64::from(beat.caught_up));
        self.overruns.add(u64::from(counted.overrun));
        for kind in LoopKind::ALL {
            self.late_joins[kind as usize].add(u64::from(!counted.joined.contains(kind)));
        }
        if counted.level > 0 {
            self.degraded.add(beat.elapsed());
        }
        if counted.bursting {
            self.burst_time.add(beat.elapsed());
        }
        self.cycling.set(counted.cycling as u64);
        self.waiting.set(counted.waiting as u64);
        // Last and with release, so that a reader that sees it sees the rest.
        self.scheduled.store(
            self.scheduled.load(Ordering::Relaxed) + beat.skipped + 1,
            Ordering::Release,
        );
    }

    pub(crate) fn lost_words(&self) {
        self.lost_words.add(1);
    }

    pub(crate) fn period_is(&self, period: Nanoseconds) {
        self.period.set(period);
    }

    pub(crate) fn level_is(&self, level: u32) {
        self.level_changes.add(1);
        self.level.set(u64::from(level));
    }

    pub(crate) fn burst_is(&self, lasts: bool) {
        self.bursts.add(u64::from(lasts));
        self.bursting.set(u64::from(lasts));
    }

    /// Cycles run: the count alone, for those who only ask whether it grows.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        self.cycles.get()
    }

    /// Reads everything.
    #[must_use]
    pub fn read(&self) -> CountersView {
        loop {
            let scheduled = self.scheduled.load(Ordering::Acquire);
            let (cycles, skipped) = (self.cycles.get(), self.skipped.get());
            if cycles + skipped == scheduled {
                return self.view(scheduled, cycles, skipped);
            }
            std::hint::spin_loop();
        }
    }

    fn view(&self, scheduled: u64, cycles: u64, skipped: u64) -> CountersView {
        CountersView {
            scheduled,
            cycles,
            skipped,
            caught_up: self.caught_up.get(),
            overruns: self.overruns.get(),
            late_joins: LoopKind::ALL.map(|kind| self.late_joins[kind as usize].get()),
            lost_words: self.lost_words.get(),
            period: self.period.get(),
            level: self.level.get(),
            level_changes: self.level_changes.get(),
            degraded: self.degraded.get(),
            bursting: self.bursting.get() > 0,
            bursts: self.bursts.get(),
            burst_time: self.burst_time.get(),
            beings_cycling: self.cycling.get(),
            beings_waiting: self.waiting.get(),
            lateness: self.lateness.quantiles(),
            cost: self.cost.quantiles(),
        }
    }
}
