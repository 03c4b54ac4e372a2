//! Sleeping on a word of shared memory until the other process changes it.

use rustix::thread::futex::{Flags, Timespec, wait as futex_wait, wake as futex_wake};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Sleeps while `word` is `expected`, at longest for `limit`; may wake for no reason. Looks for
/// `spin` before it sleeps.
pub(super) fn wait(word: &AtomicU32, expected: u32, limit: Option<Duration>, spin: Duration) {
    if !spin.is_zero() {
        let until = Instant::now() + spin;
        while Instant::now() < until {
            if word.load(Ordering::Acquire) != expected {
                return;
            }
            std::hint::spin_loop();
        }
    }
    let limit = limit.map(|limit| Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: limit.subsec_nanos().into(),
    });
    // Every outcome means the same: look again. Without `PRIVATE`, since two processes meet here.
    let _ = futex_wait(word, Flags::empty(), expected, limit.as_ref());
}

/// Wakes who sleeps on `word`.
pub(super) fn ring(word: &AtomicU32) {
    // Waking cannot fail: the address is valid and the flags are known.
    let _ = futex_wake(word, Flags::empty(), i32::MAX as u32);
}
