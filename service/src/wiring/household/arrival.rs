//! How a being comes into the cycle: from its memory, or from nothing.

use super::members::Household;
use super::resident::{ConsentCell, Resident, lock};
use super::troubles::{EndedBy, Trouble};
use crate::kernel_api::KernelError;
use crate::status::Degradation;
use crate::wiring::activation::Watched;
use crate::wiring::awakening::being_of;
use crate::wiring::latest::Giver;
use crate::wiring::port::{Ends, Port, port};
use crate::wiring::recall::Asker;
use std::sync::{Arc, Mutex, PoisonError};
use triune_board::BEINGS_MAX;
use triune_core::{ActivationAnswer, BeingId, Consent};
use triune_engine::{Command, CommandError, KernelControl, Resident as Aboard};
use triune_memory::catalog::Profile;
use triune_memory::{LockError, OpenError, Opened, erase_being};

/// A being that is ready for the kernel, and what everybody else needs of it.
pub(in crate::wiring) struct Newcomer {
    aboard: Aboard<Port>,
    settling: Settling,
}

struct RestOfEnds {
    asker: Asker,
    activation: Giver<ActivationAnswer>,
}

impl Household {
    /// Opens a being's memory and makes it ready.
    pub(in crate::wiring) fn prepare(&self, being: BeingId) -> Result<Newcomer, OpenError> {
        let opened = self.setup.memories.open_being(being)?;
        let aboard = being_of(being, &opened);
        let consent = if being == BeingId::FIRST {
            self.first_consent.clone()
        } else {
            ConsentCell::new(aboard.consent)
        };
        consent.set(aboard.consent);
        let Opened {
            memory,
            cycle,
            report,
            ..
        } = opened;
        let (port, ends) = port(being, cycle, Arc::clone(&self.setup.faults.own));
        let Ends {
            told,
            recall,
            activation,
            questions,
        } = ends;
        let searcher = memory.watch(&self.setup.indexer);
        self.note_recovery(being, &report, &memory);
        let discovery = Arc::new(self.discovery(being, &consent));
        Ok(Newcomer {
            aboard: Aboard {
                being: aboard,
                port,
            },
            settling: Settling {
                being,
                resident: Resident {
                    memory,
                    consent,
                    told: Mutex::new(told),
                    searcher: searcher.clone(),
                    discovery,
                    changing: Mutex::default(),
                },
                ends: RestOfEnds {
                    asker: Asker {
                        questions,
                        answers: recall,
                        searcher,
                    },
                    activation,
                },
            },
        })
    }

    /// Serves a being that has come into the kernel.
    pub(in crate::wiring) fn settle(&self, newcomer: Settling) {
        let Settling {
            being,
            resident,
            ends,
        } = newcomer;
        let consent = resident.consent.clone();
        let discovery = Arc::clone(&resident.discovery);
        let resident = Arc::new(resident);
        self.residents
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(being, resident);
        self.askers.open(being, ends.asker);
        if let Some(page) = self.page(being) {
            self.watched.open(
                being,
                Watched {
                    page,
                    consent,
                    answers: ends.activation,
                    discovery,
                },
            );
        }
    }

    /// Makes a new being and takes it into the kernel.
    pub(super) fn make(&self, name: Option<&str>) -> Result<BeingId, KernelError> {
        let profile = name
            .map(|name| Profile::new(name, ""))
            .transpose()
            .map_err(|error| KernelError::Invalid {
                why: error.to_string(),
            })?;
        let mut asleep = lock(&self.asleep);
        let being = self.free_id()?;
        // Whoever had this id before slept perhaps, and was erased by hand.
        asleep.note(being, false).map_err(failed)?;
        if let Err(error) = self.take_in(being, profile.as_ref()) {
            // Nobody knows of it, so nothing of it may come back at the next start.
            if let Err(left) = erase_being(&self.setup.data.join("memory"), being) {
                log::warn!("beings: being {being}, which never began, is not removed: {left}");
            }
            return Err(error);
        }
        Ok(being)
    }

    /// Lets a being that lies in memory take part again; nothing happens to one that does.
    pub(super) fn wake(&self, being: BeingId) -> Result<(), KernelError> {
        let mut asleep = lock(&self.asleep);
        if self.resident(being).is_some() {
            return Ok(());
        }
        // The first being is always there: where it is not, it begins.
        if being != BeingId::FIRST && !self.is_known(being) {
            return Err(KernelError::NoSuchBeing(being));
        }
        self.take_in(being, None)?;
        self.count_asleep();
        asleep
            .note(being, false)
            .map_err(|error| failed(format!("awake, but asleep again after a restart: {error}")))
    }

    /// Opens a being, calls it what `profile` says, and adds it to the running kernel.
    pub(super) fn take_in(
        &self,
        being: BeingId,
        profile: Option<&Profile>,
    ) -> Result<(), KernelError> {
        let control = self.control()?;
        drop(control.take_unclaimed());
        let newcomer = self
            .prepare(being)
            .map_err(|error| opening(being, &error))?;
        let Newcomer { aboard, settling } = newcomer;
        let named = match profile {
            Some(profile) => settling.resident.memory.catalog().set_profile(profile),
            None => Ok(()),
        };
        let added = named
            .map_err(failed)
            .and_then(|()| add(control, being, aboard));
        match added {
            Ok(()) => {
                self.settle(settling);
                self.trouble_ended(being, EndedBy::Waking);
            }
            Err(_) => {
                // Nothing was told to it yet.
                let _ = self.setup.indexer.forget(&settling.resident.searcher);
                if being == BeingId::FIRST {
                    // Nothing is sensed for a being that does not cycle.
                    self.first_consent.set(Consent::NONE);
                }
            }
        }
        added
    }

