//! Why the machine could not be prepared.

use crate::process::ProcessError;
use crate::wheels::WheelError;

/// Why the machine could not be prepared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error(
        "this is not Debian, so nothing was installed. Missing: {missing}.\nInstall these by \
         your system's own means, or use a Debian 12 machine or container, where this is run:\n\
         {commands}"
    )]
    NotDebian { missing: String, commands: String },
    #[error("installing needs root, and there is no sudo. Run this as root:\n{commands}")]
    NotRoot { commands: String },
    #[error(
        "{what} failed: {source}\nTry it by hand, or run `cargo appliance setup` again:\n{commands}"
    )]
    Install {
        what: &'static str,
        source: ProcessError,
        commands: String,
    },
    #[error("after installing, still missing: {0}; is the machine's Debian older than 12?")]
    StillMissing(String),
    #[error("the Rust toolchain lacks {what}, and {how}")]
    Rust { what: String, how: String },
    #[error(transparent)]
    Wheel(#[from] WheelError),
    #[error(transparent)]
    Process(#[from] ProcessError),
}
