//! One being's memory, opened.

use crate::catalog::Catalog;
use crate::clock::BootId;
use crate::crystals::{
    Crystal, CrystalOpenError, CrystalReader, CrystalRecovery, CrystalStore, CrystalView, Recalled,
};
use crate::directory::{
    DirectoryError, DirectoryLock, EraseError, Erased, LockError, being_directory, create,
    erase_being, finish_erasures,
};
use crate::essence::{Essence, EssenceCounters, EssenceFile, EssenceOpenError, EssenceRecovery};
use crate::history::{HistoryReader, PageLock, history};
use crate::options::{Options, OptionsError};
use crate::search::{Indexer, Searcher, Texts};
use crate::writer::{
    CloseError, CycleSide, Durable, Partition, Schedule, Shared, Statistics, SyncError, Writer,
    cycle_side,
};
use std::io;
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::{BeingId, Consent, Embedding, State};

/// Why a being's memory could not be opened. Nothing that it holds was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The settings cannot work.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The directory cannot be made.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The being is open elsewhere.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A being whose erasure was cut off could not be erased.
    #[error(transparent)]
    Erase(#[from] EraseError),
    /// The essence cannot be used.
    #[error(transparent)]
    Essence(#[from] EssenceOpenError),
    /// The crystals cannot be used.
    #[error(transparent)]
    Crystals(#[from] CrystalOpenError),
    /// There is no memory for the live history.
    #[error(
        "cannot map {records} records of live history: {source}; use a smaller history_records"
    )]
    History {
        /// The records asked for.
        records: usize,
        /// What the system said.
        source: io::Error,
    },
    /// The writer thread cannot be started.
    #[error("cannot start the memory's writer: {0}; raise the limit of threads")]
    Writer(io::Error),
}

/// What opening found.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryReport {
    /// The running state.
    pub essence: EssenceRecovery,
    /// The kept moments.
    pub crystals: CrystalRecovery,
    /// Whether the live history is locked in memory.
    pub history: PageLock,
}

/// A memory that was just opened.
pub struct Opened {
    /// For everyone but the cycle.
    pub memory: Memory,
    /// For the cycle thread.
    pub cycle: CycleSide,
    /// The consent in force: the recovered one; that of [`Options::initial_consent`] for a new being;
    /// none at all when the essence is damaged, since what was refused is not known any more.
    pub consent: Consent,
    /// What was found.
    pub report: RecoveryReport,
}

impl Opened {
    /// The recovered essence; nothing for a new being or a damaged file.
    #[must_use]
    pub fn essence(&self) -> Option<&Essence> {
        self.report.essence.essence()
    }
}

/// The memory of one being. Dropping it flushes and closes it; [`Memory::close`] tells how that went.
pub struct Memory {
    root: PathBuf,
    being: BeingId,
    history: HistoryReader,
    crystals: CrystalReader,
    texts: Texts,
    shared: Arc<Shared>,
    /// Before the lock, so that it has ended when the lock is released.
    writer: Writer,
    _lock: DirectoryLock,
}

impl Memory {
    /// Opens, and recovers if need be, the memory of `being` under the memory directory `root`, which
    /// is made when it is missing.
    ///
    /// # Errors
    /// See [`OpenError`]. Damage is not among them: what stands is recovered, what does not is told
    /// in the report and never returned.
    pub fn open(root: &Path, being: BeingId, options: &Options) -> Result<Opened, OpenError> {
        options.check()?;
        let directory = create(root, being)?;
        let lock = DirectoryLock::take(&directory)?;
        finish_erasures(root)?;
        let (essence, essence_recovery) = EssenceFile::open(&directory, being)?;
        let recovered = essence_recovery.essence();
        let counters = recovered.map_or_else(EssenceCounters::default, |essence| essence.counters);
        let (store, crystal_recovery) = CrystalStore::open(
            &directory,
            being,
            options.records_per_segment,
            counters.last_crystal,
        )?;
        let consent = match &essence_recovery {
            // A being that has lived here must not wake up with more than it had: where only its
            // essence is gone, what was refused is not known any more.
            EssenceRecovery::Fresh if has_lived(&directory, &crystal_recovery) => Consent::NONE,
            EssenceRecovery::Fresh => options.initial_consent,
            EssenceRecovery::Whole(essence) | EssenceRecovery::FellBack(essence) => essence.consent,
            EssenceRecovery::Damaged { .. } => Consent::NONE,
        };
        let records = options.history_records;
        let (history_writer, history) =
            history::<State>(records).map_err(|source| OpenError::History { records, source })?;
        let shared = Arc::new(Shared::new(consent, store.durable()));
        let (cycle, drafts) = cycle_side(
            being,
            history_writer,
            options.ring_records,
            Arc::clone(&shared),
        );
        let crystals = store.reader();
        let texts = Texts::default();
        let partition = Partition {
            being,
            store,
            essence,
            drafts,
            history: history.clone(),
            shared: Arc::clone(&shared),
            first_state: recovered.map_or_else(|| State::at_rest(being), |essence| essence.state),
            counters: EssenceCounters {
                starts: counters.starts + 1,
                ..counters
            },
            boot: BootId::current(),
            board: options.board,
            texts: texts.clone(),
            schedule: Schedule::new(options),
        };
        let report = RecoveryReport {
            essence: essence_recovery,
            crystals: crystal_recovery,
            history: history.page_lock(),
        };
        tell(being, &report);
        let writer =
            Writer::start(partition, options.writer_cores.clone()).map_err(OpenError::Writer)?;
        let root = root.to_owned();
        let memory = Self {
            root,
            being,
            history,
            crystals,
            texts,
            shared,
            writer,
            _lock: lock,
        };
        Ok(Opened {
            memory,
            cycle,
            consent,
            report,
        })
    }

