//! A being's catalogue in use: transactions on it, and its end.

use super::CatalogError;
use super::opening::open_or_begin;
use crate::wear::Medium;
use redb::{
    Database, ReadTransaction, ReadableDatabase, StorageError, TransactionError, WriteTransaction,
};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The file in a being's directory.
pub(crate) const NAME: &str = "catalog.redb";

/// A being's catalogue; cheap to clone, usable from any thread but the cycle's.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    medium: Medium,
    slot: Mutex<Slot>,
    /// Where a damaged file lies that was here before.
    moved_aside: OnceLock<PathBuf>,
    /// Consent changes come into force in the order in which they are logged.
    consent: Mutex<()>,
    /// One gift at a time comes in, so that none is taken twice.
    bridge: Mutex<()>,
}

enum Slot {
    Open(Arc<Database>),
    /// It could not be opened, or failed: the next call tries again.
    Shut,
    /// For good.
    Closed,
}

impl Catalog {
    /// Opens the catalogue at `path`, or makes it. A damaged one is renamed to `catalog.damaged-N` in
    /// the same directory, which is told in the log, and a fresh one begun.
    ///
    /// Every checksum in the file is verified, so that nothing in it is trusted later that was altered
    /// or torn.
    ///
    /// # Errors
    /// [`CatalogError::Newer`], [`CatalogError::InUse`], [`CatalogError::System`].
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        Self::open_on(path, Medium::default())
    }

    fn open_on(path: &Path, medium: Medium) -> Result<Self, CatalogError> {
        let catalog = Self::with(path, medium, Slot::Shut);
        catalog.database()?;
        Ok(catalog)
    }

    /// Opens the catalogue, or, where the system does not let it, one that tries again at each call:
    /// a being lives without its catalogue, but not with one that a newer version wrote.
    pub(crate) fn open_now_or_later(path: &Path, medium: Medium) -> Result<Self, CatalogError> {
        match Self::open_on(path, medium.clone()) {
            Err(error @ (CatalogError::System { .. } | CatalogError::Transaction(_))) => {
                log::error!("memory: {error}; going on without it");
                Ok(Self::with(path, medium, Slot::Shut))
            }
            other => other,
        }
    }

    fn with(path: &Path, medium: Medium, slot: Slot) -> Self {
        let inner = Inner {
            path: path.to_owned(),
            medium,
            slot: Mutex::new(slot),
            moved_aside: OnceLock::new(),
            consent: Mutex::new(()),
            bridge: Mutex::new(()),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Where it is written.
    pub(crate) fn medium(&self) -> &Medium {
        &self.inner.medium
    }

    /// Where a damaged catalogue lies in whose place this one was begun.
    #[must_use]
    pub fn moved_aside(&self) -> Option<&Path> {
        self.inner.moved_aside.get().map(PathBuf::as_path)
    }

    /// A view of the catalogue as it is now.
    ///
    /// # Errors
    /// [`CatalogError::Transaction`], [`CatalogError::Closed`], or why it cannot be opened.
    pub fn begin_read(&self) -> Result<ReadTransaction, CatalogError> {
        self.begin(ReadableDatabase::begin_read)
    }

    /// A change of the catalogue: durable when `commit` returns, forgotten when dropped. Waits until
    /// another one ends.
    ///
    /// # Errors
    /// As for [`Catalog::begin_read`].
    pub fn begin_write(&self) -> Result<WriteTransaction, CatalogError> {
        self.begin(Database::begin_write)
    }

    fn begin<T>(
        &self,
        begin: impl Fn(&Database) -> Result<T, TransactionError>,
    ) -> Result<T, CatalogError> {
        let database = self.database()?;
        match begin(&database) {
            // After a failed write redb wants to be opened anew; the disk may have room again.
            Err(TransactionError::Storage(StorageError::PreviousIo)) => {
                self.shut(&database);
                drop(database);
                Ok(begin(&*self.database()?)?)
            }
            other => Ok(other?),
        }
    }

    fn database(&self) -> Result<Arc<Database>, CatalogError> {
        let mut slot = lock(&self.inner.slot);
        match &*slot {
            Slot::Open(database) => Ok(Arc::clone(database)),
            Slot::Closed => Err(CatalogError::Closed),
            Slot::Shut => {
                let (database, moved_to) = open_or_begin(&self.inner.path, &self.inner.medium)?;
                if let Some(moved_to) = moved_to {
                    // The first is the one that had something to say.
                    let _ = self.inner.moved_aside.set(moved_to);
                }
                let database = Arc::new(database);
                *slot = Slot::Open(Arc::clone(&database));
                Ok(database)
            }
        }
    }

    fn shut(&self, failed: &Arc<Database>) {
        let mut slot = lock(&self.inner.slot);
        if matches!(&*slot, Slot::Open(database) if Arc::ptr_eq(database, failed)) {
            *slot = Slot::Shut;
        }
    }

    /// Ends the use of the file by every clone, for good.
    pub(crate) fn close(&self) {
        let slot = std::mem::replace(&mut *lock(&self.inner.slot), Slot::Closed);
        let Slot::Open(database) = slot else { return };
        let Some(database) = Arc::into_inner(database) else {
            return;
        };
        // Whoever closes a being goes on, whatever becomes of its catalogue.
        let closed = catch_unwind(AssertUnwindSafe(|| database.close()));
        let why = match closed {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it failed".to_owned(),
        };
        log::warn!(
            "memory: closing {}: {why}; it is repaired when it is opened",
            self.inner.path.display()
        );
    }

    /// Held while a consent is changed.
    pub(crate) fn consent_order(&self) -> MutexGuard<'_, ()> {
        lock(&self.inner.consent)
    }

    /// Held while a gift comes in.
    pub(crate) fn bridge_order(&self) -> MutexGuard<'_, ()> {
        lock(&self.inner.bridge)
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Catalog")
            .field("path", &self.inner.path)
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
