//! What can be wrong with the settings.

use super::injection::InjectError;
use std::path::PathBuf;
use triune_board::BoardError;
use triune_board::strict_toml::TomlError;
use triune_core::ParameterError;
use triune_engine::InvalidRate;

/// Why the service does not start: always wrong use, so exit status 2.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The settings file cannot be read.
    #[error("the settings file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The settings file does not say what it may.
    #[error("{path}: {source}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        source: TomlError,
    },
    /// There is no such board.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// The rate is impossible.
    #[error(transparent)]
    Rate(#[from] InvalidRate),
    /// The kernel cannot run like that.
    #[error("{key} = {value} {reason}")]
    Kernel {
        /// Full name of the key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it may say instead.
        reason: &'static str,
    },
    /// What is to fail on purpose is no fault.
    #[error(transparent)]
    Inject(#[from] InjectError),
    /// A loop parameter is impossible.
    #[error("[parameters]: {0}")]
    Parameter(#[from] ParameterError),
    /// There is no such level.
    #[error("log = \"{0}\" is no level: use error, warn, info, debug, trace or off")]
    Log(String),
    /// The flush window is too short.
    #[error("memory.flush_window_ms = {0} is too short: use 1000, or at least 4")]
    FlushWindow(u64),
    /// A share of time that is none.
    #[error("npu.activation_share = {0} is outside 0 to 1: use 0.05")]
    ActivationShare(f64),
    /// A file that was named is not there.
    #[error("{option} names {path}, which is not there: give an existing {kind}")]
    Missing {
        /// The option.
        option: &'static str,
        /// What it names.
        path: PathBuf,
        /// What it should be.
        kind: &'static str,
    },
    /// A span of time makes no sense.
    #[error("{option} {value} is not a span of time: give seconds above 0, ten years at most")]
    Span {
        /// The option.
        option: &'static str,
        /// What it says.
        value: f64,
    },
}
