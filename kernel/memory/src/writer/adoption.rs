//! Taking in crystals that another being gives, on the writer's own turn.

use super::partition::Partition;
use super::statistics::Shared;
use crate::crystals::{AppendError, Crystal};
use std::sync::Arc;
use std::time::Instant;
use triune_core::{Consent, Sense};

/// Crystals on their way into this memory.
pub(crate) struct Adoption {
    pub(crate) crystals: Vec<Crystal>,
    /// Where the giver's consent stands at each moment.
    pub(crate) giver: Arc<Shared>,
}

/// What was taken in, durably.
#[derive(Debug)]
pub(crate) struct Adopted {
    /// Numbers of the crystals here, in the order in which they were handed over.
    pub(crate) sequences: Vec<u64>,
    /// Why the rest was not.
    pub(crate) stop: Option<AdoptionStop>,
}

/// Why no more was taken in.
#[derive(Debug)]
pub(crate) enum AdoptionStop {
    /// The giver does not consent to share.
    Giver,
    /// The receiver does not consent to this.
    Receiver(Sense),
    /// Appending failed.
    Failed(AppendError),
}

impl AdoptionStop {
    /// Who stands against it, if anyone does.
    pub(crate) fn of(giver: Consent, receiver: Consent) -> Option<Self> {
        if !giver.allows(Sense::Share) {
            return Some(Self::Giver);
        }
        [Sense::Share, Sense::Remember]
            .into_iter()
            .find(|&sense| !receiver.allows(sense))
            .map(Self::Receiver)
    }
}

impl Partition {
    /// Appends what is given while both sides consent, and makes it durable.
    pub(crate) fn adopt(&mut self, adoption: &Adoption) -> Result<Adopted, AppendError> {
        let mut sequences = Vec::with_capacity(adoption.crystals.len());
        let mut stop = None;
        for crystal in &adoption.crystals {
            // Here and not before: a consent that was revoked meanwhile is in force.
            stop = AdoptionStop::of(adoption.giver.consent(), self.shared.consent());
            if stop.is_some() {
                break;
            }
            match self.store.adopt(crystal) {
                Ok(sequence) => {
                    sequences.push(sequence);
                    self.note_appended(Instant::now());
                }
                Err(error) => {
                    stop = Some(AdoptionStop::Failed(error));
                    break;
                }
            }
        }
        // Also where nothing is new: what is known already may not be durable yet.
        self.store.sync()?;
        self.publish();
        Ok(Adopted { sequences, stop })
    }
}
