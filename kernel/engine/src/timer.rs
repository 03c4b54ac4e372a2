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
}

impl Beat {
    /// How late the cycle began after the newest deadline; less than a period.
    #[must_use]
    pub const fn lateness(&self) -> Nanoseconds {
        self.started.since(self.deadline)
    }

    /// How late each deadline was met: the newest first, then those that were lost, each a
    /// period older. Counting the newest alone would hide every stall that is longer than a
    /// period (coordinated omission).
    pub fn latenesses(&self, period: Nanoseconds) -> impl Iterator<Item = Nanoseconds> {
        let newest = self.lateness();
        (0..=self.skipped.min(COUNTED_LOSSES)).map(move |lost| newest + lost * period)
    }
}

/// Gives one [`Beat`] a period. Deadlines lie at whole periods from the origin for ever: a
/// late cycle shortens the wait for the next, and a deadline that a whole period has passed
/// over is skipped and counted (policy "skip").
#[derive(Debug)]
pub struct CycleTimer {
    period: Nanoseconds,
    next: Timestamp,
    spin: bool,
    margin: Margin,
}

impl CycleTimer {
    /// A timer whose first deadline is one period after `origin`. With `spin` the last
    /// moments before a deadline are waited out busily.
    #[must_use]
    pub fn new(origin: Timestamp, period: Nanoseconds, spin: bool) -> Self {
        Self {
            period,
            next: origin.after(period),
            spin,
            margin: Margin::for_period(period),
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

    /// Waits for the next deadline.
    pub fn wait(&mut self, clock: &impl Clock) -> Beat {
        let mut now = clock.now();
        let skipped = now.since(self.next) / self.period;
        let deadline = self.next.after(skipped * self.period);
        if now < deadline {
            now = self.wait_until(deadline, clock);
        }
        // The machine may have slept through whole periods: begin at the newest deadline.
        let slept_through = now.since(deadline) / self.period;
        let deadline = deadline.after(slept_through * self.period);
        self.next = deadline.after(self.period);
        Beat {
            deadline,
            started: now,
            skipped: skipped + slept_through,
        }
    }

    fn wait_until(&mut self, deadline: Timestamp, clock: &impl Clock) -> Timestamp {
        if !self.spin {
            clock.sleep_until(deadline);
            return clock.now();
        }
        let wake = Timestamp(deadline.0.saturating_sub(self.margin.get()));
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
