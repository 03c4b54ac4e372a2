//! What a being consents to, whether it takes part or sleeps.

use super::members::Household;
use super::reach::Reached;
use super::resident::{Resident, lock};
use super::troubles::EndedBy;
use crate::http::{ConsentChange, ConsentError};
use crate::kernel_api::KernelError;
use triune_core::{BeingId, Consent, Sense};
use triune_engine::CommandError;
use triune_memory::catalog::ConsentSource;
use triune_memory::{Durable, consent_at_rest};

impl Household {
    /// What a being consents to. May wait for the disk where it sleeps.
    ///
    /// # Errors
    /// [`ConsentError::NoSuchBeing`], [`ConsentError::InUse`], [`ConsentError::Full`] or
    /// [`ConsentError::Unreadable`].
    pub(in crate::wiring) fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        if let Some(resident) = self.resident(being) {
            return Ok(resident.consent.get());
        }
        self.read_of(
            being,
            |root| consent_at_rest(root, being),
            |memory| Ok(memory.consent()),
        )
        .map_err(|error| out_of_reach(error, |why| ConsentError::Unreadable { why }))
    }

    /// Changes a being's consent. What is refused is refused from the next cycle on, before
    /// anything else is tried; what is newly allowed is allowed when it is logged and durable. A
    /// sleeper wakes with it.
    pub(in crate::wiring) fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError> {
        let reached = self
            .reach(being)
            .map_err(|error| out_of_reach(error, |why| ConsentError::NotInForce { why }))?;
        let (durable, in_force) = match &reached {
            Reached::Awake(resident) => self.consent_anew(being, resident, change)?,
            Reached::AtRest { memory, .. } => {
                let after = change.apply(memory.consent());
                let durable = memory.set_consent(after, ConsentSource::Api);
                (durable, memory.consent())
            }
        };
        // What is refused still, or may be lost again, is not given anew.
        if durable.is_ok() && in_force != Consent::NONE {
            self.trouble_ended(being, EndedBy::Consent);
        }
        log::info!("consent of {being} is now {in_force:?}");
        durable
            .map(|_| in_force)
            .map_err(|error| ConsentError::NotDurable {
                why: error.to_string(),
            })
    }

    /// The same of a being that takes part; whether it is durable, and what is in force.
    fn consent_anew(
        &self,
        being: BeingId,
        resident: &Resident,
        change: &ConsentChange,
    ) -> Result<(Result<Durable, triune_memory::ConsentError>, Consent), ConsentError> {
        // One change after the other, each on top of the one before.
        let _order = lock(&resident.changing);
        let before = resident.memory.consent();
        let after = change.apply(before);
        let put = |consent: Consent| {
            let control = self.control.get().ok_or(ConsentError::Full)?;
            control
                .set_consent(being, consent)
                .map_err(|error| match error {
                    CommandError::UnknownBeing(_) => ConsentError::NoSuchBeing(being),
                    CommandError::Busy => ConsentError::Full,
                    other => ConsentError::NotInForce {
                        why: other.to_string(),
                    },
                })?;
            resident.consent.set(consent);
            Ok(())
        };
        put(both(before, after))?;
        let durable = resident.memory.set_consent(after, ConsentSource::Api);
        let in_force = resident.memory.consent();
        put(in_force)?;
        Ok((durable, in_force))
    }
}

fn out_of_reach(error: KernelError, other: impl FnOnce(String) -> ConsentError) -> ConsentError {
    match error {
        KernelError::NoSuchBeing(being) => ConsentError::NoSuchBeing(being),
        KernelError::InUse(being) => ConsentError::InUse(being),
        KernelError::Busy => ConsentError::Full,
        unforeseen => other(unforeseen.to_string()),
    }
}

/// What both allow.
fn both(one: Consent, other: Consent) -> Consent {
    Sense::ALL.into_iter().fold(one, |both, sense| {
        both.with(sense, one.allows(sense) && other.allows(sense))
    })
}
