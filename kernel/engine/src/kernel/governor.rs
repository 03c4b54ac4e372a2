//! The governor of the policy "degrade": halves the rate when deadlines are lost again and
//! again, and gives it back when the cycles have become shorter.

use super::policy::{DegradeSettings, MOST_OVERRUNS, OverrunPolicy};
use super::setup::LONGEST_PERIOD;
use triune_core::Nanoseconds;

/// Highest level: an eighth of the rate.
const HIGHEST_LEVEL: u32 = 3;
/// Share of the shorter period, in percent, that cycles may take for the rate to be given back;
/// the rest keeps a load at the limit from swinging between two levels.
const FITS_PERCENT: u64 = 80;

/// The period at a level: doubled for each, but never longer than any kernel's.
pub(super) fn period_at_level(ordinary: Nanoseconds, level: u32) -> Nanoseconds {
    (ordinary << level).min(LONGEST_PERIOD)
}

/// The highest level that still makes the period longer than the level below.
fn highest_level(ordinary: Nanoseconds) -> u32 {
    (0..HIGHEST_LEVEL)
        .find(|&level| period_at_level(ordinary, level) == LONGEST_PERIOD)
        .unwrap_or(HIGHEST_LEVEL)
}

/// One finished cycle, as the governor sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finished {
    /// Whether one was not kept.
    pub(super) overrun: bool,
    /// How long the cycle took.
    pub(super) cost: Nanoseconds,
    /// The period at level 0.
    pub(super) period: Nanoseconds,
}

/// Counts in cycles, so that its settings mean the same at every rate, and that a cycle which
/// loses many deadlines is one overrun.
#[derive(Clone, Debug)]
pub(super) struct Governor {
    level: u32,
    cycles: u64,
    /// When the newest overruns were, as counts of cycles; a ring.
    overruns: [u64; MOST_OVERRUNS as usize],
    seen: u64,
    clean_since: u64,
    longest: Nanoseconds,
}

impl Governor {
    pub(super) const fn new() -> Self {
        Self {
            level: 0,
            cycles: 0,
            overruns: [0; MOST_OVERRUNS as usize],
            seen: 0,
            clean_since: 0,
            longest: 0,
        }
    }

    pub(super) const fn level(&self) -> u32 {
        self.level
    }

    /// Leaves levels that change nothing at this ordinary period; for a change of rate.
    pub(super) fn ordinary_period_is(&mut self, period: Nanoseconds) {
        self.level = self.level.min(highest_level(period));
    }

    /// Forgets everything; for a change of policy.
    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    /// Learns how a cycle went and sets the level.
    pub(super) fn learn(&mut self, policy: OverrunPolicy, finished: Finished) {
        let OverrunPolicy::Degrade(settings) = policy else {
            return;
        };
        self.cycles += 1;
        self.longest = self.longest.max(finished.cost);
        if finished.overrun {
            self.begin_stretch();
            if self.is_too_much(settings) && self.level < highest_level(finished.period) {
                self.level += 1;
                self.seen = 0;
            }
        } else if self.cycles - self.clean_since >= u64::from(settings.clean) && self.level > 0 {
            let shorter = period_at_level(finished.period, self.level - 1);
            if self.longest <= shorter * FITS_PERCENT / 100 {
                self.level -= 1;
                self.seen = 0;
            }
            self.begin_stretch();
        }
    }

    /// Whether the newest overrun fills the window.
    fn is_too_much(&mut self, settings: DegradeSettings) -> bool {
        let ring = u64::from(MOST_OVERRUNS);
        let wanted = u64::from(settings.overruns);
        self.overruns[(self.seen % ring) as usize] = self.cycles;
        self.seen += 1;
        self.seen >= wanted && {
            let first = self.overruns[((self.seen - wanted) % ring) as usize];
            self.cycles - first < u64::from(settings.window)
        }
    }

    fn begin_stretch(&mut self) {
        self.clean_since = self.cycles;
        self.longest = 0;
    }
}
