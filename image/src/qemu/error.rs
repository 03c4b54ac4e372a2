//! Why the machine does not run.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why the machine does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QemuError {
    #[error("`qemu-system-aarch64` is not there; run `cargo appliance setup`")]
    Missing,
    #[error("QEMU ended at once ({status}): {said}")]
    Refused { status: String, said: String },
    #[error("QEMU did not open its {channel} within {limit:?}; is the machine overloaded?")]
    Silent {
        channel: &'static str,
        limit: Duration,
    },
    #[error("QEMU ended by itself ({status}); {said}")]
    Ended { status: String, said: String },
    #[error("the guest failed: {line}")]
    Guest { line: String },
    #[error("QEMU refused `{command}`: {reason}")]
    Command { command: String, reason: String },
    #[error("QEMU's control socket broke: {0}")]
    Control(io::Error),
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
}

impl QemuError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
