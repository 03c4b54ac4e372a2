//! What the library's errors mean for models.

use crate::error::{DeviceFault, RunError};
use triune_rknn::layout::LayoutError;
use triune_rknn::{Code, Error, OpenError};

/// Why an NPU was not opened.
#[derive(Debug, thiserror::Error)]
pub enum RknnOpenError {
    /// Its library cannot be used.
    #[error(transparent)]
    Library(#[from] OpenError),
    /// Nobody makes an NPU with so many cores.
    #[error("an NPU of {found} cores is not known: say 1 to {most} in the board's description")]
    Cores {
        /// What was asked for.
        found: usize,
        /// How many there may be.
        most: usize,
    },
}

/// A call that failed while a model ran.
#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn fault(error: Error) -> RunError {
    let text = error.to_string();
    let code = match error {
        Error::Call { code, .. } => Some(code),
        _ => None,
    };
    RunError::from(match code {
        Some(Code::DeviceUnavailable) => DeviceFault::Lost(text),
        Some(Code::Timeout) => DeviceFault::TimedOut(text),
        Some(Code::NoMemory) => DeviceFault::OutOfMemory(text),
        _ => DeviceFault::Failed(text),
    })
}

/// A memory that is not what was bound: the library changed its mind.
pub(super) fn misplaced(error: LayoutError) -> RunError {
    DeviceFault::Failed(error.to_string()).into()
}
