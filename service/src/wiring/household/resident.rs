//! One being that takes part in the cycle, as everybody but the cycle sees it.

use crate::wiring::activation::Discovery;
use crate::wiring::port::Told;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triune_core::{Consent, Sense, Timestamp};
use triune_hal::clock;
use triune_memory::Memory;
use triune_memory::search::Searcher;

/// The consent in force, for threads that outlive a being's memory.
#[derive(Clone)]
pub(in crate::wiring) struct ConsentCell(Arc<Mutex<Standing>>);

#[derive(Clone, Copy)]
struct Standing {
    consent: Consent,
    /// When what is allowed was last allowed, in the order of [`Sense::ALL`].
    since: [Timestamp; Sense::ALL.len()],
}

impl ConsentCell {
    pub(in crate::wiring) fn new(consent: Consent) -> Self {
        Self(Arc::new(Mutex::new(Standing {
            consent,
            since: [Timestamp(clock::now_ns()); Sense::ALL.len()],
        })))
    }

    /// What is allowed now.
    pub(in crate::wiring) fn get(&self) -> Consent {
        lock(&self.0).consent
    }

    /// Since when a sense is allowed without a break; `None` while it is refused. What it noticed
    /// before belongs to nobody.
    pub(in crate::wiring) fn allowed_since(&self, sense: Sense) -> Option<Timestamp> {
        let standing = *lock(&self.0);
        let mut each = Sense::ALL.into_iter().zip(standing.since);
        each.find(|&(one, _)| one == sense && standing.consent.allows(one))
            .map(|(_, since)| since)
    }

    pub(in crate::wiring) fn set(&self, consent: Consent) {
        let mut standing = lock(&self.0);
        let now = Timestamp(clock::now_ns());
        let before = std::mem::replace(&mut standing.consent, consent);
        for (sense, since) in Sense::ALL.into_iter().zip(&mut standing.since) {
            if consent.allows(sense) && !before.allows(sense) {
                *since = now;
            }
        }
    }
}

/// A being that takes part.
pub(in crate::wiring) struct Resident {
    pub(in crate::wiring) memory: Memory,
    pub(in crate::wiring) consent: ConsentCell,
    pub(in crate::wiring) searcher: Searcher,
    pub(in crate::wiring) discovery: Arc<Discovery>,
    pub(in crate::wiring) told: Mutex<rtrb::Producer<Told>>,
    /// Held while its consent or its parameters change, so that they do one after the other. A lock
    /// of its own: a refusal waits for no other being, and for none that comes or goes.
    pub(super) changing: Mutex<()>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
