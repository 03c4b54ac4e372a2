//! Writing an essence in another version, up or down.

use super::file::{EssenceOpenError, NAME};
use super::head::{Found, PAGE, WholePage, read};
use super::page::{self, Essence};
use super::version_1;
use crate::directory::{DirectoryLock, LockError};
use crate::files::{Disk, RealDisk, create_whole};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use triune_core::Parameters;
use zerocopy::IntoBytes;

/// Bytes of an essence's file.
const FILE: u64 = 2 * PAGE as u64;

/// The version that this program writes. Crystals are the same in all versions.
pub const ESSENCE_VERSION: u32 = page::VERSION;

/// Why an essence was not written in another version. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// There is no such version here.
    #[error("version {0} is not known here: choose one from 1 to {ESSENCE_VERSION}")]
    UnknownVersion(u32),
    /// The being is open.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The essence cannot be used.
    #[error(transparent)]
    Open(#[from] EssenceOpenError),
    /// There is nothing to migrate.
    #[error(
        "{path} holds no whole essence: start the being once, which says what is wrong with it"
    )]
    NoEssence {
        /// The file.
        path: PathBuf,
    },
    /// The new file cannot be made.
    #[error("cannot write {path}: {source}; free some space and make the directory writable")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a version has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unheld {
    /// The ages of loops that were late.
    LoopAges,
    /// The pauses before the next question and the next kept moment.
    Pauses,
    /// Parameters other than the default.
    Parameters,
    /// The count of withheld moments.
    Withheld,
    /// What the day of writing cost the disk.
    Wear,
}

impl fmt::Display for Unheld {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::LoopAges => "the ages of loops that were late",
            Self::Pauses => {
                "the pauses before the next question and the next kept moment (both may come at once)"
            }
            Self::Parameters => "the parameters (the default ones are in force then)",
            Self::Withheld => "the count of withheld moments",
            Self::Wear => "what was written to the disk today",
        })
    }
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Version of the newest page before.
    pub from: u32,
    /// Version of the file now.
    pub to: u32,
    /// What the essence held and the file does not hold any more.
    pub lost: Vec<Unheld>,
}

/// Writes the essence in the being's `directory` in version `to`, up or down.
///
/// A new file takes the old one's place, whole and durable or not at all: a power cut at any moment
/// leaves one of the two.
///
/// # Errors
/// See [`MigrateError`].
pub fn migrate(directory: &Path, to: u32) -> Result<Migration, MigrateError> {
    migrate_on(&RealDisk, directory, to)
}

/// [`migrate`] on another disk than the machine's.
///
/// # Errors
/// See [`MigrateError`].
pub fn migrate_on(disk: &dyn Disk, directory: &Path, to: u32) -> Result<Migration, MigrateError> {
    if !(1..=ESSENCE_VERSION).contains(&to) {
        return Err(MigrateError::UnknownVersion(to));
    }
    let _lock = DirectoryLock::take(directory)?;
    let path = directory.join(NAME);
    let mut file = Vec::new();
    let filled = File::open(&path).and_then(|from| from.take(FILE).read_to_end(&mut file));
    filled.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => MigrateError::NoEssence { path: path.clone() },
        _ => EssenceOpenError::System {
            path: path.clone(),
            source,
        }
        .into(),
    })?;
    // A file that was cut short has a page that is not whole; it stays so.
    file.resize(FILE as usize, 0);
    let mut newest: Option<WholePage> = None;
    for bytes in file.chunks_exact_mut(PAGE) {
        match read(bytes) {
            Found::OtherLayout {
                version,
                state_bytes,
            } => {
                return Err(EssenceOpenError::OtherLayout {
                    path,
                    version,
                    state_bytes,
                }
                .into());
            }
            Found::Whole(page) => {
                bytes.copy_from_slice(&sealed(&page, to));
                if newest.is_none_or(|best| page.sequence > best.sequence) {
                    newest = Some(*page);
                }
            }
            // Kept as it is, so that the next opening tells of it.
            Found::Empty | Found::Damaged => {}
        }
    }
    let Some(newest) = newest else {
        return Err(MigrateError::NoEssence { path });
    };
    create_whole(disk, &path, &file, file.len())
        .map_err(|source| MigrateError::Write { path, source })?;
    Ok(Migration {
        from: newest.version,
        to,
        lost: if to < page::VERSION {
            unheld_by_version_1(&newest.essence)
        } else {
            Vec::new()
        },
    })
}

fn sealed(page: &WholePage, version: u32) -> [u8; PAGE] {
    let mut bytes = [0; PAGE];
    if version == version_1::VERSION {
        bytes.copy_from_slice(version_1::seal(&page.essence, page.sequence).as_bytes());
    } else {
        bytes.copy_from_slice(page::seal(&page.essence, page.sequence).as_bytes());
    }
    bytes
}

fn unheld_by_version_1(essence: &Essence) -> Vec<Unheld> {
    let state = &essence.state;
    let pauses = [
        state.analytical.microseconds_to_question,
        state.observation.microseconds_to_keep,
    ];
    [
        (state.loop_ages != [0; 3], Unheld::LoopAges),
        (pauses != [0; 2], Unheld::Pauses),
        (
            essence.parameters != Parameters::default(),
            Unheld::Parameters,
        ),
        (essence.counters.withheld > 0, Unheld::Withheld),
        (essence.wear.total() > 0, Unheld::Wear),
    ]
    .into_iter()
    .filter_map(|(holds, what)| holds.then_some(what))
    .collect()
}
