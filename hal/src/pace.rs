//! Handing things over at the rate at which they would come from a real device.

use crate::clock::{nanos_of, now_ns};
use std::time::Duration;

/// A reader that fell this far behind starts anew instead of being flooded: a machine that
/// slept for an hour need not listen to that hour.
const TOO_LATE_NS: u64 = 1_000_000_000;

/// Stamps events that come `rate` times a second, and, if `paced`, waits for each.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    rate: u64,
    paced: bool,
    start_ns: u64,
    events: u64,
}

impl Pace {
    pub(crate) fn new(rate: u32, paced: bool) -> Self {
        Self {
            rate: u64::from(rate.max(1)),
            paced,
            start_ns: now_ns(),
            events: 0,
        }
    }

    /// Takes the next `count` events, waiting until the last of them would have happened.
    /// Returns the time of the first.
    ///
    /// Without pace the times run on at the same rate from the moment of opening, ahead of the
    /// clock: differences between them are the recording's own time.
    pub(crate) fn take(&mut self, count: u64) -> u64 {
        if self.paced {
            let due = self.start_ns + nanos_of(self.events + count, self.rate);
            let now = now_ns();
            if now > due + TOO_LATE_NS {
                self.start_ns += now - due;
            } else if due > now {
                std::thread::sleep(Duration::from_nanos(due - now));
            }
        }
        let first = self.start_ns + nanos_of(self.events, self.rate);
        self.events += count;
        first
    }
}
