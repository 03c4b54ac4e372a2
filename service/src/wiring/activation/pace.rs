//! When to look for the next state, and how often to ask.

use std::time::Duration;
use triune_core::{Nanoseconds, Timestamp};

/// What is older says nothing of now: as long as a window may be without a state.
pub(super) const STALE: Nanoseconds = 500_000_000;
/// Longest pause between two looks: a kernel that stands still is looked after this often.
const LONGEST_PAUSE: Nanoseconds = 20_000_000;
/// A state is there this share of a period after its cycle began, of a short cycle.
const COST_SHARE: Nanoseconds = 32;
/// Cycles between two questions, at most: a fifth of a second at 250 Hz.
const MOST_CYCLES: u64 = 50;
/// What a question counts that was not answered in time ...
const MISSED: u32 = 8;
/// ... and with how much of it the next ones are asked less often.
const TOO_MANY: u32 = 24;
/// Questions answered in time after which the next are asked more often.
const GOOD_RUN: u32 = 32;

/// The rhythm of the states as they themselves tell it.
#[derive(Debug)]
pub(super) struct Pace {
    period: Nanoseconds,
    newest: Option<(Timestamp, u64)>,
    /// Every how many cycles is asked.
    every: u64,
    missed: u32,
    kept: u32,
}

impl Pace {
    /// `period` holds until two states have been seen.
    pub(super) fn new(period: Nanoseconds) -> Self {
        Self {
            period: period.max(1),
            newest: None,
            every: 1,
            missed: 0,
            kept: 0,
        }
    }

    /// A state of the first being; how many cycles have passed since the one before.
    pub(super) fn saw(&mut self, time: Timestamp, cycle: u64) -> u64 {
        let before = self.newest.replace((time, cycle));
        let Some((since, last)) = before.filter(|&(since, last)| time > since && cycle > last)
        else {
            return 0;
        };
        let passed = cycle - last;
        self.period = (time.since(since) / passed).max(1);
        passed
    }

    pub(super) const fn period(&self) -> Nanoseconds {
        self.period
    }

    /// When the cycle after the newest one begins.
    pub(super) fn next_cycle(&self) -> Option<Timestamp> {
        self.newest.map(|(time, _)| time.after(self.period))
    }

    /// How long to sleep at `now`, until the next state should be there.
    pub(super) fn pause(&self, now: Timestamp) -> Duration {
        let patience = (self.period / COST_SHARE).max(1);
        let pause = match self.next_cycle() {
            // One that is late is looked for often, and one that does not come seldom.
            Some(next) if now <= next => next.since(now) + patience,
            Some(next) => now.since(next).max(patience),
            None => LONGEST_PAUSE,
        };
        // Also of a period that is longer: it may be a gap that is over, and no period at all.
        Duration::from_nanos(pause.min(LONGEST_PAUSE))
    }

    /// Every how many cycles is asked.
    pub(super) const fn every(&self) -> u64 {
        self.every
    }

    /// A question was answered in time.
    pub(super) fn kept(&mut self) {
        self.missed = self.missed.saturating_sub(1);
        self.kept += 1;
        if self.kept >= GOOD_RUN {
            self.kept = 0;
            self.every = (self.every - 1).max(1);
        }
    }

    /// A question could not be answered in time.
    pub(super) fn missed(&mut self) {
        self.missed += MISSED;
        self.kept = 0;
        if self.missed >= TOO_MANY {
            self.missed = 0;
            self.every = (self.every + 1).min(MOST_CYCLES);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Nanoseconds = 4_000_000;

    #[test]
    fn it_follows_the_states_own_times() {
        let mut pace = Pace::new(PERIOD);
        assert_eq!(pace.saw(Timestamp(1_000), 7), 0);
        assert_eq!(pace.saw(Timestamp(1_000 + 2_000_000), 8), 1);
        assert_eq!(pace.period(), 2_000_000, "the rate was changed");
        let next = pace.next_cycle().expect("known");
        assert_eq!(next, Timestamp(1_000 + 4_000_000));
        let pause = pace.pause(Timestamp(1_000 + 2_500_000));
        assert!(pause >= Duration::from_micros(1_500) && pause < Duration::from_micros(1_600));
        assert_eq!(pace.saw(Timestamp(1_000 + 8_000_000), 11), 3);
        assert_eq!(pace.period(), 2_000_000);
    }

    #[test]
    fn a_kernel_that_stands_still_is_looked_after_seldom() {
        let mut pace = Pace::new(PERIOD);
        pace.saw(Timestamp(0), 1);
        let pause = pace.pause(Timestamp(3_600_000_000_000));
        assert_eq!(pause, Duration::from_nanos(LONGEST_PAUSE));
    }

    #[test]
    fn a_kernel_that_stood_still_for_an_hour_is_not_looked_after_in_another_one() {
        const HOUR: u64 = 3_600_000_000_000;
        let mut pace = Pace::new(PERIOD);
        pace.saw(Timestamp(0), 1);
        pace.saw(Timestamp(HOUR), 2);
        assert!(pace.pause(Timestamp(HOUR)) <= Duration::from_nanos(LONGEST_PAUSE));
        assert_eq!(pace.saw(Timestamp(HOUR + PERIOD), 3), 1);
        assert_eq!(pace.period(), PERIOD);
    }

    #[test]
    fn a_slow_machine_is_asked_less_often_and_again_more_often_when_it_keeps_up() {
        let mut pace = Pace::new(PERIOD);
        pace.missed();
        assert_eq!(pace.every(), 1, "anything may be late once");
        for _ in 0..20 {
            pace.missed();
        }
        let slow = pace.every();
        assert!(slow > 3);
        for _ in 0..=GOOD_RUN * slow as u32 {
            pace.kept();
        }
        assert_eq!(pace.every(), 1);
        for _ in 0..10_000 {
            pace.missed();
        }
        assert_eq!(pace.every(), MOST_CYCLES);
    }
}
