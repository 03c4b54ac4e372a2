//! Where the engine gets its time from; a trait, so that tests of timing never sleep.

use rustix::thread::{ClockId, clock_nanosleep_absolute};
use rustix::time::{Timespec, clock_gettime};
use triune_core::Timestamp;

/// A monotonic clock that one can wait on.
pub trait Clock: Send {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Returns at `deadline` or as soon after it as the machine allows; at once if it is past.
    fn sleep_until(&self, deadline: Timestamp);

    /// Takes a moment out of a busy wait.
    fn pause(&self) {
        std::hint::spin_loop();
    }
}

/// The machine's `CLOCK_MONOTONIC`, waited on by absolute `clock_nanosleep`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonotonicClock;

impl Clock for MonotonicClock {
    fn now(&self) -> Timestamp {
        let time = clock_gettime(ClockId::Monotonic);
        Timestamp(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
    }

    fn sleep_until(&self, deadline: Timestamp) {
        let request = Timespec {
            tv_sec: (deadline.0 / 1_000_000_000) as i64,
            tv_nsec: (deadline.0 % 1_000_000_000) as i64,
        };
        // A signal ends the sleep early; the deadline is absolute, so it can simply be asked again.
        while clock_nanosleep_absolute(ClockId::Monotonic, &request) == Err(rustix::io::Errno::INTR)
        {
        }
    }
}
