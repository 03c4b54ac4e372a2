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
}

impl Margin {
    /// For deadlines that lie `period` apart.
    pub(crate) fn for_period(period: Nanoseconds) -> Self {
        Self {
            lateness: RecentSpans::up_to(longest_of(period)),
        }
    }

    /// The margin for a deadline that lies `period` after the one before.
    pub(crate) fn get(&self, period: Nanoseconds) -> Nanoseconds {
        let longest = longest_of(period);
        self.lateness.covering().unwrap_or(longest).min(longest)
    }

    /// Learns that a sleep ended `lateness` after the instant that it was asked for.
    pub(crate) fn learn(&mut self, lateness: Nanoseconds) {
        self.lateness.learn(lateness);
    }
}

fn longest_of(period: Nanoseconds) -> Nanoseconds {
    LONGEST.min(period / PART_OF_PERIOD)
}
