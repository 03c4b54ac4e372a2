//! What may be changed of a being that takes part.

use super::arrival::{commanded, failed};
use super::members::Household;
use super::resident::{Resident, lock};
use crate::http::{ConsentChange, ConsentError, ToldError};
use crate::kernel_api::KernelError;
use std::collections::BTreeMap;
use std::sync::Arc;
use triune_core::{BeingId, Consent, Parameters, Sense, Timestamp, ToldPercept};
use triune_engine::CommandError;
use triune_hal::clock;
use triune_memory::catalog::{ConsentSource, Profile};

impl Household {
    /// Tells words to a being; gives how many it takes.
    pub(in crate::wiring) fn tell(&self, being: BeingId, words: &str) -> Result<usize, ToldError> {
        let told = ToldPercept::from_text(words);
        if told.count == 0 {
            return Err(ToldError::NoWords);
        }
        let resident = self.resident(being).ok_or(ToldError::NoSuchBeing(being))?;
        let texts = resident.memory.texts();
        // Held from the time to the push: memory knows tellings that begin alike by their order.
        let mut way = lock(&resident.told);
        let said = Timestamp(clock::now_ns());
        // Memory looks for the text when the moment arrives there, so it must be first.
        if resident.consent.get().allows(Sense::Remember) {
            texts.note(told.fingerprint(), said, words);
        }
        if way.push((told, said)).is_err() {
            texts.take_back(told.fingerprint(), said);
            return Err(ToldError::Full);
        }
        Ok(told.count as usize)
    }

    /// What a being consents to.
    ///
    /// # Errors
    /// [`ConsentError::NoSuchBeing`] or [`ConsentError::Asleep`].
    pub(in crate::wiring) fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        Ok(self.consenting(being)?.consent.get())
    }

    fn consenting(&self, being: BeingId) -> Result<Arc<Resident>, ConsentError> {
        match self.resident(being) {
            Some(resident) => Ok(resident),
            None if self.is_known(being) => Err(ConsentError::Asleep(being)),
            None => Err(ConsentError::NoSuchBeing(being)),
        }
    }

    /// Changes a being's consent. What is refused is refused from the next cycle on, before
    /// anything else is tried; what is newly allowed is allowed when it is logged and durable.
    pub(in crate::wiring) fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError> {
        let resident = self.consenting(being)?;
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
        log::info!("consent of {being} is now {in_force:?}");
        durable
            .map(|_| in_force)
            .map_err(|error| ConsentError::NotDurable {
                why: error.to_string(),
            })
    }

    /// Tunes a being: all values or none.
    pub(super) fn tune(
        &self,
        being: BeingId,
        values: &BTreeMap<String, f32>,
    ) -> Result<Parameters, KernelError> {
        let resident = self.awake(being)?;
        let _order = lock(&resident.changing);
        let mut parameters = resident.memory.parameters();
        for (name, &value) in values {
            parameters
                .set(name, value)
                .map_err(|error| KernelError::Invalid {
                    why: error.to_string(),
                })?;
        }
        self.control()?
            .set_parameters(being, parameters)
            .map_err(|error| commanded(being, &error))?;
        resident
            .memory
            .set_parameters(parameters)
            .map_err(|error| failed(format!("in force, but not on the disk: {error}")))?;
        Ok(parameters)
    }

    /// Calls a being something else.
    pub(super) fn rename(&self, being: BeingId, name: &str) -> Result<(), KernelError> {
        let resident = self.awake(being)?;
        let catalog = resident.memory.catalog();
        let before = catalog.profile().map_err(failed)?;
        let profile = match &before {
            Some(before) => Profile::created_at(name, before.note(), before.created_unix()),
            None => Profile::new(name, ""),
        };
        let profile = profile.map_err(|error| KernelError::Invalid {
            why: error.to_string(),
        })?;
        catalog.set_profile(&profile).map_err(failed)
    }
}

/// What both allow.
fn both(one: Consent, other: Consent) -> Consent {
    Sense::ALL.into_iter().fold(one, |both, sense| {
        both.with(sense, one.allows(sense) && other.allows(sense))
    })
}
