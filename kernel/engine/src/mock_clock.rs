//! A clock that stands still until it is told to go on.

use crate::clock::Clock;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use triune_core::{Nanoseconds, Timestamp};

/// A clock for tests: sleeping jumps to the deadline plus the next scripted delay.
/// Clones share the same time.
#[derive(Clone, Debug, Default)]
pub struct MockClock {
    now: Arc<AtomicU64>,
    delays: Arc<Mutex<VecDeque<Nanoseconds>>>,
}

impl MockClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: Arc::new(AtomicU64::new(now.0)),
            delays: Arc::default(),
        }
    }

    /// Lets time pass, as work does.
    pub fn advance(&self, span: Nanoseconds) {
        self.now.fetch_add(span, Ordering::SeqCst);
    }

    /// Makes the next sleeps end that much after their deadlines; later ones are exact.
    pub fn delay_sleeps(&self, delays: impl IntoIterator<Item = Nanoseconds>) {
        self.delays
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(delays);
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, deadline: Timestamp) {
        let delay = self
            .delays
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let woken = deadline.0 + delay.unwrap_or(0);
        self.now.fetch_max(woken, Ordering::SeqCst);
    }

    fn pause(&self) {
        self.advance(100);
    }
}
