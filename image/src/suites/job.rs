//! One command of a suite.

use std::ffi::OsString;
use std::time::Duration;

/// What is to be done, or why not.
pub(super) enum Planned {
    Run(Job),
    Skip { name: String, why: String },
}

/// A command whose exit status decides, and whose output is counted.
pub(super) struct Job {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(String, OsString)>,
    pub(super) counting: Counting,
    /// What of it is left out and why, each counted as skipped.
    pub(super) skipped: Vec<String>,
    /// Stopped after this long.
    pub(super) limit: Duration,
}

/// How its outcome is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// It passes or fails as a whole.
    Check,
    /// As a whole, and its last line is worth reading.
    CheckThatReports,
    /// Each of its tests.
    Tests,
}

/// The cargo that started this tool, or the one on the search path.
pub(super) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

pub(super) const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