    /// An id that no being here has ever had.
    fn free_id(&self) -> Result<BeingId, KernelError> {
        loop {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).map_err(failed)?;
            let being = BeingId(u64::from_le_bytes(bytes));
            if being.0 != 0 && !self.is_known(being) {
                return Ok(being);
            }
        }
    }
}

/// Adds a being to the running kernel.
fn add(
    control: &KernelControl<Port>,
    being: BeingId,
    aboard: Aboard<Port>,
) -> Result<(), KernelError> {
    let Err(refused) = control.add(aboard) else {
        return Ok(());
    };
    if refused.why == CommandError::TimedOut {
        // It may still come in; then it goes out again at once, since orders are followed in
        // their order.
        drop(control.submit(Command::Remove(being)));
    }
    Err(match refused.why {
        CommandError::NoRoom { capacity } => KernelError::Full {
            most: u32::try_from(capacity).unwrap_or(u32::MAX),
        },
        why => commanded(being, &why),
    })
}

/// Who is awake from the beginning.
pub(in crate::wiring) struct Awakened {
    /// For the kernel; the first being is the first of them.
    pub(in crate::wiring) aboard: Vec<Aboard<Port>>,
    /// For [`Household::settle`], once the kernel runs.
    pub(in crate::wiring) settling: Vec<Settling>,
}

impl Household {
    /// Prepares the first being and everybody else who does not sleep.
    ///
    /// # Errors
    /// When the first being cannot be opened. Others that cannot are told of and left asleep.
    pub(in crate::wiring) fn awaken(&self) -> Result<Awakened, OpenError> {
        let mut awakened = Awakened {
            aboard: Vec::new(),
            settling: Vec::new(),
        };
        let mut take = |newcomer: Newcomer| {
            awakened.aboard.push(newcomer.aboard);
            awakened.settling.push(newcomer.settling);
        };
        take(self.prepare(BeingId::FIRST)?);
        // The first being is locked, so no other service works on this data.
        self.clear_spool();
        let mut kept_out = Vec::new();
        let asleep = lock(&self.asleep);
        let (known, unread) = match self.known() {
            Ok(known) => (known, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let others = known
            .into_iter()
            .filter(|&being| being != BeingId::FIRST && !asleep.contains(being));
        // One seat is the first being's.
        for (seat, being) in (2..).zip(others) {
            if seat > BEINGS_MAX as usize {
                kept_out.push((being, "every seat is taken".to_owned()));
                continue;
            }
            match self.prepare(being) {
                Ok(newcomer) => take(newcomer),
                Err(error) => kept_out.push((being, error.to_string())),
            }
        }
        if let Some(error) = unread {
            log::error!("beings: {error}; only the first wakes");
            self.note_trouble(Trouble {
                being: None,
                ended_by: EndedBy::Restart,
                told: Degradation {
                    what: "beings".to_owned(),
                    why: format!("only the first wakes, {error}"),
                    remedy: "mend the data folder, then restart the service".to_owned(),
                },
            });
        }
        for (being, why) in kept_out {
            log::error!("being {being} does not wake: {why}");
            self.note_trouble(Trouble {
                being: Some(being),
                ended_by: EndedBy::Waking,
                told: Degradation {
                    what: "beings".to_owned(),
                    why: format!("being {being} does not wake: {why}"),
                    remedy: "mend it, then 'triune beings wake'".to_owned(),
                },
            });
        }
        Ok(awakened)
    }
}

/// What of a newcomer stays outside the kernel.
pub(in crate::wiring) struct Settling {
    being: BeingId,
    resident: Resident,
    ends: RestOfEnds,
}

pub(super) fn failed(error: impl std::fmt::Display) -> KernelError {
    KernelError::Failed {
        why: error.to_string(),
    }
}

/// What the kernel's refusal of a command means to whoever asked.
pub(super) fn commanded(being: BeingId, error: &CommandError) -> KernelError {
    match error {
        CommandError::UnknownBeing(_) => KernelError::Asleep(being),
        CommandError::AlreadyThere(_) => KernelError::Exists(being),
        CommandError::Busy => KernelError::Busy,
        CommandError::Parameter(_)
        | CommandError::State(_)
        | CommandError::Rate(_)
        | CommandError::Policy(_) => KernelError::Invalid {
            why: error.to_string(),
        },
        CommandError::Burst(_) => KernelError::Refused {
            why: error.to_string(),
        },
        CommandError::NoRoom { .. } | CommandError::TimedOut | CommandError::Stopped => {
            failed(error)
        }
    }
}

pub(super) fn opening(being: BeingId, error: &OpenError) -> KernelError {
    match error {
        OpenError::Lock(LockError::InUse { .. }) => KernelError::InUse(being),
        _ => failed(format!("being {being} cannot be opened: {error}")),
    }
}
