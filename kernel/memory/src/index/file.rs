//! The rows and their graph in a file, so that a start need not link a million anew.
//!
//! `moments-1.index`: a header of 64 bytes, the moments, codes and links as they lie in RAM, and the
//! CRC32C of all before it. The file only saves time: what is wrong with it in any way is told, and
//! it is written anew.

use super::code::Code;
use super::column::Column;
use super::graph::Graph;
use super::rows::{Moment, Rows};
use crate::crystals::CrystalReader;
use crate::files::{DiskFile, with_suffix};
use crate::wear::{Medium, WearSource};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use triune_core::{BeingId, EMBEDDING_DIMENSIONS};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

const MAGIC: [u8; 8] = *b"TRIUNEIX";
/// Version of the file's layout.
const VERSION: u32 = 1;
/// Which way of making embeddings the codes come from; a new way begins a new file.
const EMBEDDING: u32 = 1;
/// Bytes that are handed to the disk in one piece.
const PIECE: usize = 1 << 20;
/// One row in so many is compared with its crystal before a file is believed.
const COMPARED_SHARE: usize = 64;

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    version: u32,
    embedding: u32,
    dimensions: u32,
    reserved: u32,
    being: BeingId,
    rows: u64,
    last: u64,
    reserved_too: [u8; 16],
}

/// Why a stored index is not used.
#[derive(Debug, thiserror::Error)]
pub enum IndexFileError {
    /// The system cannot read it.
    #[error("cannot be read: {0}")]
    System(#[from] io::Error),
    /// Another program's, version's, embedding's or being's.
    #[error("is of another kind, version or being")]
    Foreign,
    /// Cut short or altered.
    #[error("is damaged")]
    Damaged,
    /// It does not speak of the crystals that are there.
    #[error("speaks of other crystals")]
    OtherCrystals,
}

/// Where the index of a being lies.
pub(crate) fn path_in(directory: &Path) -> PathBuf {
    directory.join(format!("moments-{EMBEDDING}.index"))
}

/// Bytes of the file that [`save`] would write.
pub(crate) fn file_bytes(rows: &Rows) -> u64 {
    let row_bytes = size_of::<Moment>() + size_of::<Code>() + Graph::FILE_BYTES;
    (size_of::<Header>() + rows.linked() * row_bytes + size_of::<u32>()) as u64
}

/// Writes the linked rows of `rows`, whole or not at all, and returns the bytes written. They are counted
/// also where that fails on the way.
///
/// # Errors
/// The system's; the former file stands then.
pub(crate) fn save(medium: &Medium, path: &Path, being: BeingId, rows: &Rows) -> io::Result<u64> {
    let young = with_suffix(path, "new");
    let disk = &medium.disk;
    let saved = write(medium, &young, being, rows).and_then(|bytes| {
        disk.rename(&young, path)?;
        disk.sync_directory(path.parent().unwrap_or(Path::new(".")))?;
        Ok(bytes)
    });
    if saved.is_err() {
        // A file that is not whole must not keep the space that others lack.
        let _ = disk.remove(&young);
    }
    saved
}

fn write(medium: &Medium, path: &Path, being: BeingId, rows: &Rows) -> io::Result<u64> {
    let linked = rows.linked();
    let last = linked
        .checked_sub(1)
        .map_or(0, |row| rows.row(row).0.sequence);
    let header = Header {
        magic: MAGIC,
        version: VERSION,
        embedding: EMBEDDING,
        dimensions: EMBEDDING_DIMENSIONS as u32,
        reserved: 0,
        being,
        rows: linked as u64,
        last,
        reserved_too: [0; 16],
    };
    let file = medium.disk.create(path)?;
    // Where there is no room for all of it, nothing is written and nobody else's room is used up.
    medium.disk.reserve(&file, file_bytes(rows))?;
    let mut out = Out {
        medium,
        file,
        piece: Vec::with_capacity(PIECE),
        written: 0,
        checksum: 0,
    };
    out.add(header.as_bytes())?;
    for part in rows.moments.bytes(linked) {
        out.add(part)?;
    }
    for part in rows.codes.bytes(linked) {
        out.add(part)?;
    }
    for part in rows.graph.links().bytes(linked) {
        out.add(part)?;
    }
    let checksum = out.checksum;
    out.add(&checksum.to_le_bytes())?;
    out.flush()?;
    medium.disk.sync(&out.file)?;
    Ok(out.written)
}

/// The file on its way to the disk, in pieces that are counted.
struct Out<'a> {
    medium: &'a Medium,
    file: DiskFile,
    piece: Vec<u8>,
    written: u64,
    checksum: u32,
}

