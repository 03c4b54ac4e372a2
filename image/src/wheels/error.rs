//! Why a wheel's library cannot be had.

use std::io;
use std::path::PathBuf;

use crate::process::ProcessError;
use crate::store::StoreError;
use crate::workspace::WorkspaceError;

/// Why a wheel's library cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WheelError {
    #[error(
        "pip could not bring {wheel}; check the network and pip's own settings (`pip3 config list`), \
         then run `cargo appliance setup` again. Without it everything builds and runs, and models \
         compute in pure Rust, more slowly: {reason}"
    )]
    Download { wheel: String, reason: ProcessError },
    #[error("pip said that it brought {wheel}, but there are {found} files; is pip older than 20?")]
    NotOneFile { wheel: String, found: usize },
    #[error(
        "{wheel} does not have the SHA-256 of image/wheels.lock ({expected}, found {found}); the \
         download is damaged, or pip looks in a place that has another file: run this again"
    )]
    Damaged {
        wheel: String,
        expected: String,
        found: String,
    },
    #[error("{wheel} could not be unpacked: {reason}")]
    Unpack { wheel: String, reason: ProcessError },
    #[error(
        "{wheel} holds no {file}; image/wheels.lock names another version than this tool knows"
    )]
    Lacks { wheel: String, file: &'static str },
    #[error("image/wheels.lock names no wheel for {0}; restore the file from the repository")]
    NotLocked(&'static str),
    #[error("{path}, line {line}: {reason}; restore the file from the repository")]
    Lock {
        path: PathBuf,
        line: usize,
        reason: &'static str,
    },
    #[error("cannot use {path}: {source}; check its owner and the free space")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl WheelError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
