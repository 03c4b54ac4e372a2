//! Where the loops wait for a cycle, and the cycle thread for the loops.

use super::spinner::Spinner;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Futex, Woken, spin_loop};
use triune_core::Timestamp;

/// Most workers of one barrier: half of a word's bits.
pub(crate) const MOST_WORKERS: usize = 16;

/// Set in the epoch's word while a worker sleeps on it; the epoch counts in the bits above.
const SOMEBODY_SLEEPS: u32 = 1;
const ONE_EPOCH: u32 = 2;
/// Workers that are out.
const OUT: u32 = (1 << MOST_WORKERS) - 1;

/// A set of workers: bit `n` for the worker number `n`.
pub(crate) type Workers = u32;

/// An epoch-and-count barrier. The cycle thread begins an epoch and waits until those that it
/// sent out have arrived, or a deadline comes; workers wait for an epoch that they have not seen.
///
/// Arrivals are counted as one bit a worker, so that one who comes late is not taken for another.
/// Whoever is about to sleep says so in the very word that the other side changes: so a wake-up
/// is only sent when somebody sleeps, and none can be lost. All who wait for an epoch are woken
/// by one call, and the cycle thread by the last arrival only: six calls for three loops that
/// all sleep, none where spinning is enough.
#[derive(Debug, Default)]
pub(crate) struct Barrier {
    epoch: Futex,
    /// Low half: workers that are out. High half: those for whom the cycle thread sleeps.
    out: Futex,
    stopped: AtomicBool,
}

impl Barrier {
    /// Workers that were sent out and have not arrived; their mailboxes are not to be touched.
    pub(crate) fn out(&self) -> Workers {
        self.out.load(Ordering::Acquire) & OUT
    }

    /// Counts `workers` as out; comes before anything is handed to them.
    pub(crate) fn send_out(&self, workers: Workers) {
        self.out.fetch_or(workers & OUT, Ordering::Relaxed);
    }

    /// Begins the next epoch. Only the cycle thread may.
    pub(crate) fn begin_epoch(&self) {
        let epoch = self.epoch.load(Ordering::Relaxed) & !SOMEBODY_SLEEPS;
        // Workers see what was handed to them when they see the new epoch.
        let before = self
            .epoch
            .swap(epoch.wrapping_add(ONE_EPOCH), Ordering::AcqRel);
        if before & SOMEBODY_SLEEPS != 0 {
            self.epoch.wake_all();
        }
    }

    /// Sends the workers home, for good.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.begin_epoch();
    }

    /// Waits for an epoch other than `seen`, which is 0 at first; `None` when the barrier has
    /// stopped.
    pub(crate) fn await_epoch(&self, seen: u32, spinner: &mut Spinner) -> Option<u32> {
        let look = || {
            let epoch = self.epoch.load(Ordering::Acquire) & !SOMEBODY_SLEEPS;
            (epoch != seen).then_some(epoch)
        };
        let epoch = spinner.wait(None, look, || self.sleep_for_epoch(seen));
        (!self.stopped.load(Ordering::Relaxed)).then_some(epoch)
    }

    fn sleep_for_epoch(&self, seen: u32) -> u32 {
        let asleep = seen | SOMEBODY_SLEEPS;
        loop {
            match self
                .epoch
                .compare_exchange(seen, asleep, Ordering::Acquire, Ordering::Acquire)
            {
                Err(epoch) if epoch & !SOMEBODY_SLEEPS != seen => return epoch & !SOMEBODY_SLEEPS,
                _ => self.epoch.sleep(asleep, None),
            };
        }
    }

    /// Waits until all of `workers` have arrived, at longest until `deadline`; gives those that
    /// have. Only the cycle thread may.
    pub(crate) fn await_arrivals(
        &self,
        workers: Workers,
        deadline: Timestamp,
        spinner: &mut Spinner,
    ) -> Workers {
        let look = || (self.out() & workers == 0).then_some(workers);
        spinner.wait(Some(deadline), look, || {
            self.sleep_for_arrivals(workers, deadline)
        })
    }

    fn sleep_for_arrivals(&self, workers: Workers, deadline: Timestamp) -> Workers {
        let mut word = self.out.load(Ordering::Acquire);
        while word & workers != 0 {
            let asleep = word | workers << MOST_WORKERS;
            let announced =
                self.out
                    .compare_exchange(word, asleep, Ordering::Acquire, Ordering::Acquire);
            if announced.is_err() {
                spin_loop();
            } else if self.out.sleep(asleep, Some(deadline)) == Woken::TimedOut {
                break;
            }
            word = self.out.load(Ordering::Acquire);
        }
        let word = self.out.fetch_and(OUT, Ordering::AcqRel);
        workers & !word
    }

    /// Counts `worker` as arrived; comes after it has handed back what it was given.
    pub(crate) fn arrive(&self, worker: Workers) {
        let before = self.out.fetch_and(!worker, Ordering::AcqRel);
        let slept_for = before >> MOST_WORKERS;
        if slept_for & worker != 0 && before & !worker & slept_for == 0 {
            self.out.wake_all();
        }
    }
}