    /// Whose memory this is.
    #[must_use]
    pub fn being(&self) -> BeingId {
        self.being
    }

    /// The live history.
    #[must_use]
    pub fn history(&self) -> &HistoryReader {
        &self.history
    }

    /// A reader of the crystals, for another thread.
    #[must_use]
    pub fn crystals(&self) -> CrystalReader {
        self.crystals.clone()
    }

    /// Where the words that the being is told are noted, so that they are kept with their moment.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Lets `indexer` keep the index of this being and returns what searches it. Before the memory is
    /// closed or erased, [`Indexer::forget`] must be called.
    #[must_use]
    pub fn watch(&self, indexer: &Indexer, catalog: Option<Catalog>) -> Searcher {
        indexer.watch(
            &being_directory(&self.root, self.being),
            self.being,
            self.crystals(),
            self.texts.clone(),
            catalog,
        )
    }

    /// All crystals there are now, read in place.
    #[must_use]
    pub fn view(&self) -> CrystalView {
        self.crystals.view()
    }

    /// The `count` crystals nearest to `question`; see [`CrystalReader::recall`].
    #[must_use]
    pub fn recall(&self, question: &Embedding, count: usize) -> Vec<Recalled> {
        self.crystals.recall(question, count)
    }

    /// The newest `count` crystals, newest first.
    #[must_use]
    pub fn recent(&self, count: usize) -> Vec<Crystal> {
        self.crystals.recent(count)
    }

    /// The crystals whose wall time (nanoseconds since 1970) lies in `range`, oldest first.
    #[must_use]
    pub fn by_time(&self, range: impl RangeBounds<u64>) -> Vec<Crystal> {
        self.crystals.by_time(range)
    }

    /// The consent in force.
    #[must_use]
    pub fn consent(&self) -> Consent {
        self.shared.consent()
    }

    /// Puts `consent` in force here from the next cycle on and returns when it is durable, so that no
    /// power cut can bring back what was refused.
    ///
    /// # Errors
    /// See [`SyncError`]; the consent is in force then, but may not survive a restart.
    pub fn set_consent(&self, consent: Consent) -> Result<Durable, SyncError> {
        self.shared.set_consent(consent);
        self.sync()
    }

    /// Makes everything durable that was remembered before the call.
    ///
    /// # Errors
    /// See [`SyncError`].
    pub fn sync(&self) -> Result<Durable, SyncError> {
        self.writer.sync()
    }

    /// Figures and health; never waits for the writer.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    /// Makes everything durable and ends the writer.
    ///
    /// # Errors
    /// See [`CloseError`].
    pub fn close(mut self) -> Result<(), CloseError> {
        self.writer.stop()
    }

    /// Ends the writer and removes everything that the being ever wrote, durably.
    ///
    /// # Errors
    /// See [`EraseError`]; [`erase_being`] goes on where this stopped.
    pub fn erase(mut self) -> Result<Erased, EraseError> {
        self.writer.abandon();
        let (root, being) = (self.root.clone(), self.being);
        drop(self);
        erase_being(&root, being)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if let Err(error) = self.writer.stop() {
            log::error!("memory: being {}: {error}", self.being);
        }
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
    let lost = crystals.damaged + crystals.missing_at_end;
    if lost > 0 || crystals.sealed > 0 || !crystals.moved_aside.is_empty() {
        log::error!("memory: being {being}: crystals are damaged: {crystals:?}");
    }
    if let PageLock::Refused { errno } = report.history {
        let error = io::Error::from_raw_os_error(errno);
        log::warn!("memory: the live history is not locked ({error}): raise RLIMIT_MEMLOCK");
    }
}
