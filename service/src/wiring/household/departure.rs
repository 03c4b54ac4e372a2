//! How a being leaves the cycle: to sleep, or for ever.

use super::arrival::{commanded, failed};
use super::members::Household;
use super::resident::{Resident, lock};
use crate::kernel_api::KernelError;
use crate::wiring::activation::Discovery;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use triune_core::{BeingId, Consent};
use triune_engine::CommandError;
use triune_memory::search::WordsError;
use triune_memory::{EraseError, Erased, LockError, Memory, erase_being};

/// How long requests that are reading a memory may keep it open.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How often they are asked.
pub(super) const INTERVAL: Duration = Duration::from_millis(2);

type TakenOut = (Memory, Result<(), WordsError>, Arc<Discovery>);

impl Household {
    /// Lets a being sleep: it keeps everything and takes no part. It sleeps too where its memory
    /// cannot be closed in order; the error says so then.
    pub(super) fn let_sleep(&self, being: BeingId) -> Result<(), KernelError> {
        may_sleep(being)?;
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
        let (memory, words, discovery) = match self.take_out(being) {
            Ok(out) => out,
            Err(error) => {
                // It takes part as before, so it must not sleep after the next start.
                asleep.note(being, false).map_err(|left| {
                    failed(format!(
                        "{error}; awake, but asleep after a restart: {left}"
                    ))
                })?;
                return Err(error);
            }
        };
        // While the memory holds the folder against everybody else.
        let found = discovery.store().map_err(failed);
        let closed = memory.close().map_err(failed);
        self.count_asleep();
        closed
            .and(words.map_err(failed))
            .and(found)
            .map_err(|error| failed(format!("asleep, but not all of it is on the disk: {error}")))
    }

    /// Ends a being and everything that it ever wrote.
    pub(super) fn erase(&self, being: BeingId) -> Result<Erased, KernelError> {
        let mut asleep = lock(&self.asleep);
        let erased = if self.resident(being).is_some() {
            // Words that could not be written are erased like those that were.
            let (memory, ..) = self.take_out(being)?;
            if being == BeingId::FIRST {
                // Nothing is sensed for a being that is no more.
                self.first_consent.set(Consent::NONE);
            }
            memory.erase()
        } else {
            let known = self.is_known(being);
            let erased = erase_being(&self.setup.data.join("memory"), being);
            // An erasure that was cut off has left files of somebody who is not known any more.
            if !known && erased.as_ref().is_ok_and(|erased| erased.files == 0) {
                return Err(KernelError::NoSuchBeing(being));
            }
            erased
        }
        .map_err(|error| match error {
            EraseError::Lock(LockError::InUse { .. }) => KernelError::InUse(being),
            other => failed(other),
        });
        if erased.is_ok() {
            self.forget_troubles(being);
        }
        // The first being begins anew, also when something of the old one could not be removed.
        let begun = match being {
            BeingId::FIRST => self.take_in(being, None),
            _ => Ok(()),
        };
        if let Err(error) = &begun {
            self.note_absence_of_the_first(error);
        }
        self.count_asleep();
        let erased = erased?;
        log::info!("being {being} is erased");
        if let Err(error) = asleep.note(being, false) {
            // The list names somebody who is no more, which wakes and hides nobody.
            log::warn!("beings: the list of those asleep cannot be written: {error}");
        }
        begun.map(|()| erased).map_err(|error| {
            failed(format!(
                "erased; the first being begins anew when it can: {error}"
            ))
        })
    }

    /// Takes a being out of the kernel and away from everybody who serves it; gives its memory, and
    /// whether all that it was told is in its catalogue, and its patterns. What cannot be done leaves everything as it
    /// was.
    fn take_out(&self, being: BeingId) -> Result<TakenOut, KernelError> {
        let control = self.control()?;
        let resident = self.claim(being, PATIENCE)?;
        // The cycle's sides that came back when nobody waited any longer end here.
        drop(control.take_unclaimed());
        match control.remove(being) {
            // The cycle's side ends on this thread.
            Ok(aboard) => drop(aboard),
            // It left the cycle when nobody waited for that any longer; the rest follows now.
            Err(CommandError::UnknownBeing(_)) => {}
            Err(error) => {
                self.put_back(being, resident);
                return Err(commanded(being, &error));
            }
        }
        self.askers.close(being);
        self.watched.close(being);
        let Resident {
            memory,
            searcher,
            discovery,
            ..
        } = resident;
        let words = memory.unwatch(&self.setup.indexer, &searcher);
        Ok((memory, words, discovery))
    }

    /// Takes a being from its readers, when none of them reads it just now. Until then it stays
    /// where it is: a being that is read for longer than `patience` has not gone anywhere.
    pub(super) fn claim(
        &self,
        being: BeingId,
        patience: Duration,
    ) -> Result<Resident, KernelError> {
        let until = Instant::now() + patience;
        loop {
            let mut residents = self
                .residents
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            let resident = residents
                .remove(&being)
                .ok_or(KernelError::NoSuchBeing(being))?;
            match Arc::try_unwrap(resident) {
                Ok(resident) => return Ok(resident),
                Err(shared) => residents.insert(being, shared),
            };
            drop(residents);
            if Instant::now() >= until {
                return Err(KernelError::InUse(being));
            }
            std::thread::sleep(INTERVAL);
        }
    }

    fn put_back(&self, being: BeingId, resident: Resident) {
        self.residents
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(being, Arc::new(resident));
    }

    /// Closes every memory in order, after the kernel has ended.
    pub(in crate::wiring) fn close(&self) -> Result<(), triune_memory::CloseError> {
        self.askers.entries().clear();
        self.watched.entries().clear();
        if let Ok(control) = self.control() {
            drop(control.take_unclaimed());
        }
        let beings: Vec<BeingId> = self
            .residents
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .copied()
            .collect();
        let mut outcome = Ok(());
        for being in beings {
            match self.claim(being, PATIENCE) {
                Ok(resident) => {
                    let memory = resident.memory;
                    let words = memory.unwatch(&self.setup.indexer, &resident.searcher);
                    if let Err(error) = words {
                        log::error!("memory: {error}");
                    }
                    if let Err(error) = resident.discovery.store() {
                        log::error!("patterns: being {being}: {error}");
                    }
                    outcome = outcome.and(memory.close());
                }
                // A request is still reading: dropping the last end makes everything durable.
                Err(error) => log::warn!("memory: being {being}: {error}"),
            }
        }
        outcome
    }
}

/// Whether a being may sleep at all.
pub(super) fn may_sleep(being: BeingId) -> Result<(), KernelError> {
    if being == BeingId::FIRST {
        return Err(KernelError::Refused {
            why: "the first being never sleeps: stop the service instead".to_owned(),
        });
    }
    Ok(())
}
