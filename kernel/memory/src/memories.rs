//! The memories of many beings behind one writer thread.

use crate::catalog::{self, Catalog};
use crate::clock::BootId;
use crate::crystals::{self, CrystalRecovery, CrystalStore, StoreSettings};
use crate::directory::{DirectoryLock, create, create_root, finish_removals};
use crate::essence::{EssenceCounters, EssenceRecovery, FoundEssence};
use crate::history::{PageLock, history};
use crate::memory::{Memory, OpenError, Opened, RecoveryReport};
use crate::options::Options;
use crate::search::Texts;
use crate::wear::{Medium, Wear, WearDay};
use crate::writer::{Partition, Schedule, Shared, Writer, cycle_side, without_refused};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use triune_core::{BeingId, Consent, State};

/// The memories of the beings under one directory, all written by one thread.
///
/// Beings are opened, closed and erased one by one while others go on. Each fails and recovers for
/// itself. They share the disk's time: while it takes long over one being's sync, or over setting a
/// segment aside, the moments of the others wait in their rings ([`Options::ring_records`]), and
/// become durable that much later than [`Options::flush_window`] says. The thread ends when this and every [`Memory`] that was opened by it are gone.
pub struct Memories {
    root: PathBuf,
    options: Options,
    writer: Arc<Writer>,
    wear: Wear,
    /// Each being's share of the wear, kept while it is closed.
    shares: Mutex<HashMap<BeingId, Wear>>,
}

impl Memories {
    /// Starts the writer for beings under the memory directory `root`, which is made when it is missing,
    /// and finishes the erasure of beings that a power cut interrupted.
    ///
    /// # Errors
    /// [`OpenError::Options`], [`OpenError::Directory`], [`OpenError::Erase`] or
    /// [`OpenError::Writer`].
    pub fn open(root: &Path, options: &Options) -> Result<Self, OpenError> {
        options.check()?;
        create_root(options.disk.as_ref(), root)?;
        finish_removals(root)?;
        let writer = Writer::start(options.writer_cores.clone()).map_err(OpenError::Writer)?;
        Ok(Self {
            root: root.to_owned(),
            options: options.clone(),
            writer: Arc::new(writer),
            wear: Wear::new(options.wear_budget),
            shares: Mutex::default(),
        })
    }

    /// What all beings' stores hand to the disk. Stores of a single being count in
    /// [`Memory::wear`], which a restart resumes; what is counted here directly it forgets.
    #[must_use]
    pub fn wear(&self) -> &Wear {
        &self.wear
    }