impl Out<'_> {
    fn add(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.checksum = crc32c::crc32c_append(self.checksum, bytes);
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = rest;
            if self.piece.len() == PIECE {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let length = self.piece.len() as u64;
        self.medium.wear.count(WearSource::Index, length);
        let disk = &self.medium.disk;
        disk.write_at(&self.file, &self.piece, self.written)?;
        self.written += length;
        self.piece.clear();
        Ok(())
    }
}

struct Summed<F> {
    inner: F,
    checksum: u32,
}

impl<F: Read> Summed<F> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(bytes)?;
        self.checksum = crc32c::crc32c_append(self.checksum, bytes);
        Ok(())
    }
}

/// Reads the rows that are stored for `being`; nothing when there is no file.
///
/// # Errors
/// See [`IndexFileError`]; the index is built anew then.
pub(crate) fn load(
    path: &Path,
    being: BeingId,
    crystals: &CrystalReader,
) -> Result<Option<Rows>, IndexFileError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let length = file.metadata()?.len();
    let mut file = Summed {
        inner: BufReader::with_capacity(1 << 20, file),
        checksum: 0,
    };
    let mut header = Header::new_zeroed();
    if length < size_of::<Header>() as u64 {
        return Err(IndexFileError::Damaged);
    }
    file.read(header.as_mut_bytes())?;
    if header.magic != MAGIC
        || header.version != VERSION
        || header.embedding != EMBEDDING
        || header.dimensions as usize != EMBEDDING_DIMENSIONS
        || header.being != being
    {
        return Err(IndexFileError::Foreign);
    }
    let row_bytes = (size_of::<Moment>() + size_of::<Code>() + Graph::FILE_BYTES) as u64;
    let expected = header
        .rows
        .checked_mul(row_bytes)
        .and_then(|bytes| bytes.checked_add(size_of::<Header>() as u64 + 4));
    if expected != Some(length) {
        return Err(IndexFileError::Damaged);
    }
    let count = header.rows as usize;
    let moments = Column::filled(count, |bytes| file.read(bytes))?;
    let codes = Column::filled(count, |bytes| file.read(bytes))?;
    let links = Column::filled(count, |bytes| file.read(bytes))?;
    let checksum = file.checksum;
    let mut stored = [0; 4];
    file.read(&mut stored)?;
    if u32::from_le_bytes(stored) != checksum {
        return Err(IndexFileError::Damaged);
    }
    let graph = Graph::restored(links, &codes).ok_or(IndexFileError::Damaged)?;
    let rows = Rows {
        moments,
        codes,
        graph,
    };
    let is_last = rows.last() == header.last;
    if !is_last || !in_order(&rows) || !speaks_of(&rows, crystals) {
        return Err(IndexFileError::OtherCrystals);
    }
    Ok(Some(rows))
}

fn in_order(rows: &Rows) -> bool {
    (1..rows.len()).all(|row| rows.moments[row - 1].sequence < rows.moments[row].sequence)
}

/// Whether a sample of the rows, and the last one, are those of the crystals.
fn speaks_of(rows: &Rows, crystals: &CrystalReader) -> bool {
    let oldest = crystals.first_sequence().unwrap_or(u64::MAX);
    let last = rows.len().checked_sub(1);
    (rows.first_from(oldest)..rows.len())
        .step_by(COMPARED_SHARE)
        .chain(last.filter(|_| rows.last() >= oldest))
        .all(|row| {
            let (moment, code) = rows.row(row);
            // One that is damaged since is not found; nothing is wrong with the others.
            crystals.get(moment.sequence).map_or(
                crystals
                    .newest_sequence()
                    .is_some_and(|newest| moment.sequence <= newest),
                |crystal| {
                    Moment::of(&crystal) == moment
                        && Code::of(crystal.embedding()).unwrap_or(Code::ZERO) == code
                },
            )
        })
}
