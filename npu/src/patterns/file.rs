//! The patterns of one being on the disk.
//!
//! Little-endian: `TRPT`, version (u32), segments met (u64), next id (u32), clusters (u32); each
//! cluster: id, segments, visits (u32), last, first and last seen (u64; milliseconds since 1970), centre (9
//! f32), length of the name (u8), name (UTF-8); at the end CRC-32C (RFC 3720) of all before. At most
//! 45 kB.

use super::cluster::Cluster;
use super::discovery::{LONGEST_NAME, MOST_TOLD, MOST_WAITING, Patterns};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Name of the file in a being's folder.
pub const PATTERNS_FILE: &str = "patterns";

const MAGIC: &[u8; 4] = b"TRPT";
const VERSION: u32 = 1;
/// No whole file is longer.
const LONGEST_FILE: u64 = 64 * 1024;

/// Why bytes are no patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternsFormatError {
    /// They are something else.
    #[error("this is no file of patterns: move it elsewhere")]
    Foreign,
    /// A later program wrote them.
    #[error("the patterns have version {0}, this program reads 1: update the program")]
    TooNew(u32),
    /// They are cut, or some of them changed.
    #[error("the patterns are damaged: restore the file, or begin without it")]
    Damaged,
}

/// Why patterns were not read or written.
#[derive(Debug, thiserror::Error)]
pub enum PatternsFileError {
    /// The file could not be read, written or moved.
    #[error("{}: {reason}; look after the disk and its rights", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// The file is left as it is.
    #[error("{} is refused", path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: PatternsFormatError,
    },
}

/// What was found in a being's folder.
#[derive(Debug)]
pub struct OpenedPatterns {
    /// The patterns: none for a new being and after a damaged file.
    pub patterns: Patterns,
    /// Where a damaged or foreign file was moved.
    pub put_aside: Option<(PathBuf, PatternsFormatError)>,
}

impl Patterns {
    /// Reads the patterns in a being's folder. A damaged or foreign file is moved to the first free
    /// `patterns.damaged-N` beside it; one that is too new stays and is an error, so that nothing is
    /// written over it.
    ///
    /// # Errors
    /// [`PatternsFileError`].
    pub fn open(folder: &Path) -> Result<OpenedPatterns, PatternsFileError> {
        let path = folder.join(PATTERNS_FILE);
        let failed = |reason| PatternsFileError::File {
            path: path.clone(),
            reason,
        };
        match read(&path).map_err(failed)? {
            Ok(patterns) => Ok(OpenedPatterns {
                patterns,
                put_aside: None,
            }),
            Err(reason @ PatternsFormatError::TooNew(_)) => {
                Err(PatternsFileError::Format { path, reason })
            }
            Err(reason) => Ok(OpenedPatterns {
                patterns: Self::default(),
                put_aside: Some((put_aside(folder, &path).map_err(failed)?, reason)),
            }),
        }
    }

    /// Reads the patterns in a being's folder and changes nothing there; `None` where there is no
    /// folder, and where [`Self::open`] would move the file or fail.
    #[must_use]
    pub fn look(folder: &Path) -> Option<Self> {
        let found = folder.is_dir().then(|| read(&folder.join(PATTERNS_FILE)))?;
        found.ok()?.ok()
    }

