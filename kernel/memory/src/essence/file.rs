//! The essence file: opening, recovery, writing in turn.

use super::head::{Found, PAGE, WholePage, read};
use super::page::{Essence, seal};
use crate::files::{
    Disk, DiskFile, RealDisk, create_whole, move_aside, open_read_write, with_suffix,
};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::BeingId;
use zerocopy::IntoBytes;

pub(super) const NAME: &str = "essence";

type PageBytes = [u8; PAGE];

/// Why an essence file could not be opened. Where it is refused, it is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum EssenceOpenError {
    /// A page was written with another layout, by a newer or an older version.
    #[error(
        "{path} was written by another version (page version {version}, state of {state_bytes} bytes): start that version, or move the file away to begin anew"
    )]
    OtherLayout {
        /// The file.
        path: PathBuf,
        /// Version of the page.
        version: u32,
        /// Size of the state in it.
        state_bytes: u32,
    },
    /// The file holds somebody else's essence.
    #[error(
        "{path} is the essence of being {found}, not of {expected}: put it back where it belongs"
    )]
    OtherBeing {
        /// The file.
        path: PathBuf,
        /// Whose essence it holds.
        found: BeingId,
        /// Whose it should be.
        expected: BeingId,
    },
    /// The system could not read the file, or move it aside.
    #[error("cannot read {path}: {source}; check the disk, and the owner and rights of the file")]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why an essence could not be written. The newest durable one stands.
#[derive(Debug, thiserror::Error)]
pub enum EssenceError {
    /// The file cannot be created.
    #[error("cannot create {path}: {source}; free some space or make the directory writable")]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The page cannot be written or made durable.
    #[error("cannot write {path}: {source}; check the disk")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl EssenceError {
    /// What the system said.
    #[must_use]
    pub fn source_error(&self) -> &io::Error {
        match self {
            Self::Create { source, .. } | Self::Write { source, .. } => source,
        }
    }
}

/// What was found when the file was opened.
#[derive(Clone, Debug, PartialEq)]
pub enum EssenceRecovery {
    /// There is no essence: the being is new here.
    Fresh,
    /// The newest page is whole.
    Whole(Essence),
    /// One page is torn or damaged; this is the other one.
    FellBack(Essence),
    /// Both pages are damaged; the file was kept under another name.
    Damaged {
        /// Where it lies now.
        moved_to: PathBuf,
    },
}

impl EssenceRecovery {
    /// The essence, if one was recovered.
    #[must_use]
    pub fn essence(&self) -> Option<&Essence> {
        match self {
            Self::Whole(essence) | Self::FellBack(essence) => Some(essence),
            Self::Fresh | Self::Damaged { .. } => None,
        }
    }
}

/// The essence file of one being. Its directory must be locked by the caller.
#[derive(Debug)]
pub struct EssenceFile {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    /// None until the first essence is written.
    file: Option<DiskFile>,
    /// Sequence number of the newest durable page; 0 before the first.
    sequence: u64,
    /// The page to write next: not the one with the newest durable essence.
    next: u64,
    /// What the newest page was when it was found.
    found: Option<WholePage>,
    /// That page's place and bytes, until it is known to be durable.
    unproven: Option<(u64, Box<PageBytes>)>,
}

impl EssenceFile {
    /// Opens the essence of `being` in `directory`, on the machine's disk.
    ///
    /// # Errors
    /// See [`EssenceOpenError`]; damage is no error but a kind of [`EssenceRecovery`].
    pub fn open(
        directory: &Path,
        being: BeingId,
    ) -> Result<(Self, EssenceRecovery), EssenceOpenError> {
        Self::open_on(Arc::new(RealDisk), directory, being)
    }

    /// Opens the essence of `being` in `directory` and finds the newest whole page.
    ///
    /// # Errors
    /// See [`EssenceOpenError`]; damage is no error but a kind of [`EssenceRecovery`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        directory: &Path,
        being: BeingId,
    ) -> Result<(Self, EssenceRecovery), EssenceOpenError> {
        FoundEssence::find(directory, being)?.open(disk)
    }

    fn fresh(disk: Arc<dyn Disk>, path: PathBuf) -> Self {
        Self {
            disk,
            path,
            file: None,
            sequence: 0,
            next: 0,
            found: None,
            unproven: None,
        }
    }

    /// Version of the page that was found; nothing for a new being.
    #[must_use]
    pub fn found_version(&self) -> Option<u32> {
        self.found.map(|page| page.version)
    }

    /// Parameters in the page that was found which are unknown here, or whose value is not allowed any
    /// more; they stand at their default.
    #[must_use]
    pub fn unrestored_parameters(&self) -> u32 {
        self.found.map_or(0, |page| page.unrestored)
    }

    /// Writes `essence` and returns when it is durable, with its sequence number.
    ///
    /// # Errors
    /// See [`EssenceError`]; the newest durable essence is untouched then, and the call may be
    /// repeated.
    pub fn write(&mut self, essence: &Essence) -> Result<u64, EssenceError> {
        let sequence = self.sequence + 1;
        let page = seal(essence, sequence);
        match &self.file {
            Some(file) => {
                let write = |bytes: &[u8], place: u64| {
                    let written = self.disk.write_at(file, bytes, place * PAGE as u64);
                    let durable = written.and_then(|()| self.disk.sync(file));
                    durable.map_err(|source| EssenceError::Write {
                        path: self.path.clone(),
                        source,
                    })
                };
                // The page that was found is written again as it was: where a sync of it failed, the
                // system takes it for written, and the next sync does nothing (fsync(2)). Only then may
                // the one before it go.
                if let Some((place, found)) = &self.unproven {
                    write(found.as_slice(), *place)?;
                    self.unproven = None;
                }
                write(page.as_bytes(), self.next)?;
                self.next = 1 - self.next;
            }
            None => {
                let disk = self.disk.as_ref();
                let file = create_whole(disk, &self.path, page.as_bytes(), 2 * PAGE).map_err(
                    |source| EssenceError::Create {
                        path: self.path.clone(),
                        source,
                    },
                )?;
                self.file = Some(file);
                self.next = 1;
            }
        }
        self.sequence = sequence;
        Ok(sequence)
    }

    /// Bytes that the next write puts on the disk.
    #[must_use]
    pub fn bytes_per_write(&self) -> u64 {
        match (&self.file, &self.unproven) {
            (Some(_), None) => PAGE as u64,
            (Some(_), Some(_)) | (None, _) => 2 * PAGE as u64,
        }
    }
}

