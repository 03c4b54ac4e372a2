//! The clock of everything that devices hand over.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds of CLOCK_MONOTONIC: since boot, without time spent suspended, never set back.
/// ALSA and V4L2 stamp with the same clock.
pub fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    // Both fields are never negative for this clock (clock_gettime(2)).
    now.tv_sec.unsigned_abs() * NANOS_PER_SECOND + now.tv_nsec.unsigned_abs()
}

/// Nanoseconds that `count` events take at `rate` a second, rounded down.
pub(crate) fn nanos_of(count: u64, rate: u64) -> u64 {
    let nanos = u128::from(count) * u128::from(NANOS_PER_SECOND) / u128::from(rate.max(1));
    u64::try_from(nanos).unwrap_or(u64::MAX)
}
