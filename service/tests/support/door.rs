//! A door in front of work.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex};

/// Where work waits while it is shut, as for a disk that does not answer.
#[derive(Default)]
pub(crate) struct Door {
    shut: Mutex<bool>,
    opened: Condvar,
    waiting: AtomicU32,
}

impl Door {
    pub(crate) fn shut(&self) {
        *self.shut.lock().expect("the door") = true;
    }

    pub(crate) fn open(&self) {
        *self.shut.lock().expect("the door") = false;
        self.opened.notify_all();
    }

    /// How many wait in front of it.
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let shut = self.shut.lock().expect("the door");
        drop(
            self.opened
                .wait_while(shut, |shut| *shut)
                .expect("the door"),
        );
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
