//! The beings that take part, and the way to each.

use super::asleep::Asleep;
use super::comeback::Attempts;
use super::faults::FaultDesk;
use super::resident::{ConsentCell, Resident, lock};
use super::troubles::Trouble;
use crate::kernel_api::{BeingsCount, KernelError};
use crate::wiring::activation::Watched;
use crate::wiring::desk::Desk;
use crate::wiring::port::Port;
use crate::wiring::recall::Asker;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use triune_board::KernelSpec;
use triune_core::{BeingId, Consent};
use triune_engine::{Counters, KernelControl, LoopGrant, StatePage, StatePages};
use triune_memory::search::Indexer;
use triune_memory::{DirectoryError, Memories, beings_in};

/// Folder of beings that come and go as files, under the data.
pub(super) const SPOOL: &str = "spool";

/// What a household is made of.
pub(in crate::wiring) struct HouseholdSetup {
    /// Folder of all data.
    pub(in crate::wiring) data: PathBuf,
    /// How the board runs its kernel.
    pub(in crate::wiring) spec: KernelSpec,
    /// The rate that is set.
    pub(in crate::wiring) rate_hz: u32,
    /// Where the memories are.
    pub(in crate::wiring) memories: Memories,
    /// Bytes that a being's crystals may take.
    pub(in crate::wiring) crystal_bytes: u64,
    /// Keeps the memories' indexes.
    pub(in crate::wiring) indexer: Indexer,
    /// What is made to fail.
    pub(in crate::wiring) faults: FaultDesk,
}

/// All beings of this board.
pub(in crate::wiring) struct Household {
    pub(super) setup: HouseholdSetup,
    /// Set once the kernel runs.
    pub(super) control: OnceLock<KernelControl<Port>>,
    pub(super) residents: RwLock<BTreeMap<BeingId, Arc<Resident>>>,
    /// The first being's consent, whatever becomes of its memory.
    pub(super) first_consent: ConsentCell,
    /// Who sleeps. Held while beings come and go, so that they do one after the other.
    pub(super) asleep: Mutex<Asleep>,
    /// How many beings lie in memory and take no part, counted when that changes.
    pub(super) asleep_count: AtomicU32,
    /// Held while rate or policy change. What they are is read without it: a change waits for a
    /// cycle, and whoever asks how things are does not.
    pub(super) kernel_changing: Mutex<()>,
    pub(super) rate_hz: Mutex<u32>,
    pub(super) policy: Mutex<triune_board::OverrunSpec>,
    /// What each loop's thread was granted, where it has one.
    pub(super) loop_grants: OnceLock<Vec<LoopGrant>>,
    pub(super) last_burst_end: Mutex<Option<String>>,
    pub(super) troubles: Mutex<Vec<Trouble>>,
    /// When the first being is tried again, where it could not begin anew.
    pub(super) comeback: Mutex<Attempts>,
    pub(in crate::wiring) askers: Desk<Asker>,
    pub(in crate::wiring) watched: Desk<Watched>,
}

impl Household {
    /// A household in which nobody has woken yet.
    ///
    /// # Errors
    /// When the list of sleepers cannot be read.
    pub(in crate::wiring) fn new(setup: HouseholdSetup) -> std::io::Result<Self> {
        let asleep = Asleep::read(&setup.data.join("memory"))?;
        Ok(Self {
            rate_hz: Mutex::new(setup.rate_hz),
            policy: Mutex::new(setup.spec.overrun),
            setup,
            control: OnceLock::new(),
            residents: RwLock::default(),
            first_consent: ConsentCell::new(Consent::NONE),
            asleep: Mutex::new(asleep),
            asleep_count: AtomicU32::new(0),
            kernel_changing: Mutex::default(),
            loop_grants: OnceLock::new(),
            last_burst_end: Mutex::default(),
            troubles: Mutex::default(),
            comeback: Mutex::default(),
            askers: Desk::default(),
            watched: Desk::default(),
        })
    }

