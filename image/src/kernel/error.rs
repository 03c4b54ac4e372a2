//! Why the kernel cannot be used.

use std::io;
use std::path::PathBuf;

use crate::packages::PackageError;
use crate::process::ProcessError;
use crate::store::StoreError;

/// Why the kernel cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KernelError {
    #[error("the package set holds no kernel; run `cargo appliance lock`")]
    NoKernel,
    #[error("the kernel package {package} has no {what}; its layout has changed")]
    Layout {
        package: PathBuf,
        what: &'static str,
    },
    #[error("the kernel has no module `{0}`, neither built in nor loadable")]
    NoModule(String),
    #[error("the module {path} cannot be read: {reason}")]
    Module { path: PathBuf, reason: String },
    #[error("the modules {0} depend on each other in a circle")]
    Circle(String),
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KernelError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