/// An essence file as it was found: read, and not refused. Nothing was changed.
#[derive(Debug)]
pub(crate) struct FoundEssence {
    path: PathBuf,
    /// None where there is no essence.
    file: Option<DiskFile>,
    newest: Option<Newest>,
}

/// The newest whole page.
#[derive(Debug)]
struct Newest {
    place: u64,
    bytes: Box<PageBytes>,
    page: WholePage,
    /// Whether the other page is as it should be.
    intact: bool,
}

impl FoundEssence {
    /// Reads the essence of `being` in `directory`.
    ///
    /// # Errors
    /// See [`EssenceOpenError`]; damage is none.
    pub(crate) fn find(directory: &Path, being: BeingId) -> Result<Self, EssenceOpenError> {
        let path = directory.join(NAME);
        let failed = |source| EssenceOpenError::System {
            path: path.clone(),
            source,
        };
        let file = match open_read_write(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    path,
                    file: None,
                    newest: None,
                });
            }
            Err(error) => return Err(failed(error)),
        };
        let pages = [
            read_page(&file, 0).map_err(failed)?,
            read_page(&file, 1).map_err(failed)?,
        ];
        let mut newest: Option<(usize, WholePage)> = None;
        for (place, (page, _)) in pages.iter().enumerate() {
            match page {
                Found::OtherLayout {
                    version,
                    state_bytes,
                } => {
                    let (version, state_bytes) = (*version, *state_bytes);
                    return Err(EssenceOpenError::OtherLayout {
                        path,
                        version,
                        state_bytes,
                    });
                }
                Found::Whole(page) if page.essence.state.being != being => {
                    let found = page.essence.state.being;
                    return Err(EssenceOpenError::OtherBeing {
                        path,
                        found,
                        expected: being,
                    });
                }
                Found::Whole(page) => {
                    if newest.is_none_or(|(_, best)| page.sequence > best.sequence) {
                        newest = Some((place, **page));
                    }
                }
                Found::Empty | Found::Damaged => {}
            }
        }
        let newest = newest.map(|(place, page)| Newest {
            place: place as u64,
            bytes: pages[place].1.clone(),
            page,
            // The other page holds the essence before this one, or nothing if this is the first.
            intact: match &pages[1 - place].0 {
                Found::Whole(_) => true,
                Found::Empty => page.sequence == 1,
                Found::Damaged | Found::OtherLayout { .. } => false,
            },
        });
        Ok(Self {
            path,
            file: Some(file),
            newest,
        })
    }

    /// The newest whole essence.
    pub(crate) fn essence(&self) -> Option<&Essence> {
        self.newest.as_ref().map(|newest| &newest.page.essence)
    }

    /// Makes the file ready to be written to: a damaged one is moved aside.
    ///
    /// # Errors
    /// [`EssenceOpenError::System`].
    pub(crate) fn open(
        self,
        disk: Arc<dyn Disk>,
    ) -> Result<(EssenceFile, EssenceRecovery), EssenceOpenError> {
        let Self { path, file, newest } = self;
        let failed = |source| EssenceOpenError::System {
            path: path.clone(),
            source,
        };
        // A file whose creation was cut off never was the essence.
        match disk.remove(&with_suffix(&path, "new")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let Some(file) = file else {
            return Ok((EssenceFile::fresh(disk, path), EssenceRecovery::Fresh));
        };
        let Some(Newest {
            place,
            bytes,
            page,
            intact,
        }) = newest
        else {
            let moved_to = move_aside(disk.as_ref(), &path).map_err(failed)?;
            let recovery = EssenceRecovery::Damaged { moved_to };
            return Ok((EssenceFile::fresh(disk, path), recovery));
        };
        let opened = EssenceFile {
            disk,
            path,
            file: Some(file),
            sequence: page.sequence,
            next: 1 - place,
            found: Some(page),
            unproven: Some((place, bytes)),
        };
        let recovery = if intact {
            EssenceRecovery::Whole(page.essence)
        } else {
            EssenceRecovery::FellBack(page.essence)
        };
        Ok((opened, recovery))
    }
}

fn read_page(file: &DiskFile, index: u64) -> io::Result<(Found, Box<PageBytes>)> {
    let mut bytes = Box::new([0; PAGE]);
    match file
        .file
        .read_exact_at(bytes.as_mut_slice(), index * PAGE as u64)
    {
        Ok(()) => Ok((read(bytes.as_slice()), bytes)),
        // A file cut short: the page is not whole.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok((Found::Damaged, bytes)),
        Err(error) => Err(error),
    }
}
