//! A word that threads can sleep on.

use super::atomic::AtomicU32;
use std::ops::Deref;
use triune_core::Timestamp;

/// Why a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The word had changed, somebody woke the sleeper, or a signal did: look again.
    LookAgain,
    /// The deadline has come.
    TimedOut,
}

/// An atomic word on which threads sleep in the kernel (Linux, futex(2)), for this process only.
/// It has its cache line (and the one that x86-64 fetches along with it) to itself: those who
/// spin on one word are not slowed by writes to another.
#[cfg(not(loom))]
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Futex {
    word: AtomicU32,
}

impl Deref for Futex {
    type Target = AtomicU32;
    fn deref(&self) -> &AtomicU32 {
        &self.word
    }
}

#[cfg(not(loom))]
impl Futex {
    /// Sleeps while the word is `expected`, at longest until `deadline` on the monotonic clock.
    pub(crate) fn sleep(&self, expected: u32, deadline: Option<Timestamp>) -> Woken {
        use rustix::thread::futex::{Flags, Timespec, wait_bitset};
        let deadline = deadline.map(|deadline| Timespec {
            tv_sec: (deadline.0 / 1_000_000_000) as i64,
            tv_nsec: (deadline.0 % 1_000_000_000) as i64,
        });
        // FUTEX_WAIT_BITSET takes its deadline as an instant of CLOCK_MONOTONIC; FUTEX_WAIT
        // would take a span, which an interrupted sleep would begin anew.
        let any = std::num::NonZeroU32::MAX;
        match wait_bitset(&self.word, Flags::PRIVATE, expected, deadline.as_ref(), any) {
            Err(rustix::io::Errno::TIMEDOUT) => Woken::TimedOut,
            _ => Woken::LookAgain,
        }
    }

    /// Wakes everybody who sleeps here.
    pub(crate) fn wake_all(&self) {
        use rustix::thread::futex::{Flags, wake};
        // Waking cannot fail: the address is valid and the flags are known.
        let _ = wake(&self.word, Flags::PRIVATE, i32::MAX as u32);
    }
}

/// The same for models: what the kernel's hash bucket does, a lock and a queue do.
/// A deadline of 0 has passed, every other never comes.
#[cfg(loom)]
#[derive(Debug, Default)]
pub(crate) struct Futex {
    word: AtomicU32,
    bucket: loom::sync::Mutex<()>,
    queue: loom::sync::Condvar,
}

#[cfg(loom)]
impl Futex {
    pub(crate) fn sleep(&self, expected: u32, deadline: Option<Timestamp>) -> Woken {
        use super::atomic::Ordering;
        let bucket = self.bucket.lock().expect("a model's lock");
        if self.word.load(Ordering::Relaxed) != expected {
            return Woken::LookAgain;
        }
        if deadline == Some(Timestamp(0)) {
            return Woken::TimedOut;
        }
        drop(self.queue.wait(bucket).expect("a model's lock"));
        Woken::LookAgain
    }

    pub(crate) fn wake_all(&self) {
        let _bucket = self.bucket.lock().expect("a model's lock");
        self.queue.notify_all();
    }
}
