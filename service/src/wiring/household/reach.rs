//! The way to a being's memory, whether the being takes part or sleeps.

use super::arrival::opening;
use super::asleep::Asleep;
use super::departure::{INTERVAL, PATIENCE};
use super::members::Household;
use super::resident::Resident;
use crate::kernel_api::KernelError;
use std::path::Path;
use std::sync::{Arc, MutexGuard, TryLockError};
use std::time::{Duration, Instant};
use triune_core::BeingId;
use triune_memory::{Memory, Opened};

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
    /// A sleeper that is exported is waited for, and so is whoever comes or goes, though not for
    /// ever.
    pub(super) fn reach(&self, being: BeingId) -> Result<Reached<'_>, KernelError> {
        self.reach_within(being, PATIENCE)
    }

    pub(super) fn reach_within(
        &self,
        being: BeingId,
        patience: Duration,
    ) -> Result<Reached<'_>, KernelError> {
        let until = Instant::now() + patience;
        loop {
            match self.reach_now(being) {
                Err(KernelError::InUse(_) | KernelError::Busy) if Instant::now() < until => {
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
        let _order = match self.asleep.try_lock() {
            Ok(order) => order,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(KernelError::Busy),
        };
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

    /// Reads of a being: in its open memory where it takes part, otherwise in its files. These are
    /// opened, which writes to them, only where `look` finds nothing, as after damage.
    pub(super) fn read_of<T>(
        &self,
        being: BeingId,
        look: impl FnOnce(&Path) -> Option<T>,
        read: impl FnOnce(&Memory) -> Result<T, KernelError>,
    ) -> Result<T, KernelError> {
        if self.resident(being).is_none()
            && let Some(found) = look(&self.setup.data.join("memory"))
        {
            return Ok(found);
        }
        read(self.reach(being)?.memory())
    }
}