    /// Stores the patterns in a being's folder: a power cut leaves the old file or the new one.
    ///
    /// # Errors
    /// [`PatternsFileError::File`].
    pub fn store(&self, folder: &Path) -> Result<(), PatternsFileError> {
        let path = folder.join(PATTERNS_FILE);
        let write = || {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(&self.encode())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|reason| PatternsFileError::File {
            path: path.clone(),
            reason,
        })
    }

    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.met.to_le_bytes());
        bytes.extend(self.next.to_le_bytes());
        bytes.extend((self.clusters.len() as u32).to_le_bytes());
        for cluster in &self.clusters {
            for number in [cluster.id, cluster.segments, cluster.visits] {
                bytes.extend(number.to_le_bytes());
            }
            for number in [
                cluster.last,
                cluster.first_seen_unix_ms,
                cluster.last_seen_unix_ms,
            ] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(cluster.centre.iter().flat_map(|value| value.to_le_bytes()));
            bytes.push(cluster.name.len() as u8);
            bytes.extend(cluster.name.as_bytes());
        }
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Patterns from a file's bytes.
    ///
    /// # Errors
    /// See [`PatternsFormatError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, PatternsFormatError> {
        let mut rest = bytes
            .strip_prefix(MAGIC)
            .ok_or(PatternsFormatError::Foreign)?;
        let version = u32::from_le_bytes(take(&mut rest)?);
        if version != VERSION {
            return Err(PatternsFormatError::TooNew(version));
        }
        let (body, sum) = bytes
            .split_last_chunk::<4>()
            .ok_or(PatternsFormatError::Damaged)?;
        if crc32c::crc32c(body) != u32::from_le_bytes(*sum) {
            return Err(PatternsFormatError::Damaged);
        }
        rest = rest.strip_suffix(sum).ok_or(PatternsFormatError::Damaged)?;
        let met = u64::from_le_bytes(take(&mut rest)?);
        let next = u32::from_le_bytes(take(&mut rest)?);
        let count = u32::from_le_bytes(take(&mut rest)?) as usize;
        if count > MOST_TOLD + MOST_WAITING {
            return Err(PatternsFormatError::Damaged);
        }
        let clusters: Vec<Cluster> = (0..count)
            .map(|_| cluster(&mut rest))
            .collect::<Result<_, _>>()?;
        let told: Vec<u32> = clusters
            .iter()
            .map(|cluster| cluster.id)
            .filter(|&id| id != 0)
            .collect();
        let are_sound = rest.is_empty()
            && told.len() <= MOST_TOLD
            && told.iter().all(|&id| id < next)
            && told.iter().collect::<BTreeSet<_>>().len() == told.len()
            && clusters.iter().all(|cluster| cluster.last <= met)
            && next > 0;
        if are_sound {
            Ok(Self::restore(clusters, next, met))
        } else {
            Err(PatternsFormatError::Damaged)
        }
    }
}

fn read(path: &Path) -> io::Result<Result<Patterns, PatternsFormatError>> {
    match fs::metadata(path) {
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => Ok(Ok(Patterns::default())),
        Err(reason) => Err(reason),
        Ok(file) if file.len() > LONGEST_FILE => Ok(Err(PatternsFormatError::Damaged)),
        Ok(_) => Ok(Patterns::decode(&fs::read(path)?)),
    }
}

fn cluster(rest: &mut &[u8]) -> Result<Cluster, PatternsFormatError> {
    let id = u32::from_le_bytes(take(rest)?);
    let segments = u32::from_le_bytes(take(rest)?);
    let visits = u32::from_le_bytes(take(rest)?);
    let last = u64::from_le_bytes(take(rest)?);
    let first_seen_unix_ms = u64::from_le_bytes(take(rest)?);
    let last_seen_unix_ms = u64::from_le_bytes(take(rest)?);
    let mut centre = [0.0; super::segment::SIGNATURE_LENGTH];
    for value in &mut centre {
        *value = f32::from_le_bytes(take(rest)?);
        if !f32::is_finite(*value) {
            return Err(PatternsFormatError::Damaged);
        }
    }
    let [length] = take(rest)?;
    let (name, left) = rest
        .split_at_checked(usize::from(length))
        .ok_or(PatternsFormatError::Damaged)?;
    *rest = left;
    let name = std::str::from_utf8(name).map_err(|_| PatternsFormatError::Damaged)?;
    if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(PatternsFormatError::Damaged);
    }
    Ok(Cluster {
        id,
        name: name.to_owned(),
        segments,
        visits,
        last,
        first_seen_unix_ms,
        last_seen_unix_ms,
        centre,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PatternsFormatError> {
    let (taken, left) = rest
        .split_first_chunk::<N>()
        .ok_or(PatternsFormatError::Damaged)?;
    *rest = left;
    Ok(*taken)
}

fn put_aside(folder: &Path, path: &Path) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let aside = folder.join(format!("{PATTERNS_FILE}.damaged-{number}"));
        if !aside.try_exists()? {
            fs::rename(path, &aside)?;
            File::open(folder)?.sync_all()?;
            return Ok(aside);
        }
    }
    Err(io::Error::other("no free name to move a damaged file to"))
}
