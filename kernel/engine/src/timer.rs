//! The precision timer: absolute deadlines, phase kept whatever happens.

use crate::clock::Clock;
use crate::margin::Margin;
use triune_core::{Nanoseconds, Timestamp};

/// Lost deadlines of one stall that are counted singly: a minute at 1000 Hz. Beyond it the
/// machine was suspended, and counting on would keep the cycle thread from its work.
const COUNTED_LOSSES: u64 = 60_000;

/// A rate that the engine does not run at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate of {0} Hz is not possible: use a whole number from 1 to 1000")]
pub struct InvalidRate(pub u32);

/// The period of a rate of 1 to 1000 Hz.
///
/// # Errors
/// [`InvalidRate`] outside that range.
pub fn period_of_rate(hertz: u32) -> Result<Nanoseconds, InvalidRate> {
    if (1..=1000).contains(&hertz) {
        Ok(1_000_000_000 / u64::from(hertz))
    } else {
        Err(InvalidRate(hertz))
    }
}

/// The start of one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// When the cycle should have begun.
    pub deadline: Timestamp,
    /// When it did begin.
    pub started: Timestamp,
    /// Deadlines before this one that passed without a cycle.
    pub skipped: u64,
    /// Time from the deadline before (kept or not) to this one.
    pub period: Nanoseconds,
    /// Whether this deadline was missed and is made up for.
    pub caught_up: bool,
}

impl Beat {
    /// How late the cycle began after its deadline; less than a period unless it is caught up.
    #[must_use]
    pub const fn lateness(&self) -> Nanoseconds {
        self.started.since(self.deadline)
    }

    /// The instant that the cycle stands for: its start, or its deadline if it is caught up.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        if self.caught_up {
            self.deadline
        } else {
            self.started
        }
    }

    /// Time since the deadline of the cycle before: whole periods.
    #[must_use]
    pub const fn elapsed(&self) -> Nanoseconds {
        (self.skipped + 1) * self.period
    }

    /// How late each deadline was met: this one first, then those that were lost, each a
    /// period older. Counting this one alone would hide every stall that is longer than a
    /// period (coordinated omission).
    pub fn latenesses(&self) -> impl Iterator<Item = Nanoseconds> {
        let newest = self.lateness();
        (0..=self.skipped.min(COUNTED_LOSSES)).map(move |lost| newest + lost * self.period)
    }
}

/// Gives one [`Beat`] a period. Deadlines lie at whole periods from the origin for ever: a
/// late cycle shortens the wait for the next. A deadline that a whole period has passed over is
/// made up for as far as [`CycleTimer::catch_up`] allows; otherwise it is skipped and counted.
#[derive(Debug)]
pub struct CycleTimer {
    period: Nanoseconds,
    next: Timestamp,
    spin: bool,
    margin: Margin,
    at_most: u32,
    caught_up_in_a_row: u32,
}

impl CycleTimer {
    /// A timer whose first deadline is one period after `origin`. With `spin` the last
    /// moments before a deadline are waited out busily. A period of 0 counts as 1 ns.
    #[must_use]
    pub fn new(origin: Timestamp, period: Nanoseconds, spin: bool) -> Self {
        let period = period.max(1);
        Self {
            period,
            next: origin.after(period),
            spin,
            margin: Margin::for_period(period),
            at_most: 0,
            caught_up_in_a_row: 0,
        }
    }

    /// The same timer with its first deadline one period after `origin`.
    #[must_use]
    pub fn restarted(self, origin: Timestamp) -> Self {
        Self {
            next: origin.after(self.period),
            ..self
        }
    }

    /// From now on makes up for missed deadlines, at most so many of them in a row; 0 skips all.
    pub fn catch_up(&mut self, at_most: u32) {
        self.at_most = at_most;
    }

    /// The time between two deadlines from the newest on. The new phase begins at the newest.
    /// A period of 0 counts as 1 ns.
    pub fn set_period(&mut self, period: Nanoseconds) {
        let period = period.max(1);
        self.next = Timestamp(self.next.0 - self.period).after(period);
        self.period = period;
    }

    /// The time between two deadlines.
    #[must_use]
    pub const fn period(&self) -> Nanoseconds {
        self.period
    }

    /// The deadline after the newest.
    #[must_use]
    pub const fn next_deadline(&self) -> Timestamp {
        self.next
    }

    /// Waits for the next deadline.
    pub fn wait(&mut self, clock: &impl Clock) -> Beat {
        let mut started = clock.now();
        if started < self.next {
            started = self.wait_until(self.next, clock);
        }
        // A long cycle or a machine that slept may have let whole periods pass.
        let missed = started.since(self.next) / self.period;
        let made_up = missed.min(u64::from(
            self.at_most.saturating_sub(self.caught_up_in_a_row),
        ));
        let caught_up = made_up > 0;
        self.caught_up_in_a_row = if caught_up {
            self.caught_up_in_a_row + 1
        } else {
            0
        };
        let skipped = missed - made_up;
        let deadline = self.next.after(skipped * self.period);
        self.next = deadline.after(self.period);
        Beat {
            deadline,
            started,
            skipped,
            period: self.period,
            caught_up,
        }
    }

    fn wait_until(&mut self, deadline: Timestamp, clock: &impl Clock) -> Timestamp {
        if !self.spin {
            clock.sleep_until(deadline);
            return clock.now();
        }
        let wake = Timestamp(deadline.0.saturating_sub(self.margin.get(self.period)));
        let mut now = clock.now();
        if now < wake {
            clock.sleep_until(wake);
            now = clock.now();
            self.margin.learn(now.since(wake));
        }
        while now < deadline {
            clock.pause();
            now = clock.now();
        }
        now
    }
}
