//! How long a model's runs take.

use std::time::Duration;

/// Runs that are looked back on: half a second at 250 a second.
const RUNS: usize = 128;
/// After so long without a run, what was measured no longer counts: a model that was slow for a
/// while would else be refused for ever, because nothing would be measured any more.
const SILENCE: Duration = Duration::from_millis(100);

/// The last runs of one model. Times are since the scheduler's start.
#[derive(Clone, Debug)]
pub(super) struct Latency {
    recent: Vec<Duration>,
    next: usize,
    last: Duration,
    p50: Duration,
    p99: Duration,
}

impl Latency {
    pub(super) fn new() -> Self {
        Self {
            recent: Vec::with_capacity(RUNS),
            next: 0,
            last: Duration::ZERO,
            p50: Duration::ZERO,
            p99: Duration::ZERO,
        }
    }

    pub(super) fn record(&mut self, now: Duration, took: Duration) {
        if now.saturating_sub(self.last) > SILENCE {
            self.recent.clear();
            self.next = 0;
        }
        self.last = now;
        if self.recent.len() < RUNS {
            self.recent.push(took);
        } else {
            self.recent[self.next] = took;
            self.next = (self.next + 1) % RUNS;
        }
        let mut sorted = [Duration::ZERO; RUNS];
        let sorted = &mut sorted[..self.recent.len()];
        sorted.copy_from_slice(&self.recent);
        sorted.sort_unstable();
        self.p50 = sorted[sorted.len().div_ceil(2) - 1];
        self.p99 = sorted[(sorted.len() * 99).div_ceil(100) - 1];
    }

    /// What a run is to be counted as when its deadline is promised; nothing where too little is known.
    pub(super) fn promised(&self, now: Duration) -> Option<Duration> {
        let fresh = !self.recent.is_empty() && now.saturating_sub(self.last) <= SILENCE;
        fresh.then_some(self.p99)
    }

    /// What 99 of 100 runs did not exceed, however long ago.
    pub(super) fn usual(&self) -> Option<Duration> {
        (!self.recent.is_empty()).then_some(self.p99)
    }

    pub(super) fn p50(&self) -> Duration {
        self.p50
    }

    pub(super) fn p99(&self) -> Duration {
        self.p99
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn one_slow_run_among_many_is_no_promise_but_two_are() {
        let mut latency = Latency::new();
        for run in 0..126 {
            latency.record(ms(run), ms(2));
        }
        latency.record(ms(126), ms(50));
        assert_eq!(latency.promised(ms(126)), Some(ms(2)));
        latency.record(ms(127), ms(60));
        assert_eq!(latency.promised(ms(127)), Some(ms(50)));
        assert_eq!(latency.p50(), ms(2));
    }

    #[test]
    fn what_was_slow_once_is_tried_again_after_a_silence() {
        let mut latency = Latency::new();
        latency.record(ms(0), ms(500));
        assert_eq!(latency.promised(ms(100)), Some(ms(500)));
        assert_eq!(latency.promised(ms(101)), None);
        assert_eq!(latency.usual(), Some(ms(500)), "limits still know it");
        latency.record(ms(110), ms(2));
        assert_eq!(latency.promised(ms(110)), Some(ms(2)));
    }
}
