//! What the indexer and the searchers of one being share.

use super::texts::Texts;
use super::words::Told;
use super::words_table::WordsTable;
use crate::crystals::CrystalReader;
use crate::index::{GRAPH_FROM, Rows, Walk};
use crate::wear::Medium;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use triune_core::BeingId;

/// How far the index of nearness is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// There is none: so few crystals are compared one by one as quickly.
    Absent,
    /// It is being built; until then crystals are compared one by one.
    Building {
        /// Crystals in it.
        done: u64,
        /// Crystals that there are.
        total: u64,
    },
    /// It answers; what is newer is compared one by one.
    Ready {
        /// Sequence number of the last crystal in it.
        covered: u64,
    },
}

/// Figures of one being's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexStatistics {
    /// How far it is.
    pub state: IndexState,
    /// Moments that a search for ten keeps on its way through the graph; 0 while all are compared.
    pub effort: u64,
    /// Bytes in RAM.
    pub bytes: u64,
    /// Bytes written to the index file since the being is watched.
    pub file_bytes_written: u64,
    /// Sequence number up to which crystals were looked through for told words.
    pub words_indexed: u64,
    /// Told texts of which only the beginning is kept, because more waited for the catalogue than there is
    /// room for.
    pub texts_lost: u64,
    /// Whether the last attempt to write the index or the words failed; see the log.
    pub degraded: bool,
}

/// One being's part.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) being: BeingId,
    pub(super) directory: PathBuf,
    pub(super) crystals: CrystalReader,
    pub(super) texts: Texts,
    pub(super) words: Option<WordsTable>,
    pub(super) medium: Medium,
    /// Written by the indexer alone, for microseconds at a time.
    pub(super) rows: RwLock<Rows>,
    /// Whether the stored index was looked for; only then it is known what is left to build.
    pub(super) loaded: AtomicBool,
    /// Texts that are not in the catalogue yet.
    pub(super) pending: Mutex<BTreeMap<u64, Told>>,
    /// Crystals up to this one were looked through; their texts are pending or in the catalogue.
    pub(super) words_seen: AtomicU64,
    pub(super) file_bytes: AtomicU64,
    pub(super) file_failed: AtomicBool,
    pub(super) words_failed: AtomicBool,
    walks: Mutex<Vec<Walk>>,
}

impl Shared {
    pub(super) fn new(
        being: BeingId,
        directory: PathBuf,
        crystals: CrystalReader,
        texts: Texts,
        words: Option<WordsTable>,
        medium: Medium,
    ) -> Self {
        Self {
            being,
            directory,
            crystals,
            texts,
            words,
            medium,
            rows: RwLock::new(Rows::new()),
            loaded: AtomicBool::new(false),
            pending: Mutex::default(),
            words_seen: AtomicU64::new(0),
            file_bytes: AtomicU64::new(0),
            file_failed: AtomicBool::new(false),
            words_failed: AtomicBool::new(false),
            walks: Mutex::default(),
        }
    }

    pub(super) fn rows(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the rows; short, since every search waits.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Rows) -> T) -> T {
        change(&mut self.rows.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn pending(&self) -> MutexGuard<'_, BTreeMap<u64, Told>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends `work` a walk of an earlier search.
    pub(super) fn with_walk<T>(&self, work: impl FnOnce(&mut Walk) -> T) -> T {
        let walks = || self.walks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut walk = walks().pop().unwrap_or_default();
        let done = work(&mut walk);
        walks().push(walk);
        done
    }

    pub(super) fn state(&self) -> IndexState {
        let total = self.crystals.view().len();
        let rows = self.rows();
        if self.loaded.load(Ordering::Acquire) && total < GRAPH_FROM as u64 && rows.linked() == 0 {
            return IndexState::Absent;
        }
        match rows.covered() {
            Some(covered) => IndexState::Ready { covered },
            None => IndexState::Building {
                done: rows.linked() as u64,
                total,
            },
        }
    }

    pub(super) fn statistics(&self) -> IndexStatistics {
        let load = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        IndexStatistics {
            state: self.state(),
            effort: self.rows().plain_effort() as u64,
            bytes: self.rows().bytes() as u64,
            file_bytes_written: self.file_bytes.load(Ordering::Relaxed),
            words_indexed: self.words_seen.load(Ordering::Acquire),
            texts_lost: self.texts.lost(),
            degraded: load(&self.file_failed) || load(&self.words_failed),
        }
    }
}
