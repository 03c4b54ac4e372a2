//! What a being consents to, whether it takes part or sleeps.

use super::arrival::opening;
use super::asleep::Asleep;
use super::departure::{INTERVAL, PATIENCE};
use super::members::Household;
use super::resident::{Resident, lock};
use super::troubles::EndedBy;
use crate::http::{ConsentChange, ConsentError};
use crate::kernel_api::KernelError;
use std::sync::{Arc, MutexGuard};
use std::time::Instant;
use triune_core::{BeingId, Consent, Sense};
use triune_engine::CommandError;
use triune_memory::catalog::ConsentSource;
use triune_memory::{Durable, Memory, Opened};

/// A being's memory, wherever the being is.
pub(super) enum Reached<'a> {
    /// It takes part.
    Awake(Arc<Resident>),
    /// It sleeps: nobody else opens its memory meanwhile, and nobody comes or goes.
    AtRest {
        memory: Memory,
        _order: MutexGuard<'a, Asleep>,
    },
}

impl Reached<'_> {
    pub(super) fn memory(&self) -> &Memory {
        match self {
            Self::Awake(resident) => &resident.memory,
            Self::AtRest { memory, .. } => memory,
        }
    }
}

impl Household {
    /// Reaches a being's memory; that of a sleeper is opened for it and closed when this is dropped.
    /// A sleeper that is exported is waited for, though not for ever.
    pub(super) fn reach(&self, being: BeingId) -> Result<Reached<'_>, KernelError> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.reach_now(being) {
                Err(KernelError::InUse(_)) if Instant::now() < until => {
                    std::thread::sleep(INTERVAL);
                }
                reached => return reached,
            }
        }
    }

    fn reach_now(&self, being: BeingId) -> Result<Reached<'_>, KernelError> {
        if let Some(resident) = self.resident(being) {
            return Ok(Reached::Awake(resident));
        }
        let _order = lock(&self.asleep);
        // It may have woken while others came or went.
        if let Some(resident) = self.resident(being) {
            return Ok(Reached::Awake(resident));
        }
        if !self.is_known(being) {
            return Err(KernelError::NoSuchBeing(being));
        }
        let Opened { memory, report, .. } = self
            .setup
            .memories
            .open_being(being)
            .map_err(|error| opening(being, &error))?;
        self.note_recovery(being, &report, &memory);
        Ok(Reached::AtRest { memory, _order })
    }

    /// What a being consents to. May wait for the disk where it sleeps.
    ///
    /// # Errors
    /// [`ConsentError::NoSuchBeing`] or [`ConsentError::InUse`].
    pub(in crate::wiring) fn consent(&self, being: BeingId) -> Result<Consent, ConsentError> {
        match self.reach(being).map_err(out_of_reach)? {
            Reached::Awake(resident) => Ok(resident.consent.get()),
            Reached::AtRest { memory, .. } => Ok(memory.consent()),
        }
    }

    /// Changes a being's consent. What is refused is refused from the next cycle on, before
    /// anything else is tried; what is newly allowed is allowed when it is logged and durable. A
    /// sleeper wakes with it.
    pub(in crate::wiring) fn change_consent(
        &self,
        being: BeingId,
        change: &ConsentChange,
    ) -> Result<Consent, ConsentError> {
        let reached = self.reach(being).map_err(out_of_reach)?;
        let (durable, in_force) = match &reached {
            Reached::Awake(resident) => self.consent_anew(being, resident, change)?,
            Reached::AtRest { memory, .. } => {
                let after = change.apply(memory.consent());
                let durable = memory.set_consent(after, ConsentSource::Api);
                (durable, memory.consent())
            }
        };
        self.trouble_ended(being, EndedBy::Consent);
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

fn out_of_reach(error: KernelError) -> ConsentError {
    match error {
        KernelError::NoSuchBeing(being) => ConsentError::NoSuchBeing(being),
        KernelError::InUse(being) => ConsentError::InUse(being),
        other => ConsentError::NotInForce {
            why: other.to_string(),
        },
    }
}

/// What both allow.
fn both(one: Consent, other: Consent) -> Consent {
    Sense::ALL.into_iter().fold(one, |both, sense| {
        both.with(sense, one.allows(sense) && other.allows(sense))
    })
}
