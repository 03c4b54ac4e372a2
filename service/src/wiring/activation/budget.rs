//! How much time other beings than the first may take.

use std::time::Duration;

/// What a run counts as before one was measured.
const UNKNOWN: Duration = Duration::from_millis(1);
/// Time that may be saved up, as so much of the share: who is away for long floods nobody.
const SAVED: Duration = Duration::from_millis(200);

/// A share of a lane's time, spent run by run.
#[derive(Debug)]
pub(super) struct Budget {
    share: f64,
    saved: f64,
    usual: f64,
}

impl Budget {
    /// `share` of time, 0 to 1.
    pub(super) fn new(share: f64) -> Self {
        Self {
            share,
            saved: 0.0,
            usual: UNKNOWN.as_secs_f64(),
        }
    }

    /// Time went by.
    pub(super) fn passed(&mut self, elapsed: Duration) {
        // A run that takes longer than what may be saved could else never be paid.
        let most = (self.share * SAVED.as_secs_f64()).max(self.usual);
        self.saved = (self.saved + self.share * elapsed.as_secs_f64()).min(most);
    }

    /// Pays for a run, if there is enough.
    pub(super) fn spend(&mut self) -> bool {
        let enough = self.share > 0.0 && self.saved >= self.usual;
        if enough {
            self.saved -= self.usual;
        }
        enough
    }

    /// A run took this long: what it cost more or less is settled.
    pub(super) fn ran(&mut self, took: Duration) {
        let took = took.as_secs_f64();
        self.saved += self.usual - took;
        self.usual += (took - self.usual) / 16.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_take_their_share_and_no_more() {
        let mut budget = Budget::new(0.05);
        let (mut spent, run) = (Duration::ZERO, Duration::from_micros(300));
        for _ in 0..25_000 {
            budget.passed(Duration::from_millis(4));
            while budget.spend() {
                spent += run;
                budget.ran(run);
            }
        }
        let share = spent.as_secs_f64() / 100.0;
        assert!((share - 0.05).abs() < 0.002, "{share}");
    }

    #[test]
    fn a_run_longer_than_what_is_saved_comes_to_its_turn_too() {
        let mut budget = Budget::new(0.01);
        let (mut runs, run) = (0, Duration::from_millis(50));
        for _ in 0..25_000 {
            budget.passed(Duration::from_millis(4));
            if budget.spend() {
                runs += 1;
                budget.ran(run);
            }
        }
        assert!((15..=40).contains(&runs), "{runs} of 20");
    }

    #[test]
    fn no_share_is_no_run() {
        let mut budget = Budget::new(0.0);
        budget.passed(Duration::from_secs(100));
        assert!(!budget.spend());
    }
}
