//! What can go wrong on the way out and in.

use crate::catalog::CatalogError;
use crate::crystals::CrystalOpenError;
use crate::directory::LockError;
use crate::essence::EssenceError;
use std::io;
use std::path::PathBuf;
use triune_core::BeingId;

/// Why a being was not exported. Nothing is left under the name asked for.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no such being here.
    #[error("there is no being {0} here: list the beings to see which there are")]
    NoSuchBeing(BeingId),
    /// The name is taken.
    #[error("{0} exists: choose another name, or remove it first")]
    Exists(PathBuf),
    /// The essence was written by another version.
    #[error(
        "the essence was written by another version (page version {version}, state of {state_bytes} bytes): export with that version"
    )]
    EssenceLayout {
        /// Version of the page.
        version: u32,
        /// Size of the state in it.
        state_bytes: u32,
    },
    /// The crystals cannot be read.
    #[error(transparent)]
    Crystals(#[from] CrystalOpenError),
    /// The catalogue cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The being cannot be held while its catalogue is mended.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A row of the catalogue is longer than a block.
    #[error("row {key} of table {table} has {bytes} bytes, more than an export takes: shorten it")]
    RowLength {
        /// The table.
        table: &'static str,
        /// The row.
        key: u64,
        /// Its length.
        bytes: usize,
    },
    /// Reading the being or writing the file failed.
    #[error("cannot use {path}: {source}; check the disk, its free space and the rights")]
    System {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A segment lost records between two looks, again and again.
    #[error("{path} lost records while it was exported: check the disk, then export again")]
    Altered {
        /// The segment.
        path: PathBuf,
    },
    /// The being was erased meanwhile; the export went with it.
    #[error("being {0} was erased while it was exported: nothing of it was kept")]
    Erased(BeingId),
    /// The caller stopped it.
    #[error("the export was stopped: nothing was written")]
    Stopped,
}

/// Why a file is no export that can be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// Some other kind of file.
    #[error("this is no exported being: choose a file that an export wrote")]
    Foreign,
    /// A newer version wrote it.
    #[error("a newer version wrote this export (format {0}): import it with that version")]
    Newer(u32),
    /// The essence in it has another layout.
    #[error(
        "the essence in this export has another layout (page version {version}, state of {state_bytes} bytes): import it with the version that wrote it"
    )]
    EssenceLayout {
        /// Version of the page.
        version: u32,
        /// Size of the state in it.
        state_bytes: u32,
    },
    /// It holds rows of a table that is not known here.
    #[error("this export holds the table '{0}', which this version does not know: use a newer one")]
    UnknownTable(String),
    /// It ends too early.
    #[error("this export is cut short: copy it again from where it was made")]
    Cut,
    /// It is not as it was written.
    #[error("this export is damaged ({0}): copy it again from where it was made")]
    Damaged(&'static str),
    /// The system could not read it.
    #[error("cannot read the export: {0}; check the disk it is on")]
    Read(#[source] io::Error),
}

impl From<io::Error> for FormatError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Read(error),
        }
    }
}

/// Why a being was not imported. Nothing of it is left here.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be used.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The being is here already.
    #[error("being {0} is here already: erase it first, or import under another id")]
    Exists(BeingId),
    /// Another import of the being is under way.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The catalogue cannot be written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The essence cannot be written.
    #[error(transparent)]
    Essence(#[from] EssenceError),
    /// Something cannot be opened, made or written.
    #[error("cannot use {path}: {source}; check the disk, its free space and the rights")]
    System {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The caller stopped it.
    #[error("the import was stopped: nothing was kept")]
    Stopped,
}
