//! One being that takes part in the cycle, as everybody but the cycle sees it.

use crate::wiring::port::Told;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triune_core::Consent;
use triune_memory::Memory;
use triune_memory::search::Searcher;

/// The consent in force, for threads that outlive a being's memory.
#[derive(Clone)]
pub(in crate::wiring) struct ConsentCell(Arc<Mutex<Consent>>);

impl ConsentCell {
    pub(in crate::wiring) fn new(consent: Consent) -> Self {
        Self(Arc::new(Mutex::new(consent)))
    }

    /// What is allowed now.
    pub(in crate::wiring) fn get(&self) -> Consent {
        *lock(&self.0)
    }

    pub(super) fn set(&self, consent: Consent) {
        *lock(&self.0) = consent;
    }
}

/// A being that takes part.
pub(in crate::wiring) struct Resident {
    pub(in crate::wiring) memory: Memory,
    pub(in crate::wiring) consent: ConsentCell,
    pub(in crate::wiring) searcher: Searcher,
    pub(in crate::wiring) told: Mutex<rtrb::Producer<Told>>,
    /// Held while its consent or its parameters change, so that they do one after the other. A lock
    /// of its own: a refusal waits for no other being, and for none that comes or goes.
    pub(super) changing: Mutex<()>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
