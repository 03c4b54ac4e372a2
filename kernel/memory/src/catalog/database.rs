//! Opening a being's catalogue, and transactions on it.

use super::counted_file::CountedFile;
use super::profile::profile_in;
use super::{CatalogError, Profile};
use crate::files::{RealDisk, move_aside_as, sync_directory};
use crate::wear::Wear;
use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadTransaction,
    ReadableDatabase, StorageError, TableDefinition, TableError, TransactionError,
    WriteTransaction,
};
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The file in a being's directory.
pub(crate) const NAME: &str = "catalog.redb";
/// What a damaged file is called, before its number.
const ASIDE: &str = "catalog";
const CACHE_BYTES: usize = 1 << 20;
const VERSION: u64 = 1;
const HEAD: TableDefinition<&str, u64> = TableDefinition::new("catalog");

/// A being's catalogue; cheap to clone, usable from any thread but the cycle's.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// Where what is written is counted.
    wear: Wear,
    slot: Mutex<Slot>,
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
        Self::open_counted(path, Wear::new(u64::MAX))
    }

    /// The same, which counts what it writes in `wear`.
    fn open_counted(path: &Path, wear: Wear) -> Result<Self, CatalogError> {
        let database = open_or_begin(path, &wear)?;
        Ok(Self::with(path, wear, Slot::Open(Arc::new(database))))
    }

    /// Opens the catalogue, or, where the system does not let it, one that tries again at each call:
    /// a being lives without its catalogue, but not with one that a newer version wrote.
    pub(crate) fn open_now_or_later(path: &Path, wear: Wear) -> Result<Self, CatalogError> {
        match Self::open_counted(path, wear.clone()) {
            Err(error @ (CatalogError::System { .. } | CatalogError::Transaction(_))) => {
                log::error!("memory: {error}; going on without it");
                Ok(Self::with(path, wear, Slot::Shut))
            }
            other => other,
        }
    }

    fn with(path: &Path, wear: Wear, slot: Slot) -> Self {
        let inner = Inner {
            path: path.to_owned(),
            wear,
            slot: Mutex::new(slot),
            consent: Mutex::new(()),
            bridge: Mutex::new(()),
        };
        Self {
            inner: Arc::new(inner),
        }
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
                let database = Arc::new(open_or_begin(&self.inner.path, &self.inner.wear)?);
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
        if let Some(database) = Arc::into_inner(database)
            && let Err(error) = database.close()
        {
            log::warn!(
                "memory: closing {}: {error}; it is repaired when it is opened",
                self.inner.path.display()
            );
        }
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

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    // Others may look into the catalogue of a being that runs.
    builder.set_concurrency_mode(ConcurrencyMode::SingleWriter);
    builder
}

/// What a file turns out to be that is no usable catalogue.
enum Unusable {
    Newer(u64),
    InUse,
    Damaged(String),
    System(io::Error),
}

fn open_or_begin(path: &Path, wear: &Wear) -> Result<Database, CatalogError> {
    let system = |source| CatalogError::System {
        path: path.to_owned(),
        source,
    };
    let is_new = !path.try_exists().map_err(system)?;
    let opened = match try_open(path, wear) {
        Err(Unusable::Damaged(why)) => {
            let aside = path.with_file_name(ASIDE);
            let moved_to = move_aside_as(&RealDisk, path, &aside).map_err(system)?;
            log::error!(
                "memory: {} is damaged ({why}) and was moved to {}; its consent and bridge logs begin anew",
                path.display(),
                moved_to.display()
            );
            try_open(path, wear)
        }
        other => other,
    };
    let database = opened.map_err(|unusable| match unusable {
        Unusable::Newer(version) => CatalogError::Newer {
            path: path.to_owned(),
            version,
        },
        Unusable::InUse => CatalogError::InUse {
            path: path.to_owned(),
        },
        Unusable::Damaged(why) => system(io::Error::new(io::ErrorKind::InvalidData, why)),
        Unusable::System(source) => system(source),
    })?;
    if is_new && let Some(directory) = path.parent() {
        sync_directory(directory).map_err(system)?;
    }
    Ok(database)
}

fn try_open(path: &Path, wear: &Wear) -> Result<Database, Unusable> {
    // redb answers damage with an error, as a rule; where one of its assertions fails first, that is
    // damage too.
    let attempt = || -> Result<Database, Unusable> {
        let file = CountedFile::open(path, wear.clone()).map_err(judge)?;
        let database = builder()
            .set_check_integrity_on_open(true)
            .create_with_backend(file)
            .map_err(judge)?;
        begin_layout(&database)?;
        Ok(database)
    };
    catch_unwind(AssertUnwindSafe(attempt))
        .unwrap_or_else(|_| Err(Unusable::Damaged("its pages contradict one another".into())))
}

/// Reads the layout's version, or writes it into a fresh database.
fn begin_layout(database: &Database) -> Result<(), Unusable> {
    let damaged = |error: redb::Error| match error {
        redb::Error::Io(error) => Unusable::System(error),
        other => Unusable::Damaged(other.to_string()),
    };
    let read = || -> Result<Option<u64>, redb::Error> {
        let view = ReadableDatabase::begin_read(database)?;
        match view.open_table(HEAD) {
            Ok(head) => Ok(head.get("version")?.map(|version| version.value())),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    match read().map_err(damaged)? {
        Some(version) if version > VERSION => return Err(Unusable::Newer(version)),
        Some(_) => return Ok(()),
        None => {}
    }
    let write = || -> Result<(), redb::Error> {
        let change = database.begin_write()?;
        change.open_table(HEAD)?.insert("version", VERSION)?;
        Ok(change.commit()?)
    };
    write().map_err(damaged)
}

fn judge(error: DatabaseError) -> Unusable {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => Unusable::InUse,
        DatabaseError::Storage(StorageError::Io(error)) => match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Unusable::Damaged(error.to_string())
            }
            _ => Unusable::System(error),
        },
        other => Unusable::Damaged(other.to_string()),
    }
}

/// Looks into the catalogue at `path` without writing to it, while its being runs or not. Nothing when
/// there is none, or when a crash left it so that only opening it for writing can mend it.
pub(crate) fn look(path: &Path) -> Option<ReadOnlyDatabase> {
    catch_unwind(|| builder().open_read_only(path).ok())
        .ok()
        .flatten()
}

/// The profile in the catalogue at `path`, as far as it can be read without writing.
pub(crate) fn look_at_profile(path: &Path) -> Option<Profile> {
    let read = || {
        let database = look(path)?;
        let view = ReadableDatabase::begin_read(&database).ok()?;
        profile_in(&view).ok()?
    };
    catch_unwind(read).ok().flatten()
}
