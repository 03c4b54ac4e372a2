//! Why the catalogue does not answer.

use std::io;
use std::path::PathBuf;

/// Why the catalogue could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A newer version wrote it; it was left as it is.
    #[error(
        "{path} was written by a newer version (layout {version}): start that version, or move the file away"
    )]
    Newer {
        /// The catalogue.
        path: PathBuf,
        /// Version of its layout.
        version: u64,
    },
    /// A program with another database wrote it; it was left as it is.
    #[error(
        "{path} is in database format {format}, which this version cannot read: start the version that wrote it, or move the file away"
    )]
    Format {
        /// The catalogue.
        path: PathBuf,
        /// Number of redb's file format.
        format: u8,
    },
    /// It is damaged, and whoever asked may not move it aside.
    #[error("{path} is damaged ({why}): wake the being, which begins a fresh one, and call again")]
    Damaged {
        /// The catalogue.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another opener writes to it.
    #[error("{path} is open elsewhere: close the being there first")]
    InUse {
        /// The catalogue.
        path: PathBuf,
    },
    /// The system could not open, create or rename the file.
    #[error("cannot open {path}: {source}; free some space, or check the owner and rights")]
    System {
        /// The catalogue.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A transaction failed; nothing of it is in the catalogue.
    #[error("the catalogue: {0}; check the disk and its free space, then repeat the call")]
    Transaction(#[source] Box<redb::Error>),
    /// A row is not what its table holds.
    #[error("row {key} of table {table} is not understood: move the catalogue away to begin anew")]
    Row {
        /// The table.
        table: &'static str,
        /// The row.
        key: u64,
    },
    /// The being was closed or erased.
    #[error("the being's memory was closed: open it again")]
    Closed,
}

/// Every error of a redb call is told as one that failed the transaction.
macro_rules! from_redb {
    ($($error:ty),*) => {$(
        impl From<$error> for CatalogError {
            fn from(error: $error) -> Self {
                Self::Transaction(Box::new(error.into()))
            }
        }
    )*};
}

from_redb!(
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError
);
