//! A being out of its directory into one file.

use super::error::ExportError;
use super::format::{BLOCK_TARGET, DIGEST_BYTES, Part, Progress};
use super::manifest::Manifest;
use super::packer::Packer;
use super::sealed_file::SealedFile;
use super::table::{ROW_BYTES, pack_name, pack_row};
use crate::catalog::{self, CARRIED, Carried, CatalogError};
use crate::clock::unix_now;
use crate::crystals::{self, CrystalOpenError, RECORD_BYTES, SegmentLook};
use crate::directory::{DirectoryLock, LockError, being_directory};
use crate::essence::{self, Essence, Looked};
use redb::{Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase};
use std::fs::File;
use std::io::{self, BufWriter};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use triune_core::BeingId;

/// Begun so often when a segment that was there goes meanwhile, as the oldest do when memory is full, or
/// loses records to a failing disk.
const ATTEMPTS: usize = 3;

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSummary {
    /// What the export says of itself.
    pub manifest: Manifest,
    /// Length of the file.
    pub bytes: u64,
    /// SHA-256 of all of it but these last bytes.
    pub sha256: [u8; DIGEST_BYTES],
}

/// Writes `being` whole into the new file `to`, which only its owner may read.
///
/// The being may run meanwhile, here or in another process: the export holds the newest durable
/// essence, every crystal that was durable when it began, and the catalogue as of one moment. A being
/// at rest is held meanwhile, so that nobody opens it. `progress` may stop it.
///
/// # Errors
/// See [`ExportError`]; there is no file `to` then.
pub fn export_being(
    root: &Path,
    being: BeingId,
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<ExportSummary, ExportError> {
    for _ in 1..ATTEMPTS {
        match export_once(root, being, to, progress) {
            Err(ExportError::Crystals(CrystalOpenError::System { source, .. }))
                if source.kind() == io::ErrorKind::NotFound => {}
            Err(ExportError::Altered { .. }) => {}
            other => return other,
        }
    }
    export_once(root, being, to, progress)
}

fn export_once(
    root: &Path,
    being: BeingId,
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<ExportSummary, ExportError> {
    let directory = being_directory(root, being);
    let identity = identity(&directory).ok_or(ExportError::NoSuchBeing(being))?;
    let file = SealedFile::create(to, being).map_err(|source| at(to, source))?;
    let source = Source::look(being, directory)?;
    let manifest = source.manifest()?;
    let (bytes, sha256) = write_file(&source, &manifest, file.file(), to, progress)?;
    // Who is erased meanwhile does not live on in a file.
    let is_there = || self::identity(&source.directory) == Some(identity);
    if !is_there() {
        return Err(ExportError::Erased(being));
    }
    file.publish().map_err(|source| at(to, source))?;
    // Looked at again, since the name may have come after the last byte of the being was gone.
    if !is_there() {
        std::fs::remove_file(to).map_err(|source| at(to, source))?;
        return Err(ExportError::Erased(being));
    }
    Ok(ExportSummary {
        manifest,
        bytes,
        sha256,
    })
}

fn write_file(
    source: &Source,
    manifest: &Manifest,
    file: &File,
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(u64, [u8; DIGEST_BYTES]), ExportError> {
    let begun = Packer::begin(BufWriter::new(file), manifest);
    let mut out = Out {
        packer: begun.map_err(|source| at(to, source))?,
        to,
        progress,
        done: Progress {
            done: 0,
            total: source.bytes(),
        },
    };
    source.write(&mut out)?;
    out.packer.end().map_err(|source| at(to, source))
}

fn at(path: &Path, source: io::Error) -> ExportError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Exists(path.to_owned()),
        _ => ExportError::System {
            path: path.to_owned(),
            source,
        },
    }
}

/// Tells a directory from another one of the same name.
fn identity(directory: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(directory).ok()?;
    metadata.is_dir().then(|| (metadata.dev(), metadata.ino()))
}

/// Where the export goes.
struct Out<'a> {
    packer: Packer<BufWriter<&'a File>>,
    to: &'a Path,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    done: Progress,
}

impl Out<'_> {
    fn add(&mut self, part: Part, records: &[u8]) -> Result<(), ExportError> {
        let added = self.packer.add(part, records);
        added.map_err(|source| at(self.to, source))?;
        self.done.done += records.len() as u64;
        Ok(())
    }

    /// A block holds rows of one table, under its name.
    fn add_rows(&mut self, table: &str, rows: &mut Vec<u8>) -> Result<(), ExportError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut block = pack_name(table);
        block.append(rows);
        self.add(Part::Table, &block)?;
        let ended = self.packer.end_block();
        ended.map_err(|source| at(self.to, source))
    }

    fn report(&mut self) -> Result<(), ExportError> {
        match (self.progress)(self.done) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ExportError::Stopped),
        }
    }
}

/// The being as it stood when the export began.
struct Source {
    being: BeingId,
    directory: PathBuf,
    essence: Option<Box<Essence>>,
    segments: Vec<SegmentLook>,
    catalog: CatalogView,
}

enum CatalogView {
    Nothing,
    /// Somebody else has it open.
    Shared {
        view: ReadTransaction,
        _database: ReadOnlyDatabase,
    },
    /// The being rests; nobody may open it meanwhile.
    Held {
        view: ReadTransaction,
        _database: Database,
        _lock: DirectoryLock,
    },
}

