//! What a thread does for each being, while beings come and go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triune_core::BeingId;

/// One entry for each being that a thread serves. Clones share the entries.
pub(super) struct Desk<T>(Arc<Mutex<BTreeMap<BeingId, T>>>);

impl<T> Default for Desk<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Desk<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Desk<T> {
    /// Begins to serve a being.
    pub(super) fn open(&self, being: BeingId, entry: T) {
        self.entries().insert(being, entry);
    }

    /// Serves the being no more. Returns when nobody works on its entry.
    pub(super) fn close(&self, being: BeingId) {
        self.entries().remove(&being);
    }

    /// The entries, held until the guard is dropped: never longer than one round.
    pub(super) fn entries(&self) -> MutexGuard<'_, BTreeMap<BeingId, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
