//! How many cycles had an answer that was at most one cycle old.

use triune_core::{Nanoseconds, Timestamp};

/// Counts cycles of the first being, while it has a full window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Freshness {
    cycles: u64,
    fresh: u64,
    /// On which cycle's state the last answer rests, and when it was given.
    last: Option<(u64, Timestamp)>,
}

impl Freshness {
    /// An answer that rests on the state of `cycle` was given at `now`.
    pub(super) fn answered(&mut self, cycle: u64, now: Timestamp) {
        self.last = Some((cycle, now));
    }

    /// `passed` cycles have gone by up to the one of this number, which began at `time`.
    pub(super) fn passed(&mut self, passed: u64, cycle: u64, time: Timestamp, period: Nanoseconds) {
        self.cycles += passed;
        // Of those only the one right after the answer's can have had it in time.
        if let Some((answered, given)) = self.last
            && let Some(after) = cycle.checked_sub(answered + 1)
            && after < passed
        {
            let began = time.0.saturating_sub(after.saturating_mul(period));
            self.fresh += u64::from(given.0 <= began);
        }
    }

    /// Share of the cycles, 0 to 1; `None` before the first.
    pub(super) fn share(&self) -> Option<f64> {
        (self.cycles > 0).then(|| self.fresh as f64 / self.cycles as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_for_the_cycle_after_its_own_if_it_came_before_it() {
        let mut freshness = Freshness::default();
        assert_eq!(freshness.share(), None);
        let at = |cycle: u64| Timestamp(cycle * 4_000);
        freshness.answered(10, Timestamp(43_000));
        freshness.passed(1, 11, at(11), 4_000);
        assert_eq!(freshness.share(), Some(1.0));
        // Nothing new for the next one.
        freshness.passed(1, 12, at(12), 4_000);
        assert_eq!(freshness.share(), Some(0.5));
        // Too late for its cycle.
        freshness.answered(12, Timestamp(52_001));
        freshness.passed(1, 13, at(13), 4_000);
        assert_eq!(freshness.share(), Some(1.0 / 3.0));
        // Three cycles passed unseen; the first of them had its answer.
        freshness.answered(13, Timestamp(53_000));
        freshness.passed(3, 16, at(16), 4_000);
        assert_eq!(freshness.share(), Some(2.0 / 6.0));
    }
}