impl CatalogView {
    fn open(directory: &Path) -> Result<Self, ExportError> {
        let path = directory.join(catalog::NAME);
        match DirectoryLock::take(directory) {
            Ok(_) if !path.exists() => Ok(Self::Nothing),
            Ok(lock) => {
                let database = catalog::open_undamaged(&path)?;
                let view = database.begin_read().map_err(CatalogError::from);
                Ok(Self::Held {
                    view: view?,
                    _database: database,
                    _lock: lock,
                })
            }
            Err(LockError::InUse { .. }) if !path.exists() => Ok(Self::Nothing),
            Err(LockError::InUse { .. }) => {
                let database = catalog::look(&path).ok_or(CatalogError::InUse { path })?;
                let view = database.begin_read().map_err(CatalogError::from);
                Ok(Self::Shared {
                    view: view?,
                    _database: database,
                })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn view(&self) -> Option<&ReadTransaction> {
        match self {
            Self::Nothing => None,
            Self::Shared { view, .. } | Self::Held { view, .. } => Some(view),
        }
    }
}

impl Source {
    /// The essence first: what it counts on is in the crystals and the catalogue then.
    fn look(being: BeingId, directory: PathBuf) -> Result<Self, ExportError> {
        let looked = essence::look(&directory).map_err(|source| at(&directory, source))?;
        let essence = match looked {
            Looked::Whole(essence) => Some(essence),
            // A damaged essence is moved aside at the next opening: the rest of the being stands.
            Looked::Nothing | Looked::Damaged => None,
            Looked::OtherLayout {
                version,
                state_bytes,
            } => {
                return Err(ExportError::EssenceLayout {
                    version,
                    state_bytes,
                });
            }
        };
        Ok(Self {
            being,
            essence,
            segments: crystals::look(&directory, being)?,
            catalog: CatalogView::open(&directory)?,
            directory,
        })
    }

    fn crystals(&self) -> u64 {
        self.segments.iter().map(SegmentLook::whole).sum()
    }

    /// Bytes to write, as far as they are known beforehand.
    fn bytes(&self) -> u64 {
        let essence = if self.essence.is_some() {
            essence::BYTES
        } else {
            0
        };
        essence as u64 + self.crystals() * RECORD_BYTES as u64
    }

    fn manifest(&self) -> Result<Manifest, ExportError> {
        let profile = match self.catalog.view() {
            Some(view) => catalog::profile_in(view)?,
            None => None,
        };
        let mut rows = std::collections::BTreeMap::new();
        if let Some(view) = self.catalog.view() {
            let kept_from = self.kept_from()?;
            for carried in CARRIED {
                let mut count = 0;
                carried.rows(view, kept_from, &mut |_, _| {
                    count += 1;
                    ControlFlow::Continue(())
                })?;
                if count > 0 {
                    rows.insert(carried.name().to_owned(), count);
                }
            }
        }
        Ok(Manifest {
            being: self.being.to_string(),
            name: profile.as_ref().map(|profile| profile.name().to_owned()),
            created_unix: profile.map(|profile| profile.created_unix()),
            exported_unix: unix_now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            board: self.board()?,
            essence_unix: self.essence.as_ref().map(|essence| essence.written_unix),
            crystals: self.crystals(),
            rows,
        })
    }

    /// The oldest crystal's sequence number.
    fn kept_from(&self) -> Result<u64, ExportError> {
        for segment in &self.segments {
            if let Some(first) = segment.records(self.being)?.first() {
                return Ok(first.sequence());
            }
        }
        Ok(0)
    }

    /// The board of the newest crystal that the being made itself.
    fn board(&self) -> Result<Option<String>, ExportError> {
        for segment in self.segments.iter().rev() {
            let records = segment.records(self.being)?;
            let own = |crystal: &&crystals::Crystal| crystal.provenance().being == self.being;
            if let Some(crystal) = records.iter().rev().find(own) {
                let board = u128::from_be_bytes(crystal.provenance().board);
                return Ok(Some(format!("{board:032x}")));
            }
        }
        Ok(None)
    }

    fn write(&self, out: &mut Out<'_>) -> Result<(), ExportError> {
        if let Some(essence) = &self.essence {
            out.add(Part::Essence, &essence::pack(essence))?;
        }
        out.report()?;
        for segment in &self.segments {
            let records = segment.records(self.being)?;
            if records.len() as u64 != segment.whole() {
                // The manifest, which is written already, promises another number.
                let path = segment.path().to_owned();
                return Err(ExportError::Altered { path });
            }
            for crystal in records {
                out.add(Part::Crystals, crystal.to_bytes())?;
            }
            out.report()?;
        }
        if let Some(view) = self.catalog.view() {
            let kept_from = self.kept_from()?;
            for carried in CARRIED {
                write_table(*carried, view, kept_from, out)?;
                out.report()?;
            }
        }
        Ok(())
    }
}

fn write_table(
    carried: &dyn Carried,
    view: &ReadTransaction,
    kept_from: u64,
    out: &mut Out<'_>,
) -> Result<(), ExportError> {
    let name = carried.name();
    let mut rows = Vec::new();
    let mut written = Ok(());
    carried.rows(view, kept_from, &mut |key, row| {
        if row.len() > ROW_BYTES {
            written = Err(ExportError::RowLength {
                table: name,
                key,
                bytes: row.len(),
            });
        } else {
            let packed = pack_row(key, row);
            if rows.len() + packed.len() > BLOCK_TARGET {
                written = out.add_rows(name, &mut rows);
            }
            rows.extend_from_slice(&packed);
        }
        if written.is_ok() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    written?;
    out.add_rows(name, &mut rows)
}
