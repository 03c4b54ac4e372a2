//! How much before its deadline the cycle thread asks to be woken.

use triune_core::Nanoseconds;

/// Longest margin: beyond it spinning would cost more than lateness does.
const LONGEST: Nanoseconds = 200_000;
/// Part of the surplus that is given back each cycle: 1/1024, a few seconds at 250 Hz.
const DECAY_SHIFT: u32 = 10;

/// Follows the latest wake-ups: up at once, down slowly.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Margin {
    nanoseconds: Nanoseconds,
}

impl Margin {
    pub(crate) fn get(self) -> Nanoseconds {
        self.nanoseconds
    }

    /// Learns that a sleep ended `lateness` after the instant that it was asked for.
    pub(crate) fn learn(&mut self, lateness: Nanoseconds) {
        let wanted = lateness.min(LONGEST);
        if wanted >= self.nanoseconds {
            self.nanoseconds = wanted;
        } else {
            self.nanoseconds -= ((self.nanoseconds - wanted) >> DECAY_SHIFT).max(1);
        }
    }
}
