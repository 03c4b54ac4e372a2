//! How much before its deadline the cycle thread asks to be woken.

use crate::recent_spans::RecentSpans;
use triune_core::Nanoseconds;

/// Longest margin: beyond it spinning would cost more than lateness does.
const LONGEST: Nanoseconds = 200_000;
/// Largest part of a period that may be spent spinning: an eighth.
const PART_OF_PERIOD: Nanoseconds = 8;

/// Covers all but one in a thousand of the latest wake-ups' lateness, within bounds.
///
/// The first wake-ups count at once: until a thousand were seen the margin is their maximum.
/// A wake-up that was later than any allowed margin is no reason to widen it, since spinning
/// could not have saved it, unless most are.
#[derive(Clone, Debug)]
pub(crate) struct Margin {
    lateness: RecentSpans,
    longest: Nanoseconds,
}

impl Margin {
    /// For deadlines that lie `period` apart.
    pub(crate) fn for_period(period: Nanoseconds) -> Self {
        let longest = LONGEST.min(period / PART_OF_PERIOD);
        Self {
            lateness: RecentSpans::up_to(longest),
            longest,
        }
    }

    pub(crate) fn get(&self) -> Nanoseconds {
        self.lateness.covering().unwrap_or(self.longest)
    }

    /// Learns that a sleep ended `lateness` after the instant that it was asked for.
    pub(crate) fn learn(&mut self, lateness: Nanoseconds) {
        self.lateness.learn(lateness);
    }
}