    /// Opens, and recovers if need be, the memory of `being`; its directory is made when it is
    /// missing.
    ///
    /// # Errors
    /// See [`OpenError`]. Damage is not among them: what stands is recovered, what does not is told
    /// in the report and never returned.
    pub fn open_being(&self, being: BeingId) -> Result<Opened, OpenError> {
        let options = &self.options;
        let directory = create(options.disk.as_ref(), &self.root, being)?;
        let lock = DirectoryLock::take(&directory)?;
        // Everything is read, and refused if need be, before anything is changed.
        let essence = FoundEssence::find(&directory, being)?;
        let recovered = essence.essence();
        let counters = recovered.map_or_else(EssenceCounters::default, |essence| essence.counters);
        let segments = crystals::find(&directory, being, counters.last_crystal)?;
        let wear = self.share(being, recovered.map(|essence| essence.wear));
        let medium = Medium {
            disk: Arc::clone(&options.disk),
            wear: wear.clone(),
        };
        let catalog = Catalog::open_now_or_later(&directory.join(catalog::NAME), medium)?;
        let (essence, essence_recovery) = essence.open(Arc::clone(&options.disk))?;
        let settings = StoreSettings {
            records_per_segment: options.records_per_segment,
            crystal_bytes: options.crystal_bytes,
            disk: Arc::clone(&options.disk),
            wear: wear.clone(),
        };
        let (store, crystal_recovery) =
            CrystalStore::recovered(segments, &directory, being, settings)?;
        let consent = match &essence_recovery {
            // A being that has lived here must not wake up with more than it had: where only its
            // essence is gone, what was refused is not known any more.
            EssenceRecovery::Fresh if has_lived(&directory, &crystal_recovery) => Consent::NONE,
            EssenceRecovery::Fresh => options.initial_consent,
            EssenceRecovery::Whole(essence) | EssenceRecovery::FellBack(essence) => essence.consent,
            EssenceRecovery::Damaged { .. } => Consent::NONE,
        };
        let is_newest = !matches!(essence_recovery, EssenceRecovery::FellBack(_));
        let consent = catalog::consent_at_start(&catalog, consent, is_newest);
        let recovered = essence_recovery.essence();
        let parameters = recovered.map_or(options.initial_parameters, |one| one.parameters);
        let records = options.history_records;
        let (history_writer, history) =
            history::<State>(records).map_err(|source| OpenError::History { records, source })?;
        let shared = Arc::new(Shared::new(consent, parameters, wear, store.durable()));
        let (cycle, drafts) = cycle_side(
            being,
            history_writer,
            options.ring_records,
            Arc::clone(&shared),
        );
        let crystals = store.reader();
        let texts = Texts::default();
        let report = RecoveryReport {
            essence_version: essence.found_version(),
            unrestored_parameters: essence.unrestored_parameters(),
            essence: essence_recovery,
            crystals: crystal_recovery,
            history: history.page_lock(),
        };
        let recovered = report.essence.essence();
        let partition = Partition {
            being,
            store,
            essence,
            drafts,
            history: history.clone(),
            shared: Arc::clone(&shared),
            state: recovered.map_or_else(
                || State::at_rest(being),
                |essence| without_refused(essence.state, consent),
            ),
            counters: EssenceCounters {
                starts: counters.starts.saturating_add(1),
                ..counters
            },
            boot: BootId::current(),
            board: options.board,
            texts: texts.clone(),
            schedule: Schedule::new(options),
        };
        tell(being, &report);
        partition.publish();
        self.writer.add(partition).map_err(OpenError::Writer)?;
        let memory = Memory {
            root: self.root.clone(),
            being,
            history,
            crystals,
            texts,
            shared,
            catalog,
            writer: Arc::clone(&self.writer),
            open: true,
            _lock: lock,
        };
        Ok(Opened {
            memory,
            cycle,
            consent,
            parameters,
            report,
        })
    }

    /// The being's share of the wear: what it was when it was closed here, or what its essence says.
    fn share(&self, being: BeingId, recovered: Option<WearDay>) -> Wear {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let share = self.wear.share();
            if let Some(earlier) = recovered {
                share.resume(earlier);
            }
            share
        };
        shares.entry(being).or_insert_with(new).clone()
    }
}

/// Whether a directory without an essence holds traces of an earlier life.
fn has_lived(directory: &Path, crystals: &CrystalRecovery) -> bool {
    let damaged_essence = || {
        std::fs::read_dir(directory).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with("essence.damaged-")
            })
        })
    };
    crystals.whole > 0 || damaged_essence()
}

fn tell(being: BeingId, report: &RecoveryReport) {
    if report.unrestored_parameters > 0 {
        log::warn!(
            "memory: being {being}: {} parameters are not known or not allowed here and stand at their default",
            report.unrestored_parameters
        );
    }
    match &report.essence {
        EssenceRecovery::Fresh => log::info!("memory: being {being} is new here"),
        EssenceRecovery::Whole(essence) if essence.clean => {
            log::info!(
                "memory: being {being} goes on at cycle {}",
                essence.state.cycle
            );
        }
        EssenceRecovery::Whole(essence) => log::info!(
            "memory: being {being} goes on at cycle {}, after a run that was cut off",
            essence.state.cycle
        ),
        EssenceRecovery::FellBack(essence) => log::warn!(
            "memory: being {being}: one essence page is damaged; goes on at cycle {} from the other",
            essence.state.cycle
        ),
        EssenceRecovery::Damaged { moved_to } => log::error!(
            "memory: being {being}: its essence is damaged and was moved to {}; it begins at rest and without consent",
            moved_to.display()
        ),
    }
    let crystals = &report.crystals;
    let lost = crystals.damaged + crystals.missing_at_start + crystals.missing_at_end;
    if lost > 0 || crystals.sealed > 0 || !crystals.moved_aside.is_empty() {
        log::error!("memory: being {being}: crystals are damaged: {crystals:?}");
    }
    if let PageLock::Refused { errno } = report.history {
        let error = io::Error::from_raw_os_error(errno);
        log::warn!("memory: the live history is not locked ({error}): raise RLIMIT_MEMLOCK");
    }
}
