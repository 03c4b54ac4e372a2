//! One directory for each being: its name, its lock, its end.

use crate::files::{Disk, sync_directory, with_suffix};
use crate::transfer::unfinished_exports;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use triune_core::BeingId;

const BEINGS: &str = "beings";
const LOCK: &str = "lock";
const ERASING: &str = "erasing";
const IMPORTING: &str = "importing";

/// The directory of `being` under the memory directory `root`.
pub(crate) fn being_directory(root: &Path, being: BeingId) -> PathBuf {
    root.join(BEINGS).join(being.to_string())
}

/// The hidden directory in which `being` is put together before it appears.
pub(crate) fn importing_directory(root: &Path, being: BeingId) -> PathBuf {
    root.join(BEINGS).join(format!(".{being}.{IMPORTING}"))
}

/// Why a directory of beings could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory cannot be made.
    #[error(
        "cannot create {path}: {source}; make its parent writable or choose another data directory"
    )]
    Create {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory cannot be listed.
    #[error("cannot read {path}: {source}; check its owner and rights")]
    Read {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a being's directory could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process, or another part of this one, has the being open.
    #[error(
        "{path} is in use by another process: stop the other triune, or choose another data directory"
    )]
    InUse {
        /// The being's directory.
        path: PathBuf,
    },
    /// The lock file cannot be opened or locked.
    #[error(
        "cannot lock {path}: {source}; check its owner and rights, and that its file system knows flock and is not read-only (remount it then)"
    )]
    System {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a being could not be erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The being is open here or in another process.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Something could not be removed; what was removed before it is gone.
    #[error("cannot erase {path}: {source}; repeat the call when the cause is mended")]
    Remove {
        /// The file or directory that stayed.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A being's directory, held against every other opener until it is dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

/// Creates the memory directory `root` when it is missing and makes it durable, with its name and those
/// of the directories above it: whoever made these may not have lived to do so.
pub(crate) fn create_root(disk: &dyn Disk, root: &Path) -> Result<(), DirectoryError> {
    let create = || -> io::Result<()> {
        private(root)?;
        disk.sync_directory(root)?;
        let root = root.canonicalize()?;
        let device = root.metadata()?.dev();
        for above in root.ancestors().skip(1) {
            let is_ours = std::fs::metadata(above).is_ok_and(|found| found.dev() == device);
            if !is_ours {
                break;
            }
            match disk.sync_directory(above) {
                // Then nothing in it was made by us.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => break,
                synced => synced?,
            }
        }
        Ok(())
    };
    create().map_err(|source| DirectoryError::Create {
        path: root.to_owned(),
        source,
    })
}

/// What a being keeps is its own: no other user of the machine may read it.
fn private(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(directory)
}

/// Creates the being's directory when it is missing and makes it durable.
pub(crate) fn create(
    disk: &dyn Disk,
    root: &Path,
    being: BeingId,
) -> Result<PathBuf, DirectoryError> {
    create_private(disk, root, being_directory(root, being))
}

/// The same for a directory of any name among the beings'.
pub(crate) fn create_private(
    disk: &dyn Disk,
    root: &Path,
    directory: PathBuf,
) -> Result<PathBuf, DirectoryError> {
    let create = || -> io::Result<()> {
        private(&directory)?;
        // Names in it, too, that a killed process left to the system alone.
        disk.sync_directory(&directory)?;
        disk.sync_directory(&root.join(BEINGS))?;
        disk.sync_directory(root)
    };
    match create() {
        Ok(()) => Ok(directory),
        Err(source) => Err(DirectoryError::Create {
            path: directory,
            source,
        }),
    }
}

impl DirectoryLock {
    pub(crate) fn take(directory: &Path) -> Result<Self, LockError> {
        let path = directory.join(LOCK);
        let failed = |source: io::Error| LockError::System {
            path: path.clone(),
            source,
        };
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(failed)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => {
                    return Err(LockError::InUse {
                        path: directory.to_owned(),
                    });
                }
                Err(Errno::INTR) => continue,
                Err(error) => return Err(failed(error.into())),
            }
            // The holder before may have erased the being between our open and our lock.
            let held = file.metadata().map_err(failed)?.ino();
            match std::fs::metadata(&path) {
                Ok(named) if named.ino() == held => return Ok(Self { _file: file }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(LockError::InUse {
                        path: directory.to_owned(),
                    });
                }
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Files removed.
    pub files: u64,
    /// Bytes that they held.
    pub bytes: u64,
}

/// The beings that have a directory under the memory directory `root`, in order of their ids. Nothing of
/// what they hold is read.
///
/// # Errors
/// [`DirectoryError::Read`] when the directories exist but cannot be listed.
pub fn beings_in(root: &Path) -> Result<Vec<BeingId>, DirectoryError> {
    let path = root.join(BEINGS);
    let failed = |source| DirectoryError::Read {
        path: path.clone(),
        source,
    };
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut beings = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Ok(being) = name.parse::<BeingId>()
            && being.to_string() == name
        {
            beings.push(being);
        }
    }
    beings.sort_unstable();
    Ok(beings)
}

/// Removes everything that `being` ever wrote under `root`, durably: essence, crystals, catalogue, what
/// was moved aside as damaged, and what was left of an export or an import that was cut off.
///
/// The directory is renamed first, so that a power cut leaves either the whole
/// being or a remnant that the next opening of any being finishes removing.
/// Flash storage may keep old blocks until it reuses them; on the board the
/// file system discards them. Finished exports belong to whoever made them, and
/// crystals that the being gave to others stay theirs, with its id as provenance.
///
/// # Errors
/// [`EraseError::Lock`] while the being is open; [`EraseError::Remove`] names what stayed.
pub fn erase_being(root: &Path, being: BeingId) -> Result<Erased, EraseError> {
    let directory = being_directory(root, being);
    let remnant = with_suffix(&directory, ERASING);
    let mut erased = Erased::default();
    remove_tree(&remnant, &mut erased)?;
    if directory.exists() {
        let _lock = DirectoryLock::take(&directory)?;
        std::fs::rename(&directory, &remnant).map_err(|source| EraseError::Remove {
            path: directory.clone(),
            source,
        })?;
        // From here on the being is gone: a power cut must not bring it back.
        sync_beings(root)?;
        remove_tree(&remnant, &mut erased)?;
    }
    remove_abandoned_import(&importing_directory(root, being), &mut erased)?;
    remove_unfinished_exports(root, being, &mut erased)?;
    sync_beings(root)?;
    Ok(erased)
}

fn sync_beings(root: &Path) -> Result<(), EraseError> {
    let parent = root.join(BEINGS);
    if parent.exists() {
        sync_directory(&parent).map_err(|source| EraseError::Remove {
            path: parent,
            source,
        })?;
    }
    Ok(())
}

/// Removes what a power cut left of erased beings and of imports.
pub(crate) fn finish_removals(root: &Path) -> Result<(), EraseError> {
    let beings = root.join(BEINGS);
    let failed = |source| EraseError::Remove {
        path: beings.clone(),
        source,
    };
    let entries = match std::fs::read_dir(&beings) {
        Ok(entries) => entries,
        Err(error) if is_gone(&error) => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension {
            Some(ERASING) => {
                log::info!("memory: finishing the erasure of {}", path.display());
                remove_tree(&path, &mut Erased::default())?;
            }
            Some(IMPORTING) => remove_abandoned_import(&path, &mut Erased::default())?,
            _ => {}
        }
    }
    Ok(())
}

/// Removes a directory in which nobody imports any more.
fn remove_abandoned_import(path: &Path, erased: &mut Erased) -> Result<(), EraseError> {
    if !path.exists() {
        return Ok(());
    }
    match DirectoryLock::take(path) {
        Ok(_lock) => {
            log::info!(
                "memory: removing the import {}, which was cut off",
                path.display()
            );
            remove_tree(path, erased)
        }
        Err(LockError::InUse { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Removes the files of `being`'s exports that a crash kept from being finished.
fn remove_unfinished_exports(
    root: &Path,
    being: BeingId,
    erased: &mut Erased,
) -> Result<(), EraseError> {
    for path in unfinished_exports(root, being) {
        let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        match std::fs::remove_file(&path) {
            Ok(()) => {
                erased.files += 1;
                erased.bytes += bytes;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(EraseError::Remove { path, source }),
        }
    }
    Ok(())
}

/// Somebody else removed it: another process may be at the same remnant.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

pub(crate) fn remove_tree(path: &Path, erased: &mut Erased) -> Result<(), EraseError> {
    let failed = |path: &Path, source| EraseError::Remove {
        path: path.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if is_gone(&error) => return Ok(()),
        Err(error) => return Err(failed(path, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| failed(path, error))?;
        let child = entry.path();
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if is_gone(&error) => continue,
            Err(error) => return Err(failed(&child, error)),
        };
        if metadata.is_dir() {
            remove_tree(&child, erased)?;
        } else {
            match std::fs::remove_file(&child) {
                Ok(()) => {
                    erased.files += 1;
                    erased.bytes += metadata.len();
                }
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(failed(&child, error)),
            }
        }
    }
    match std::fs::remove_dir(path) {
        Err(error) if !is_gone(&error) => Err(failed(path, error)),
        _ => Ok(()),
    }
}
