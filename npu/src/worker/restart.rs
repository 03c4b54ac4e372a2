//! When a lost worker is started again, and who is to blame for its end.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// First pause after a worker was lost.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// A worker that lived this long is followed by another at once.
const GOOD_LIFE: Duration = Duration::from_secs(1);

/// Pauses that grow while workers die young.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) const fn new(longest: Duration) -> Self {
        Self {
            next: FIRST_PAUSE,
            longest,
        }
    }

    /// The pause after a worker that lived so long.
    pub(super) fn after(&mut self, life: Duration) -> Duration {
        if life >= GOOD_LIFE {
            self.next = FIRST_PAUSE;
        }
        let pause = self.next.min(self.longest);
        self.next = (pause * 2).min(self.longest);
        pause
    }
}

/// Workers that one model ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Strikes(VecDeque<Instant>);

impl Strikes {
    /// One more; whether there were now `most` within the span.
    pub(super) fn add(&mut self, now: Instant, most: usize, within: Duration) -> bool {
        self.0
            .retain(|&at| now.saturating_duration_since(at) < within);
        self.0.push_back(now);
        self.0.len() >= most
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_workers_die_young() {
        let longest = Duration::from_secs(5);
        let mut pauses = Pauses::new(longest);
        let young = Duration::from_millis(100);
        let first: Vec<_> = (0..3).map(|_| pauses.after(young).as_millis()).collect();
        assert_eq!(first, [20, 40, 80]);
        for _ in 0..20 {
            assert!(pauses.after(young) <= longest);
        }
        assert_eq!(pauses.after(GOOD_LIFE), FIRST_PAUSE);
        assert_eq!(pauses.after(young), FIRST_PAUSE * 2);
    }

    #[test]
    fn only_strikes_that_come_close_count() {
        let (start, minute) = (Instant::now(), Duration::from_secs(60));
        let mut strikes = Strikes::default();
        let mut add = |second| strikes.add(start + Duration::from_secs(second), 3, minute);
        assert_eq!(
            [add(0), add(30), add(61), add(85)],
            [false, false, false, true]
        );
    }
}
