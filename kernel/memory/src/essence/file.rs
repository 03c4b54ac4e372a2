//! The essence file: opening, recovery, writing in turn.

use super::page::{Essence, Found, PAGE, read, seal};
use crate::files::{create_whole, move_aside, open_read_write};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use triune_core::BeingId;
use zerocopy::IntoBytes;

pub(super) const NAME: &str = "essence";

/// Why an essence file could not be opened. The file is left as it was.
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
    path: PathBuf,
    /// None until the first essence is written.
    file: Option<File>,
    /// Sequence number of the newest durable page; 0 before the first.
    sequence: u64,
    /// The page to write next: not the one with the newest durable essence.
    next: u64,
}

impl EssenceFile {
    /// Opens the essence of `being` in `directory` and finds the newest whole page.
    ///
    /// # Errors
    /// See [`EssenceOpenError`]; damage is no error but a kind of [`EssenceRecovery`].
    pub fn open(
        directory: &Path,
        being: BeingId,
    ) -> Result<(Self, EssenceRecovery), EssenceOpenError> {
        let path = directory.join(NAME);
        let failed = |source| EssenceOpenError::System {
            path: path.clone(),
            source,
        };
        let fresh = |path| Self {
            path,
            file: None,
            sequence: 0,
            next: 0,
        };
        let file = match open_read_write(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((fresh(path), EssenceRecovery::Fresh));
            }
            Err(error) => return Err(failed(error)),
        };
        let pages = [
            read_page(&file, 0).map_err(failed)?,
            read_page(&file, 1).map_err(failed)?,
        ];
        let mut newest: Option<(u64, u64, Essence)> = None;
        for (index, page) in (0..).zip(&pages) {
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
                Found::Whole { essence, .. } if essence.state.being != being => {
                    let found = essence.state.being;
                    return Err(EssenceOpenError::OtherBeing {
                        path,
                        found,
                        expected: being,
                    });
                }
                Found::Whole { sequence, essence } => {
                    if newest.as_ref().is_none_or(|(best, ..)| sequence > best) {
                        newest = Some((*sequence, index, **essence));
                    }
                }
                Found::Empty | Found::Damaged => {}
            }
        }
        let Some((sequence, index, essence)) = newest else {
            let moved_to = move_aside(&path).map_err(failed)?;
            return Ok((fresh(path), EssenceRecovery::Damaged { moved_to }));
        };
        // What a killed process left to the system alone is made durable before it is relied on.
        file.sync_data().map_err(failed)?;
        let other = 1 - index;
        // The other page holds the essence before this one, or nothing if this is the first.
        let intact = match &pages[other as usize] {
            Found::Whole { .. } => true,
            Found::Empty => sequence == 1,
            Found::Damaged | Found::OtherLayout { .. } => false,
        };
        let opened = Self {
            path,
            file: Some(file),
            sequence,
            next: other,
        };
        let recovery = if intact {
            EssenceRecovery::Whole(essence)
        } else {
            EssenceRecovery::FellBack(essence)
        };
        Ok((opened, recovery))
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
                let write = || -> io::Result<()> {
                    file.write_all_at(page.as_bytes(), self.next * PAGE as u64)?;
                    file.sync_data()
                };
                write().map_err(|source| EssenceError::Write {
                    path: self.path.clone(),
                    source,
                })?;
                self.next = 1 - self.next;
            }
            None => {
                let file =
                    create_whole(&self.path, page.as_bytes(), 2 * PAGE).map_err(|source| {
                        EssenceError::Create {
                            path: self.path.clone(),
                            source,
                        }
                    })?;
                self.file = Some(file);
                self.next = 1;
            }
        }
        self.sequence = sequence;
        Ok(sequence)
    }

    /// Bytes that one write puts on the disk.
    #[must_use]
    pub const fn bytes_per_write() -> u64 {
        PAGE as u64
    }
}

fn read_page(file: &File, index: u64) -> io::Result<Found> {
    let mut bytes = [0_u8; PAGE];
    match file.read_exact_at(&mut bytes, index * PAGE as u64) {
        Ok(()) => Ok(read(&bytes)),
        // A file cut short: the page is not whole.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Found::Damaged),
        Err(error) => Err(error),
    }
}
