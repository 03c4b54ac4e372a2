//! Why packages cannot be had.

use std::io;
use std::path::PathBuf;

use crate::process::ProcessError;
use crate::store::StoreError;
use crate::workspace::WorkspaceError;

/// Why packages cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error(
        "no Debian mirror is known: this machine's apt sources name none; set \
         TRIUNE_DEBIAN_MIRROR to the address of one"
    )]
    NoMirror,
    #[error(
        "the keyring {0} is not there, so packages cannot be checked; run `cargo appliance setup`"
    )]
    NoKeyring(PathBuf),
    #[error(
        "the package lists of the mirror could not be had; check the network, then run this \
         again: {0}"
    )]
    Update(ProcessError),
    #[error("packages could not be downloaded; check the network, then run this again: {0}")]
    Download(ProcessError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("apt's answer lacks {0}; is the mirror complete?")]
    Answer(String),
    #[error(
        "{file} does not have the SHA-256 that the signed package list gives ({expected}, \
         found {found}); the download is damaged: run this again"
    )]
    Damaged {
        file: String,
        expected: String,
        found: String,
    },
    #[error("{path}, line {line}: {reason}; run `cargo appliance lock` to write it anew")]
    Lock {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl PackageError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
