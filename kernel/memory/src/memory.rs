//! One being's memory, opened.

use crate::bridge::BridgeError;
use crate::catalog::{self, Catalog, CatalogError, ConsentSource};
use crate::crystals::{Crystal, CrystalOpenError, CrystalReader, CrystalRecovery, CrystalView};
use crate::directory::{
    DirectoryError, DirectoryLock, EraseError, Erased, LockError, being_directory, erase_being,
};
use crate::essence::{Essence, EssenceOpenError, EssenceRecovery};
use crate::history::{HistoryReader, PageLock};
use crate::memories::Memories;
use crate::options::{Options, OptionsError};
use crate::search::{Indexer, Searcher, Texts, WordsError};
use crate::wear::Wear;
use crate::writer::{
    Adopted, Adoption, CloseError, CycleSide, Durable, Shared, Statistics, SyncError, Writer,
};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::{BeingId, Consent, Parameters, Sense};

/// Why a being's memory could not be opened. Where one of its files is refused, nothing that it holds was
/// changed.
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
    /// The catalogue cannot be used.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
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

/// Why a consent was not changed as asked. What it was to refuse is refused all the same.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The change cannot be logged, so nothing new is allowed.
    #[error("the change of consent is not logged, so nothing new is allowed: {0}")]
    Log(#[from] CatalogError),
    /// The consent is in force, but may not survive a restart.
    #[error("the consent is in force but not durable: {0}")]
    Sync(#[from] SyncError),
}

/// What opening found.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryReport {
    /// The running state.
    pub essence: EssenceRecovery,
    /// Version of the essence that was found; it is written in today's from now on.
    pub essence_version: Option<u32>,
    /// Parameters of the essence that stand at their default again: unknown here, or with a value that
    /// is not allowed any more.
    pub unrestored_parameters: u32,
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
    /// none at all when the essence is damaged, or an older one stands in for it and the log cannot be
    /// read, since what was refused is not known any more.
    pub consent: Consent,
    /// The parameters: the recovered ones, otherwise [`Options::initial_parameters`].
    pub parameters: Parameters,
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
    pub(crate) root: PathBuf,
    pub(crate) being: BeingId,
    pub(crate) history: HistoryReader,
    pub(crate) crystals: CrystalReader,
    pub(crate) texts: Texts,
    pub(crate) shared: Arc<Shared>,
    pub(crate) catalog: Catalog,
    pub(crate) writer: Arc<Writer>,
    /// Whether the writer still has the being.
    pub(crate) open: bool,
    /// Held until the writer has let go of the being.
    pub(crate) _lock: DirectoryLock,
}

impl Memory {
    /// Opens the memory of a single being; see [`Memories::open_being`].
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(root: &Path, being: BeingId, options: &Options) -> Result<Opened, OpenError> {
        Memories::open(root, options)?.open_being(being)
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
    /// closed or erased, [`Memory::unwatch`] must be called: what the indexer has not met when it forgets
    /// the being has no words in the catalogue.
    #[must_use]
    pub fn watch(&self, indexer: &Indexer) -> Searcher {
        indexer.watch(
            &being_directory(&self.root, self.being),
            self.being,
            self.crystals(),
            self.texts.clone(),
            Some(self.catalog.clone()),
            self.catalog.medium().clone(),
        )
    }

    /// Ends what [`Memory::watch`] began, and returns when the words of all that was remembered before the
    /// call are written. The cycle's side must have ended, and so must have who tells the being words.
    ///
    /// # Errors
    /// See [`WordsError`]; the being is not watched any more then, either.
    pub fn unwatch(&self, indexer: &Indexer, searcher: &Searcher) -> Result<(), WordsError> {
        // Moments that wait in the ring are not crystals yet, and only of crystals are words written. What
        // the disk does not take now, it is asked to take again when the memory closes, which tells.
        let _ = self.sync();
        indexer.forget(searcher)
    }

    /// All crystals there are now, read in place.
    #[must_use]
    pub fn view(&self) -> CrystalView {
        self.crystals.view()
    }

    /// The consent in force.
    #[must_use]
    pub fn consent(&self) -> Consent {
        self.shared.consent()
    }

    /// What of the being needs transactions: profile, consent log, bridge log.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Puts `consent` in force here from the next cycle on, logs who changed it, and returns when it is
    /// durable, so that no power cut can bring back what was refused. Moments that still wait to be
    /// written when remembering is refused are not written any more, and count as refused.
    ///
    /// # Errors
    /// See [`ConsentError`]; what `consent` refuses is refused then too, and [`Memory::consent`] tells
    /// what is in force.
    pub fn set_consent(
        &self,
        consent: Consent,
        by: ConsentSource,
    ) -> Result<Durable, ConsentError> {
        let logged = catalog::in_force(&self.catalog, &self.shared, consent, by);
        if !self.consent().allows(Sense::Remember) {
            // Of what was said before, nothing more gets to the disk either.
            self.texts.give_up();
        }
        let durable = self.sync()?;
        logged?;
        Ok(durable)
    }

    /// Takes in `crystals` of `giver` while both consent, and returns when they are durable.
    pub(crate) fn adopt(
        &self,
        giver: &Self,
        crystals: Vec<Crystal>,
    ) -> Result<Adopted, BridgeError> {
        let adoption = Adoption {
            crystals,
            giver: Arc::clone(&giver.shared),
        };
        let adopted = self.writer.adopt(self.being, adoption);
        Ok(adopted.ok_or(BridgeError::Closed(self.being))??)
    }

    /// The parameters in the essence.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        self.shared.parameters()
    }

    /// Writes `parameters` into the essence, where the next start finds them, and returns when they are
    /// durable. The running cycle's are the engine's.
    ///
    /// # Errors
    /// See [`SyncError`]; the next essence that is written holds them.
    pub fn set_parameters(&self, parameters: Parameters) -> Result<Durable, SyncError> {
        self.shared.set_parameters(parameters);
        self.sync()
    }

    /// Where what this being's stores hand to the disk is counted.
    #[must_use]
    pub fn wear(&self) -> Wear {
        self.shared.wear.clone()
    }

    /// Makes everything durable that was remembered before the call and neither withheld nor refused
    /// since.
    ///
    /// # Errors
    /// See [`SyncError`].
    pub fn sync(&self) -> Result<Durable, SyncError> {
        self.writer.sync(self.being)
    }

    /// Figures and health; never waits for the writer.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    /// Makes everything durable and ends the writing of this being.
    ///
    /// # Errors
    /// See [`CloseError`].
    pub fn close(mut self) -> Result<(), CloseError> {
        self.catalog.close();
        self.finish()
    }

    /// The second call does nothing.
    fn finish(&mut self) -> Result<(), CloseError> {
        if std::mem::take(&mut self.open) {
            self.writer.close(self.being)
        } else {
            Ok(())
        }
    }

    /// Ends the writing of this being and removes everything that the being ever wrote, durably.
    ///
    /// # Errors
    /// See [`EraseError`]; [`erase_being`] goes on where this stopped.
    pub fn erase(mut self) -> Result<Erased, EraseError> {
        self.catalog.close();
        self.open = false;
        self.writer.abandon(self.being);
        let (root, being) = (self.root.clone(), self.being);
        drop(self);
        erase_being(&root, being)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.catalog.close();
        if let Err(error) = self.finish() {
            log::error!("memory: being {}: {error}", self.being);
        }
    }
}