    /// Learns how the kernel is commanded, and what the loops' threads were granted.
    pub(in crate::wiring) fn set_control(
        &self,
        control: KernelControl<Port>,
        loop_grants: Vec<LoopGrant>,
    ) {
        // A second kernel is never made.
        let _ = self.control.set(control);
        let _ = self.loop_grants.set(loop_grants);
    }

    /// The rate that is set, hertz.
    pub(in crate::wiring) fn rate_hz(&self) -> u32 {
        *lock(&self.rate_hz)
    }

    pub(super) fn control(&self) -> Result<&KernelControl<Port>, KernelError> {
        self.control.get().ok_or_else(|| KernelError::Failed {
            why: "the kernel has not begun yet: try again in a moment".to_owned(),
        })
    }

    /// What the kernel counts.
    pub(super) fn counters(&self) -> Result<Arc<Counters>, KernelError> {
        Ok(self.control()?.counters())
    }

    fn pages(&self) -> Option<StatePages> {
        self.control.get().map(KernelControl::pages)
    }

    /// The newest state of a being that takes part.
    pub(in crate::wiring) fn page(&self, being: BeingId) -> Option<Arc<StatePage>> {
        self.pages()?.get(being)
    }

    /// A being that takes part.
    pub(in crate::wiring) fn resident(&self, being: BeingId) -> Option<Arc<Resident>> {
        self.residents
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&being)
            .cloned()
    }

    /// The same, or why there is none.
    pub(super) fn awake(&self, being: BeingId) -> Result<Arc<Resident>, KernelError> {
        match self.resident(being) {
            Some(resident) => Ok(resident),
            None if self.is_known(being) => Err(KernelError::Asleep(being)),
            None => Err(KernelError::NoSuchBeing(being)),
        }
    }

    /// Everybody who takes part.
    pub(in crate::wiring) fn everybody(&self) -> Vec<Arc<Resident>> {
        let residents = self
            .residents
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        residents.values().cloned().collect()
    }

    /// The first being's consent.
    pub(in crate::wiring) fn first_consent(&self) -> ConsentCell {
        self.first_consent.clone()
    }

    /// Whether background work leaves the processor to a burst.
    pub(in crate::wiring) fn pause_background(&self, paused: bool) {
        self.setup.indexer.pause(paused);
    }

    /// Notes why a burst ended.
    pub(in crate::wiring) fn note_burst_end(&self, why: String) {
        *lock(&self.last_burst_end) = Some(why);
    }

    /// Whether the being lies in memory, awake or not.
    pub(super) fn is_known(&self, being: BeingId) -> bool {
        self.directory(being).is_dir()
    }

    /// Where a being lies in memory.
    pub(super) fn directory(&self, being: BeingId) -> PathBuf {
        let beings = self.setup.data.join("memory/beings");
        beings.join(being.to_string())
    }

    /// Everybody who lies in memory, awake or not, in order of their ids. Reads the names alone, so
    /// that a being whose files cannot be read keeps no other from being found.
    pub(super) fn known(&self) -> Result<Vec<BeingId>, DirectoryError> {
        beings_in(&self.setup.data.join("memory"))
    }

    /// Counts who lies in memory and takes no part. Reads the disk, so it is called where beings
    /// come and go and nowhere else.
    pub(in crate::wiring) fn count_asleep(&self) {
        let Ok(known) = self.known() else {
            return;
        };
        let asleep = known
            .into_iter()
            .filter(|&being| self.resident(being).is_none());
        let count = u32::try_from(asleep.count()).unwrap_or(u32::MAX);
        self.asleep_count.store(count, Ordering::Relaxed);
    }

    /// How many beings take part, wait for a burst, and sleep. Reads no disk.
    pub(in crate::wiring) fn beings_count(&self) -> BeingsCount {
        let counted = self
            .counters()
            .map(|counters| counters.read())
            .unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        BeingsCount {
            awake: number(counted.beings_cycling as usize),
            waiting: number(counted.beings_waiting as usize),
            asleep: self.asleep_count.load(Ordering::Relaxed),
        }
    }
}
