//! How long something took lately: what a wait is calibrated from.

use triune_core::Nanoseconds;

/// Buckets that divide the range up to the limit evenly.
const BUCKETS: usize = 100;
/// An hour, far from where the arithmetic would overflow.
const LONGEST_LIMIT: Nanoseconds = 3_600_000_000_000;
/// Spans after which what was counted so far counts half: what a second is forgotten after at
/// 1000 Hz, and four seconds at 250 Hz.
const HALF_LIFE: u32 = 1024;
/// One span of this many may be longer than what is said to cover them.
const SPANS_TO_ONE_MISSED: u32 = 1000;

/// A histogram of the newest spans up to a limit, with exponential forgetting.
///
/// Spans beyond the limit cannot be covered; they are counted apart, so that a few of them do
/// not drive up what the others need.
#[derive(Clone, Debug)]
pub(crate) struct RecentSpans {
    limit: Nanoseconds,
    buckets: [u32; BUCKETS],
    within: u32,
    beyond: u32,
    since_halving: u32,
    covering: Option<Nanoseconds>,
}

impl RecentSpans {
    /// Of spans up to `limit`, at most an hour; none was seen yet.
    pub(crate) fn up_to(limit: Nanoseconds) -> Self {
        Self {
            limit: limit.clamp(1, LONGEST_LIMIT),
            buckets: [0; BUCKETS],
            within: 0,
            beyond: 0,
            since_halving: 0,
            covering: Some(0),
        }
    }

    /// What 999 of 1000 spans do not exceed, to a hundredth of the limit and at most the limit;
    /// 0 when none was seen, `None` when more than half are beyond the limit.
    pub(crate) fn covering(&self) -> Option<Nanoseconds> {
        self.covering
    }

    /// Learns one more span.
    pub(crate) fn learn(&mut self, span: Nanoseconds) {
        if span <= self.limit {
            self.buckets[self.index(span)] += 1;
            self.within += 1;
        } else {
            self.beyond += 1;
        }
        self.since_halving += 1;
        if self.since_halving == HALF_LIFE {
            self.halve();
        }
        self.covering = self.cover();
    }

    fn index(&self, span: Nanoseconds) -> usize {
        let index = span * BUCKETS as u64 / self.limit;
        (index as usize).min(BUCKETS - 1)
    }

    fn halve(&mut self) {
        self.since_halving = 0;
        self.beyond /= 2;
        for bucket in &mut self.buckets {
            *bucket /= 2;
        }
        self.within = self.buckets.iter().sum();
    }

    fn cover(&self) -> Option<Nanoseconds> {
        if self.beyond > self.within {
            return None;
        }
        let mut may_miss = self.within / SPANS_TO_ONE_MISSED;
        let highest = self.buckets.iter().rposition(|&count| {
            let missed = count <= may_miss;
            may_miss = may_miss.saturating_sub(count);
            !missed
        });
        Some(highest.map_or(0, |index| self.upper_bound(index)))
    }

    fn upper_bound(&self, index: usize) -> Nanoseconds {
        self.limit * (index as u64 + 1) / BUCKETS as u64
    }
}
