//! What happens to deadlines that were not kept.

/// The setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverrunPolicy {
    /// Missed deadlines are skipped and counted; the next cycle spans them.
    #[default]
    Skip,
    /// Missed deadlines are made up for back to back, each with its own time and one period
    /// elapsed; the oldest beyond `at_most` are skipped.
    CatchUp {
        /// Most cycles that are made up for in a row, 1 to [`MOST_CAUGHT_UP`].
        at_most: u32,
    },
    /// Missed deadlines are skipped, and several overruns in a short time halve the rate.
    Degrade(DegradeSettings),
}

/// When the rate is halved, and when it is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DegradeSettings {
    /// Overruns within `window` at which the rate is halved, 1 to 16. One alone may be the
    /// machine's own stall.
    pub overruns: u32,
    /// Cycles that are looked back on.
    pub window: u32,
    /// Cycles without an overrun after which the rate is doubled again, provided that the
    /// longest of their cycles fits into four fifths of the shorter period.
    pub clean: u32,
}

/// Most overruns that [`DegradeSettings`] may wait for.
pub(super) const MOST_OVERRUNS: u32 = 16;
/// Most cycles in a row that may be caught up: a quarter of a second at 250 Hz.
pub const MOST_CAUGHT_UP: u32 = 64;

/// A policy that cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// Too few or too many cycles are to be caught up.
    #[error(
        "{0} cycles cannot be caught up in a row: use 1 to {MOST_CAUGHT_UP}, or the policy 'skip'"
    )]
    CatchUp(u32),
    /// Too few or too many overruns are waited for.
    #[error("the rate cannot be halved after {0} overruns: use 1 to 16")]
    Overruns(u32),
    /// The window cannot hold the overruns, or nothing is ever clean.
    #[error(
        "a window of {window} and a clean stretch of {clean} cycles cannot work: both must be at least the number of overruns"
    )]
    Stretch {
        /// Cycles looked back on.
        window: u32,
        /// Cycles without an overrun.
        clean: u32,
    },
}

impl Default for DegradeSettings {
    /// Three overruns within 100 cycles; 1000 clean cycles. At 250 Hz that is 0.4 and 4 s.
    fn default() -> Self {
        Self {
            overruns: 3,
            window: 100,
            clean: 1000,
        }
    }
}

impl OverrunPolicy {
    /// The name as people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::CatchUp { .. } => "catch up",
            Self::Degrade(_) => "degrade",
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`InvalidPolicy`] if they cannot be followed.
    pub fn check(self) -> Result<(), InvalidPolicy> {
        match self {
            Self::CatchUp { at_most } if !(1..=MOST_CAUGHT_UP).contains(&at_most) => {
                Err(InvalidPolicy::CatchUp(at_most))
            }
            Self::Degrade(DegradeSettings { overruns, .. })
                if !(1..=MOST_OVERRUNS).contains(&overruns) =>
            {
                Err(InvalidPolicy::Overruns(overruns))
            }
            Self::Degrade(DegradeSettings {
                overruns,
                window,
                clean,
            }) if window < overruns || clean < overruns => {
                Err(InvalidPolicy::Stretch { window, clean })
            }
            _ => Ok(()),
        }
    }

    /// Cycles that the timer may catch up in a row.
    pub(super) const fn caught_up_in_a_row(self) -> u32 {
        match self {
            Self::CatchUp { at_most } => at_most,
            Self::Skip | Self::Degrade(_) => 0,
        }
    }
}
