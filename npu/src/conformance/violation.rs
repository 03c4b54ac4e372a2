//! A broken promise.

use std::fmt;

/// Something that a backend did against its contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What was tried.
    pub trial: String,
    /// What was wrong with the outcome.
    pub fault: String,
}

impl Violation {
    pub(super) fn new(trial: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            trial: trial.into(),
            fault: fault.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.trial, self.fault)
    }
}
