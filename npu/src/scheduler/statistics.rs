//! What a scheduler did.

use super::class::Class;
use super::executor::{BackendFacts, ExecutorStatistics, ModelId};
use crate::manifest::Manifest;
use crate::model_hash::ModelHash;
use std::sync::Arc;
use std::time::Duration;

/// What one lane did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaneStatistics {
    /// Requests that ran to an end, good or bad.
    pub runs: u64,
    /// Share of the last second in which it ran something, 0 to 1.
    pub busy: f64,
}

/// What became of a class's requests: `offered` is the sum of all that follow up to `lost`, once
/// nothing waits or runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassStatistics {
    /// The class.
    pub class: Class,
    /// How many wait now.
    pub waiting: usize,
    /// How many were submitted.
    pub offered: u64,
    /// How many were answered.
    pub answered: u64,
    /// How many were refused because too many waited.
    pub refused_full: u64,
    /// How many were refused at once because their deadline could not be kept.
    pub refused_deadline: u64,
    /// How many were refused because their deadline passed while they waited.
    pub expired: u64,
    /// How many were given up by who asked while they waited.
    pub withdrawn: u64,
    /// How many failed in their model.
    pub failed: u64,
    /// How many were refused because their worker was lost, their model set aside or all was stopped.
    pub lost: u64,
    /// Of those answered, how many after their deadline.
    pub late: u64,
    /// How many were put back because their worker was lost.
    pub put_back: u64,
    /// How long 99 of 100 of the last requests waited for a lane.
    pub p99_wait: Duration,
}

/// What a model did.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelStatistics {
    /// Which.
    pub id: ModelId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub manifest: Arc<Manifest>,
    /// The file that was loaded.
    pub hash: ModelHash,
    /// Runs that gave a result.
    pub runs: u64,
    /// Runs that failed.
    pub failures: u64,
    /// How long half of the last runs took.
    pub p50: Duration,
    /// How long 99 of 100 of the last runs took.
    pub p99: Duration,
    /// Whether it was set aside when it was last asked.
    pub quarantined: bool,
}

/// What a scheduler did since its start.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// What computes.
    pub backend: BackendFacts,
    /// Each lane.
    pub lanes: Vec<LaneStatistics>,
    /// Each class, the heaviest first.
    pub classes: [ClassStatistics; 3],
    /// Each model, in the order in which they were added.
    pub models: Vec<ModelStatistics>,
    /// The workers.
    pub workers: ExecutorStatistics,
}
