//! How a being leaves the cycle: to sleep, or for ever.

use super::arrival::{commanded, failed};
use super::members::Household;
use super::resident::{Resident, lock};
use crate::kernel_api::KernelError;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use triune_core::BeingId;
use triune_memory::{Erased, Memory, erase_being};

/// How long requests that are reading a memory may keep it open.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often they are asked.
const INTERVAL: Duration = Duration::from_millis(2);

impl Household {
    /// Lets a being sleep: it keeps everything and takes no part.
    pub(super) fn let_sleep(&self, being: BeingId) -> Result<(), KernelError> {
        if being == BeingId::FIRST {
            return Err(KernelError::Refused {
                why: "the first being never sleeps: stop the service instead".to_owned(),
            });
        }
        let mut asleep = lock(&self.asleep);
        if self.resident(being).is_none() {
            return if self.is_known(being) {
                Ok(())
            } else {
                Err(KernelError::NoSuchBeing(being))
            };
        }
        // First on the disk: a power cut must not wake it again.
        asleep.note(being, true).map_err(failed)?;
        self.take_out(being)?.close().map_err(failed)
    }

    /// Ends a being and everything that it ever wrote.
    pub(super) fn erase(&self, being: BeingId) -> Result<Erased, KernelError> {
        let mut asleep = lock(&self.asleep);
        let erased = if self.resident(being).is_some() {
            self.take_out(being)?.erase().map_err(failed)?
        } else if self.is_known(being) {
            erase_being(&self.setup.data.join("memory"), being).map_err(failed)?
        } else {
            return Err(KernelError::NoSuchBeing(being));
        };
        asleep.note(being, false).map_err(failed)?;
        log::info!("being {being} is erased");
        if being == BeingId::FIRST {
            self.take_in(being)?;
        }
        Ok(erased)
    }

    /// Takes a being out of the kernel and away from everybody who serves it; gives its memory.
    fn take_out(&self, being: BeingId) -> Result<Memory, KernelError> {
        let removed = self.control()?.remove(being);
        let aboard = removed.map_err(|error| commanded(being, &error))?;
        // The cycle's side ends here, on this thread.
        drop(aboard);
        self.askers.close(being);
        self.watched.close(being);
        let resident = self
            .residents
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&being)
            .ok_or(KernelError::NoSuchBeing(being))?;
        self.alone(resident)
    }

    /// Waits until nobody reads the memory any more.
    fn alone(&self, resident: Arc<Resident>) -> Result<Memory, KernelError> {
        let mut resident = resident;
        let until = Instant::now() + PATIENCE;
        loop {
            match Arc::try_unwrap(resident) {
                Ok(resident) => {
                    self.setup.indexer.forget(&resident.searcher);
                    return Ok(resident.memory);
                }
                Err(shared) if Instant::now() < until => {
                    resident = shared;
                    std::thread::sleep(INTERVAL);
                }
                // It closes when the last of them is done.
                Err(_) => return Err(KernelError::Busy),
            }
        }
    }

    /// Closes every memory in order, after the kernel has ended.
    pub(in crate::wiring) fn close(&self) -> Result<(), triune_memory::CloseError> {
        let residents = std::mem::take(
            &mut *self
                .residents
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
        self.askers.entries().clear();
        self.watched.entries().clear();
        let mut outcome = Ok(());
        for (being, resident) in residents {
            match self.alone(resident) {
                Ok(memory) => outcome = outcome.and(memory.close()),
                // A request is still reading: dropping the last end makes everything durable.
                Err(error) => log::warn!("memory: being {being}: {error}"),
            }
        }
        outcome
    }
}
