//! How a command ends.

use std::fmt;
use std::process::ExitCode;

/// Exit statuses that are no failure of the command itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well: 0.
    Fine,
    /// It works, but not as it should: 3.
    Degraded,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Degraded => Self::from(3),
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It was asked wrongly: 2.
    WrongUse(String),
    /// It could not be done: 1.
    Failed(String),
    /// Whoever read the output has seen enough: 0, without a word.
    ReaderGone,
}

impl Failure {
    /// Something that was named or set wrongly.
    pub fn wrong_use(error: impl fmt::Display) -> Self {
        Self::WrongUse(error.to_string())
    }

    /// Something that went wrong.
    pub fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// The exit status.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        match self {
            Self::WrongUse(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
            Self::ReaderGone => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongUse(message) | Self::Failed(message) => formatter.write_str(message),
            Self::ReaderGone => formatter.write_str("nobody reads the output"),
        }
    }
}
