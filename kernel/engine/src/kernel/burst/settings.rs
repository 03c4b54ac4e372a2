//! What a burst may do, and why it begins, ends or does not begin.

use crate::timer::period_of_rate;
use triune_core::Nanoseconds;

/// How far bursts may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstSettings {
    /// Beings that always cycle, in the order in which they came; at least 1. Later ones wait
    /// for a burst: they keep their state, and no time passes for them.
    pub steady_beings: usize,
    /// Beings that cycle at most while a burst lasts; at least `steady_beings`.
    pub burst_beings: usize,
    /// Longest time of a burst.
    pub longest: Nanoseconds,
    /// Shortest pause between two bursts; it doubles with each burst in a row, up to 64 times,
    /// that ended because cycles were too long.
    pub rest: Nanoseconds,
    /// Rate while a burst lasts, 1 to 1000 Hz; `None` for the ordinary one. A lower rate than
    /// the ordinary one changes nothing.
    pub rate: Option<u32>,
    /// Share of the period, in percent, that a cycle may take during a burst, 1 to 90. One more
    /// being is taken in only if the cycle will stay below it.
    pub cost_limit: u32,
    /// Whether a burst begins by itself when beings wait and there is headroom.
    pub by_itself: bool,
}

/// Settings of bursts that cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBurst {
    /// Nobody would cycle, or fewer in a burst than without.
    #[error(
        "{steady} steady and {burst} burst beings cannot work: use at least 1 steady being, and no fewer in a burst"
    )]
    Beings {
        /// Beings that always cycle.
        steady: usize,
        /// Beings that cycle in a burst.
        burst: usize,
    },
    /// A burst would never last.
    #[error("a burst of 0 s never lasts: give 'longest' a span")]
    Length,
    /// The rate is not one that the kernel runs at.
    #[error("bursts cannot run at {0} Hz: use 1 to 1000")]
    Rate(u32),
    /// The limit leaves no room for a cycle, or none for the machine.
    #[error("cycles of bursts cannot be limited to {0} % of the period: use 1 to 90")]
    CostLimit(u32),
}

/// Asked of the kernel by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BurstCommand {
    /// Begin a burst.
    Start,
    /// End the burst that lasts.
    End,
}

/// Why a burst began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BurstCause {
    /// Someone asked for it.
    Command,
    /// Beings waited and there was headroom.
    Load,
}

/// Why a burst ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BurstEnd {
    /// Someone asked for it.
    Command,
    /// Its longest time was up.
    TimeUp,
    /// Cycles took more of the period than they may.
    CostLimit,
    /// A deadline was not kept.
    Overrun,
    /// The governor lowered the rate.
    Degraded,
    /// No being waits any longer, and there is no higher rate.
    NothingLeft,
}

impl BurstCause {
    /// The cause as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Command => "asked for",
            Self::Load => "beings wait and there is headroom",
        }
    }
}

impl BurstEnd {
    /// The reason as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Command => "asked for",
            Self::TimeUp => "its time is up",
            Self::CostLimit => "cycles take too much of the period",
            Self::Overrun => "a deadline was not kept",
            Self::Degraded => "the rate was lowered",
            Self::NothingLeft => "no being waits any more",
        }
    }
}

/// Why a burst did not begin, or could not be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BurstRefusal {
    /// The kernel was set up without bursts.
    #[error("bursts are switched off: set how many beings are steady and how many a burst takes")]
    SwitchedOff,
    /// One lasts already.
    #[error("a burst lasts already: end it first")]
    Lasts,
    /// None lasts.
    #[error("no burst lasts: nothing is to be ended")]
    NoneLasts,
    /// The pause is not over.
    #[error("the last burst was less than its rest ago: ask again in {} s", .0.div_ceil(1_000_000_000))]
    Resting(Nanoseconds),
    /// No being waits, and there is no higher rate.
    #[error("no being waits and bursts have no higher rate: there is nothing to begin")]
    NothingWaits,
    /// The measured cost is too high.
    #[error("cycles take too much of the period for a burst: lower the rate or remove beings")]
    NoHeadroom,
    /// The governor has lowered the rate.
    #[error("the rate is lowered because deadlines were lost: bursts begin again at level 0")]
    Degraded,
}

impl BurstSettings {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`InvalidBurst`] if they cannot work.
    pub fn check(&self) -> Result<(), InvalidBurst> {
        if self.steady_beings == 0 || self.burst_beings < self.steady_beings {
            return Err(InvalidBurst::Beings {
                steady: self.steady_beings,
                burst: self.burst_beings,
            });
        }
        if self.longest == 0 {
            return Err(InvalidBurst::Length);
        }
        if let Some(rate) = self.rate {
            period_of_rate(rate).map_err(|_| InvalidBurst::Rate(rate))?;
        }
        if !(1..=90).contains(&self.cost_limit) {
            return Err(InvalidBurst::CostLimit(self.cost_limit));
        }
        Ok(())
    }

    /// Whether a cycle that took `cost` took more of its period than it may.
    pub(super) fn is_beyond_limit(&self, cost: Nanoseconds, ordinary: Nanoseconds) -> bool {
        let limit = self.period(ordinary) * u64::from(self.cost_limit) / 100;
        cost > limit
    }

    /// The period while a burst lasts.
    pub(in super::super) fn period(&self, ordinary: Nanoseconds) -> Nanoseconds {
        self.rate
            .and_then(|rate| period_of_rate(rate).ok())
            .map_or(ordinary, |period| period.min(ordinary))
    }
}
