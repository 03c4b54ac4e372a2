//! One flag that ends everything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Says that the service is to end. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    flag: AtomicBool,
    lock: Mutex<()>,
    wake: Condvar,
}

impl Stop {
    /// Ends everything, at once for those that wait in [`Stop::wait`].
    pub fn set(&self) {
        self.0.flag.store(true, Ordering::SeqCst);
        let _held = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.wake.notify_all();
    }

    /// Whether the end has been asked for.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.flag.load(Ordering::Relaxed)
    }

    /// The bare flag, for the cycle thread.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0.flag
    }

    /// Waits for `span` or until the end; true if the end has come.
    #[must_use]
    pub fn wait(&self, span: Duration) -> bool {
        let until = Instant::now() + span;
        let mut held = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if self.is_set() || left.is_zero() {
                return self.is_set();
            }
            held = self
                .0
                .wake
                .wait_timeout(held, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}
