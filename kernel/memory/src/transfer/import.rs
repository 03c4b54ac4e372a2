//! A being out of one file into a directory of its own.

use super::error::ImportError;
use super::format::{DIGEST_BYTES, Progress};
use super::manifest::Manifest;
use super::segments::SegmentWriter;
use super::unpacker::{Content, Unpacker};
use crate::catalog::{self, CARRIED, Catalog, CatalogError};
use crate::directory::{
    DirectoryError, DirectoryLock, Erased, being_directory, create_private, create_root,
    importing_directory, remove_tree,
};
use crate::essence::EssenceFile;
use crate::files::{RealDisk, rename_new, sync_directory};
use crate::wear::WearDay;
use redb::WriteTransaction;
use std::fs::File;
use std::io::{self, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use triune_core::BeingId;

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// The being that is here now.
    pub being: BeingId,
    /// What the export says of itself.
    pub manifest: Manifest,
    /// Length of the file.
    pub bytes: u64,
    /// SHA-256 of all of it but its last bytes, which say the same.
    pub sha256: [u8; DIGEST_BYTES],
}

/// Puts the being in the export `from` under the memory directory `root`, under its own id or as
/// `as_being`. Crystals keep where they come from either way. `progress` may stop it.
///
/// The being is put together in a hidden directory and appears whole and durable, or not at all. What
/// a power cut leaves of an import is removed when any being is opened.
///
/// # Errors
/// See [`ImportError`]; nothing is left behind then, and no being that is here is ever touched.
pub fn import_being(
    root: &Path,
    from: &Path,
    as_being: Option<BeingId>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<ImportSummary, ImportError> {
    let opened = File::open(from).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (total, file) = opened.map_err(|source| at(from, source))?;
    let mut unpacker = Unpacker::begin(BufReader::new(file))?;
    let being = match as_being {
        Some(being) => being,
        None => unpacker.manifest().being_id()?,
    };
    let target = being_directory(root, being);
    if target.symlink_metadata().is_ok() {
        return Err(ImportError::Exists(being));
    }
    let young = Young::begin(root, being)?;
    let mut being_here = Arrival::begin(&young.path, being)?;
    while let Some(content) = unpacker.next()? {
        being_here.take(content)?;
        let done = unpacker.bytes_read();
        if progress(Progress { done, total }).is_break() {
            return Err(ImportError::Stopped);
        }
    }
    being_here.finish()?;
    young.appear(root, being, &target)?;
    Ok(ImportSummary {
        being,
        manifest: unpacker.manifest().clone(),
        bytes: unpacker.bytes_read(),
        sha256: unpacker.sha256(),
    })
}

fn at(path: &Path, source: io::Error) -> ImportError {
    ImportError::System {
        path: path.to_owned(),
        source,
    }
}

/// The hidden directory. Dropped before it appears, nothing of it stays.
struct Young {
    path: PathBuf,
    _lock: DirectoryLock,
    has_appeared: bool,
}

impl Young {
    fn begin(root: &Path, being: BeingId) -> Result<Self, ImportError> {
        let path = create_root(&RealDisk, root)
            .and_then(|()| create_private(&RealDisk, root, importing_directory(root, being)))
            .map_err(|error| {
                let (DirectoryError::Create { path, source }
                | DirectoryError::Read { path, source }) = error;
                at(&path, source)
            })?;
        // Who holds the lock imports; what else lies here was cut off.
        let lock = DirectoryLock::take(&path)?;
        for entry in std::fs::read_dir(&path).map_err(|source| at(&path, source))? {
            let entry = entry.map_err(|source| at(&path, source))?;
            if entry.file_name() != "lock" {
                std::fs::remove_file(entry.path()).map_err(|source| at(&path, source))?;
            }
        }
        Ok(Self {
            path,
            _lock: lock,
            has_appeared: false,
        })
    }

    fn appear(mut self, root: &Path, being: BeingId, target: &Path) -> Result<(), ImportError> {
        let failed = |source| at(target, source);
        sync_directory(&self.path).map_err(failed)?;
        rename_new(&self.path, target).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => ImportError::Exists(being),
            _ => failed(source),
        })?;
        let durable = sync_directory(target.parent().unwrap_or(root));
        // Told as failed, it must not be here all the same.
        self.has_appeared = durable.is_ok() || rename_new(target, &self.path).is_err();
        durable.map_err(failed)
    }
}

impl Drop for Young {
    fn drop(&mut self) {
        if !self.has_appeared
            && let Err(error) = remove_tree(&self.path, &mut Erased::default())
        {
            log::warn!("memory: {error}");
        }
    }
}

/// The being as it is put together.
struct Arrival<'a> {
    directory: &'a Path,
    being: BeingId,
    segments: SegmentWriter,
    rows: WriteTransaction,
    catalog: Catalog,
}

impl<'a> Arrival<'a> {
    fn begin(directory: &'a Path, being: BeingId) -> Result<Self, ImportError> {
        let catalog = Catalog::open(&directory.join(catalog::NAME))?;
        Ok(Self {
            directory,
            being,
            segments: SegmentWriter::new(directory.to_owned(), being),
            rows: catalog.begin_write()?,
            catalog,
        })
    }

    fn take(&mut self, content: Content) -> Result<(), ImportError> {
        match content {
            Content::Essence(mut essence) => {
                essence.state.being = self.being;
                // What was written elsewhere wore another board's disk.
                essence.wear = WearDay::default();
                let opened = EssenceFile::open(self.directory, self.being);
                let (mut file, _) =
                    opened.map_err(|error| at(self.directory, io::Error::other(error)))?;
                file.write(&essence)?;
            }
            Content::Crystals(crystals) => {
                for crystal in &crystals {
                    let own = crystal.resealed(self.being, crystal.sequence());
                    let pushed = self.segments.push(&own);
                    pushed.map_err(|source| at(self.directory, source))?;
                }
            }
            Content::Rows { table, rows } => self.insert(table, &rows)?,
        }
        Ok(())
    }

    fn insert(&self, table: &str, rows: &[(u64, Vec<u8>)]) -> Result<(), CatalogError> {
        for carried in CARRIED.iter().filter(|carried| carried.name() == table) {
            for (key, row) in rows {
                carried.insert(&self.rows, *key, row)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), ImportError> {
        let finished = self.segments.finish();
        finished.map_err(|source| at(self.directory, source))?;
        self.rows.commit().map_err(CatalogError::from)?;
        self.catalog.close();
        Ok(())
    }
}
