//! What may be changed of a being that takes part.

use super::arrival::{commanded, failed};
use super::departure::may_sleep;
use super::members::Household;
use super::resident::lock;
use super::troubles::EndedBy;
use crate::http::ToldError;
use crate::kernel_api::{BeingChange, KernelError};
use std::collections::BTreeMap;
use triune_core::{BeingId, Parameters, Sense, Timestamp, ToldPercept};
use triune_hal::clock;
use triune_memory::catalog::Profile;

impl Household {
    /// Tells words to a being; gives how many it takes.
    pub(in crate::wiring) fn tell(&self, being: BeingId, words: &str) -> Result<usize, ToldError> {
        let told = ToldPercept::from_text(words);
        if told.count == 0 {
            return Err(ToldError::NoWords);
        }
        let resident = self.resident(being).ok_or_else(|| {
            if self.is_known(being) {
                ToldError::Asleep(being)
            } else {
                ToldError::NoSuchBeing(being)
            }
        })?;
        // The kernel does not hear for those who wait: in the next burst the words would be old.
        if self.waits(being) {
            return Err(ToldError::Waits(being));
        }
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

    /// Renames a being, wakes it, or lets it sleep. What can be refused is refused before anything
    /// is done.
    pub(super) fn change(&self, being: BeingId, change: &BeingChange) -> Result<(), KernelError> {
        let name = change.name.as_deref();
        name.map(|name| Profile::new(name, ""))
            .transpose()
            .map_err(|error| KernelError::Invalid {
                why: error.to_string(),
            })?;
        if change.awake == Some(false) {
            may_sleep(being)?;
        }
        // A sleeper is renamed after it woke, and one that is sent to sleep before.
        if change.awake == Some(true) {
            self.wake(being)?;
        }
        if let Some(name) = name {
            self.rename(being, name)
                .map_err(|error| match change.awake {
                    Some(true) => failed(format!("awake, but called as before: {error}")),
                    _ => error,
                })?;
        }
        if change.awake == Some(false) {
            self.let_sleep(being).map_err(|error| match name {
                Some(_) if self.resident(being).is_some() => {
                    failed(format!("renamed, but not asleep: {error}"))
                }
                Some(_) => failed(format!("renamed and {error}")),
                None => error,
            })?;
        }
        Ok(())
    }

    /// Calls a being something else.
    fn rename(&self, being: BeingId, name: &str) -> Result<(), KernelError> {
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
        catalog.set_profile(&profile).map_err(failed)?;
        self.trouble_ended(being, EndedBy::Naming);
        Ok(())
    }
}
