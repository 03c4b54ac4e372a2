//! How much of the period cycles take, and what one more being would make of it.

use triune_core::Nanoseconds;

/// The mean follows a change in about 16 cycles.
const MEAN_SHIFT: u32 = 4;

/// Cost of the newest cycles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    mean: Nanoseconds,
    newest: Nanoseconds,
    beings: u64,
    calm: u32,
}

impl Load {
    pub(super) fn learn(&mut self, cost: Nanoseconds, beings: usize, overrun: bool) {
        self.newest = cost;
        // With another number of beings the old mean says nothing.
        if self.beings != beings as u64 || self.mean == 0 {
            self.beings = beings as u64;
            self.mean = cost;
        } else {
            self.mean = self.mean - (self.mean >> MEAN_SHIFT) + (cost >> MEAN_SHIFT);
        }
        self.calm = if overrun {
            0
        } else {
            self.calm.saturating_add(1)
        };
    }

    /// Cycles since the last overrun.
    pub(super) const fn calm(&self) -> u32 {
        self.calm
    }

    /// The mean share of the period, in percent.
    pub(super) const fn percent(&self, period: Nanoseconds) -> u64 {
        self.mean.saturating_mul(100) / period
    }

    /// The share with `more` beings, in percent, as if each took the same; rests on the newest
    /// cycle if that was longer than the mean.
    pub(super) fn percent_with(&self, more: u64, period: Nanoseconds) -> u64 {
        let cost = self.mean.max(self.newest);
        let beings = self.beings.max(1);
        cost.saturating_mul(beings + more).saturating_mul(100) / beings / period
    }
}
