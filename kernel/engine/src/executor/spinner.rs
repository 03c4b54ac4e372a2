//! How long a waiting thread looks again and again before it sleeps.

use crate::clock::{Clock, MonotonicClock};
use crate::recent_spans::RecentSpans;
use crate::sync::spin_loop;
use triune_core::{Nanoseconds, Timestamp};

/// Longest calibrated spin: a few times what a hand-over by futex costs (8 to 17 microseconds
/// are published for RK3588), and 2.5 % of a cycle at 250 Hz.
const LONGEST: Nanoseconds = 100_000;

/// How long the executor's threads wait busily for each other before they sleep.
///
/// Spinning saves the system calls and the time that waking takes, but holds a processor. Where
/// the cycle thread and the loops cannot all have a processor of their own, nobody spins whatever
/// is asked: a spinning thread would only keep the one that it waits for from running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spin {
    /// Sleep at once.
    Never,
    /// Spin so long, in nanoseconds; with real-time scheduling remember that the system stops
    /// threads that never sleep (`/proc/sys/kernel/sched_rt_runtime_us`).
    AtMost(Nanoseconds),
    /// Spin as long as waits took lately, if most of them were short (100 microseconds or less).
    #[default]
    Calibrated,
}

/// The spinning of one thread.
#[derive(Clone, Debug)]
pub(crate) enum Spinner {
    /// Never spins.
    Never,
    /// Spins so long.
    AtMost(Nanoseconds),
    /// Spins as long as recent waits took.
    Calibrated(Box<RecentSpans>),
}

impl Spinner {
    pub(crate) fn new(spin: Spin) -> Self {
        match spin {
            Spin::Never | Spin::AtMost(0) => Self::Never,
            Spin::AtMost(span) => Self::AtMost(span),
            Spin::Calibrated => Self::Calibrated(Box::new(RecentSpans::up_to(LONGEST))),
        }
    }

    /// Looks until something is found, at longest for the span of this spinner or until
    /// `deadline`; then sleeps.
    pub(crate) fn wait<R>(
        &mut self,
        deadline: Option<Timestamp>,
        mut look: impl FnMut() -> Option<R>,
        sleep: impl FnOnce() -> R,
    ) -> R {
        let bound = match self {
            Self::Never => None,
            Self::AtMost(span) => Some(*span),
            // A bucket's width more, so that the longest of the waits is still caught.
            Self::Calibrated(waits) => Some(waits.covering().map_or(0, |span| span + LONGEST / 50)),
        };
        let Some(bound) = bound else {
            return look().unwrap_or_else(sleep);
        };
        let began = MonotonicClock.now();
        let until = deadline.map_or(began.after(bound), |latest| latest.min(began.after(bound)));
        let found = loop {
            let found = look();
            if found.is_some() || MonotonicClock.now() >= until {
                break found;
            }
            spin_loop();
        };
        let found = found.unwrap_or_else(sleep);
        if let Self::Calibrated(waits) = self {
            waits.learn(MonotonicClock.now().since(began));
        }
        found
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Clock, MonotonicClock, Spin, Spinner, Timestamp};

    const MINUTE: u64 = 60_000_000_000;

    /// Whether a wait slept that would have found something at its look number `looks`.
    fn sleeps(spinner: &mut Spinner, deadline: Option<Timestamp>, looks: u32) -> bool {
        let mut looked = 0;
        let look = || {
            looked += 1;
            (looked == looks).then_some(false)
        };
        spinner.wait(deadline, look, || true)
    }

    #[test]
    fn who_finds_something_while_spinning_does_not_sleep() {
        let mut spinner = Spinner::new(Spin::AtMost(MINUTE));
        assert!(!sleeps(&mut spinner, None, 1_000));
        let soon = MonotonicClock.now().after(MINUTE);
        assert!(!sleeps(&mut spinner, Some(soon), 1_000));
    }

    #[test]
    fn every_wait_looks_once_and_none_spins_past_its_deadline() {
        for spin in [Spin::Never, Spin::AtMost(MINUTE), Spin::Calibrated] {
            let mut spinner = Spinner::new(spin);
            assert!(!sleeps(&mut spinner, Some(Timestamp(1)), 1), "{spin:?}");
            assert!(sleeps(&mut spinner, Some(Timestamp(1)), 3), "{spin:?}");
        }
    }

    #[test]
    fn waits_that_take_long_are_slept_through() {
        let mut spinner = Spinner::new(Spin::Calibrated);
        for _ in 0..20 {
            spinner.wait(
                None,
                || None,
                || std::thread::sleep(std::time::Duration::from_millis(1)),
            );
        }
        let Spinner::Calibrated(waits) = &spinner else {
            panic!("calibrated");
        };
        assert_eq!(waits.covering(), None, "most were beyond the limit");
        // It takes two looks at most: one at once and one for good measure.
        assert!(sleeps(&mut spinner, None, 3));
    }
}
