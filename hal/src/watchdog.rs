//! Watchdogs: hardware that resets the board when nobody feeds it.

mod linux;
mod simulated;

pub use linux::LinuxWatchdog;
pub use simulated::SimulatedWatchdog;

use crate::Recovery;
use std::path::PathBuf;

/// Why a watchdog cannot be fed.
#[derive(Debug, thiserror::Error)]
pub enum WatchdogError {
    /// No such device.
    #[error("watchdog {path} was not found; load its driver or set `watchdog = \"none\"` in board.toml", path = .path.display())]
    NotFound {
        /// What was opened.
        path: PathBuf,
    },
    /// Another program feeds it.
    #[error("watchdog {path} is fed by another program; stop that program", path = .path.display())]
    Busy {
        /// What was opened.
        path: PathBuf,
    },
    /// Anything else that the system said.
    #[error("watchdog {path}: {call} failed: {source}; check its driver and permissions", path = .path.display())]
    System {
        /// What was opened.
        path: PathBuf,
        /// What was being done.
        call: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl WatchdogError {
    /// What a supervisor does about it.
    pub fn recovery(&self) -> Recovery {
        Recovery::Reopen
    }
}

/// A watchdog. From opening on it counts down; it resets the board when it was not fed for
/// [`timeout_s`](Watchdog::timeout_s).
pub trait Watchdog: Send {
    /// What it is, for people.
    fn describe(&self) -> String;

    /// Seconds without food after which it resets the board.
    fn timeout_s(&self) -> u32;

    /// Starts its countdown anew.
    ///
    /// # Errors
    /// [`WatchdogError::System`].
    fn feed(&mut self) -> Result<(), WatchdogError>;

    /// Stops it for a shutdown that is meant. Merely dropping it leaves it counting, so that a
    /// crash resets the board.
    ///
    /// # Errors
    /// [`WatchdogError::System`]; then it goes on counting.
    fn disarm(self: Box<Self>) -> Result<(), WatchdogError>;
}
