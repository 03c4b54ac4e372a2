//! How a worker is to be started and watched.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The program that a worker is. It must call [`super::serve`], and write nothing on its standard
/// output, which is closed.
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    /// The file.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What is added to its environment.
    pub environment: Vec<(OsString, OsString)>,
}

impl WorkerProgram {
    /// This very program, also when its file was replaced since it started.
    #[must_use]
    pub fn this_program(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            path: PathBuf::from("/proc/self/exe"),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
        }
    }

    /// With this in its environment.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }
}

/// How a worker is watched.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// What it is.
    pub program: WorkerProgram,
    /// How long it may take from its start to its first word.
    pub start_limit: Duration,
    /// How long it may take to load a model.
    pub load_limit: Duration,
    /// How long the first run of a model on a lane may take.
    pub first_run_limit: Duration,
    /// How long every run may take, however short the others were.
    pub least_limit: Duration,
    /// How many times longer than 99 of 100 runs a run may take.
    pub limit_factor: u32,
    /// A model that ends its worker so often ...
    pub quarantine_deaths: usize,
    /// ... in this time is set aside.
    pub quarantine_within: Duration,
    /// Longest pause before a lost worker is started again; pauses grow while workers die young.
    pub longest_pause: Duration,
    /// How long both sides look for each other's word before they sleep. More than nothing is for
    /// machines with processors to spare.
    pub spin: Duration,
}

impl WorkerOptions {
    /// The usual limits.
    #[must_use]
    pub const fn new(program: WorkerProgram) -> Self {
        Self {
            program,
            // Backends try themselves first, which takes seconds on an emulated processor.
            start_limit: Duration::from_secs(60),
            load_limit: Duration::from_secs(60),
            first_run_limit: Duration::from_secs(5),
            least_limit: Duration::from_millis(250),
            limit_factor: 20,
            quarantine_deaths: 3,
            quarantine_within: Duration::from_secs(60),
            longest_pause: Duration::from_secs(5),
            spin: Duration::ZERO,
        }
    }

    pub(super) fn limit(&self, usual: Option<Duration>, is_first: bool) -> Duration {
        let usual = usual.map(|usual| usual.saturating_mul(self.limit_factor));
        let limit = usual.unwrap_or(self.first_run_limit).max(self.least_limit);
        if is_first {
            limit.max(self.first_run_limit)
        } else {
            limit
        }
    }
}
