//! Finding out what a catalogue's file is, and beginning one.

use super::CatalogError;
use super::backend::DiskBackend;
use super::profile::{Profile, profile_in};
use crate::files::move_aside_as;
use crate::wear::Medium;
use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadTransaction,
    ReadableDatabase, StorageError, TableDefinition, TableError,
};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What a damaged file is called, before its number.
const ASIDE: &str = "catalog";
const CACHE_BYTES: usize = 1 << 20;
const VERSION: u64 = 1;
/// The only file format that redb 4 reads (its `docs/design.md`, "Commit slot").
const FORMAT: u8 = 3;
const HEAD: TableDefinition<&str, u64> = TableDefinition::new("catalog");

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
    Format(u8),
    InUse,
    Damaged(String),
    System(io::Error),
}

impl Unusable {
    /// What is told of the catalogue at `path`.
    fn at(self, path: &Path) -> CatalogError {
        let path = path.to_owned();
        match self {
            Self::Newer(version) => CatalogError::Newer { path, version },
            Self::Format(format) => CatalogError::Format { path, format },
            Self::InUse => CatalogError::InUse { path },
            Self::Damaged(why) => CatalogError::Damaged { path, why },
            Self::System(source) => CatalogError::System { path, source },
        }
    }
}

/// Opens the catalogue at `path`, or makes it; a damaged one is moved aside. Gives also where to.
pub(super) fn open_or_begin(
    path: &Path,
    medium: &Medium,
) -> Result<(Database, Option<PathBuf>), CatalogError> {
    let system = |source| CatalogError::System {
        path: path.to_owned(),
        source,
    };
    let mut aside_at = None;
    let mut is_new = !path.try_exists().map_err(system)?;
    let opened = match try_open(path, medium) {
        Err(Unusable::Damaged(why)) => {
            let aside = path.with_file_name(ASIDE);
            let moved_to = move_aside_as(medium.disk.as_ref(), path, &aside).map_err(system)?;
            log::error!(
                "memory: {} is damaged ({why}) and was moved to {}; its consent and bridge logs begin anew",
                path.display(),
                moved_to.display()
            );
            is_new = true;
            aside_at = Some(moved_to);
            try_open(path, medium)
        }
        other => other,
    };
    let database = opened.map_err(|unusable| match unusable {
        // A fresh one: there is nothing to begin anew.
        Unusable::Damaged(why) => system(io::Error::new(io::ErrorKind::InvalidData, why)),
        other => other.at(path),
    })?;
    if is_new && let Some(directory) = path.parent() {
        medium.disk.sync_directory(directory).map_err(system)?;
    }
    Ok((database, aside_at))
}

/// The format of the database at `path` where it is not ours. Both commit slots must say the same: redb
/// itself cannot tell another program's format from a byte that was altered.
fn other_format(path: &Path) -> io::Result<Option<u8>> {
    // redb's `docs/design.md`: nine bytes of magic number, the slots at 64 and 192, each of which begins
    // with the format.
    const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";
    const SLOTS: [usize; 2] = [64, 192];
    let mut head = [0; SLOTS[1] + 1];
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match file.read_exact_at(&mut head, 0) {
        // Too short to be any.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let [one, other] = SLOTS.map(|slot| head[slot]);
    let is_other = head.starts_with(&MAGIC) && one == other && one != FORMAT && one != 0;
    Ok(is_other.then_some(one))
}

fn try_open(path: &Path, medium: &Medium) -> Result<Database, Unusable> {
    match other_format(path) {
        Ok(Some(format)) => return Err(Unusable::Format(format)),
        Ok(None) => {}
        Err(error) => return Err(Unusable::System(error)),
    }
    // redb answers damage with an error, as a rule; where one of its assertions fails first, that is
    // damage too.
    let attempt = || -> Result<Database, Unusable> {
        let backend = DiskBackend::open(path, medium.clone()).map_err(judge)?;
        let database = builder()
            .set_check_integrity_on_open(true)
            .create_with_backend(backend)
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
        redb::Error::PreviousIo => Unusable::System(io::Error::other(error)),
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
        // Not a word about what is in the file.
        error @ DatabaseError::Storage(StorageError::PreviousIo) => {
            Unusable::System(io::Error::other(error))
        }
        other => Unusable::Damaged(other.to_string()),
    }
}

/// Opens the catalogue that is at `path`, every checksum in it verified; a damaged one is left as it is.
/// The being's directory must be locked by the caller.
pub(crate) fn open_undamaged(path: &Path) -> Result<Database, CatalogError> {
    try_open(path, &Medium::default()).map_err(|unusable| unusable.at(path))
}

/// Looks into the catalogue at `path` without writing to it, while its being runs or not. Nothing when
/// there is none, or when a crash left it so that only opening it for writing can mend it.
pub(crate) fn look(path: &Path) -> Option<ReadOnlyDatabase> {
    catch_unwind(|| builder().open_read_only(path).ok())
        .ok()
        .flatten()
}

/// What `read` finds in the catalogue at `path`, as far as it can be read without writing.
pub(super) fn look_for<T>(
    path: &Path,
    read: impl FnOnce(&ReadTransaction) -> Result<T, CatalogError>,
) -> Option<T> {
    let attempt = || {
        let database = look(path)?;
        let view = ReadableDatabase::begin_read(&database).ok()?;
        read(&view).ok()
    };
    catch_unwind(AssertUnwindSafe(attempt)).ok().flatten()
}

/// The profile in the catalogue at `path`, as far as it can be read without writing.
pub(crate) fn look_at_profile(path: &Path) -> Option<Profile> {
    look_for(path, profile_in).flatten()
}
