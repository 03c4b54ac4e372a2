//! What runs the requests that the scheduler chose.

use super::source::ModelSource;
use crate::error::{LoadError, RunError};
use crate::model::{ModelDescription, Timing};
use crate::model_file::FileFormat;
use crate::tensor::Tensor;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Which of an executor's models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub(crate) u32);

/// What an executor computes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendFacts {
    /// As [`crate::Backend::name`].
    pub name: String,
    /// As [`crate::Backend::formats`].
    pub formats: Vec<FileFormat>,
    /// As [`crate::Backend::lanes`].
    pub lanes: usize,
}

/// Why a model was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The backend refuses it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The backend of the worker refuses it.
    #[error("model '{model}' is refused: {reason}")]
    Refused {
        /// The model's name.
        model: String,
        /// What the backend said.
        reason: String,
    },
    /// Its tensors do not fit into what a worker may share.
    #[error(
        "the tensors of model '{model}' need {bytes} bytes, more than the {most} that are shared"
    )]
    TooLarge {
        /// The model's name.
        model: String,
        /// What it needs on all lanes.
        bytes: u64,
        /// What there may be.
        most: u64,
    },
    /// It killed its worker again and again while it was loaded.
    #[error("model '{model}' kills the worker that loads it: it is set aside; check the model")]
    Quarantined {
        /// The model's name.
        model: String,
    },
    /// No worker could be had in time.
    #[error("no worker could load model '{model}' in time: look into the log for why")]
    NoWorker {
        /// The model's name.
        model: String,
    },
    /// The executor has as many models as it may have.
    #[error("{most} models are loaded already: leave one out")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// The executor has stopped.
    #[error("the executor has stopped")]
    Stopped,
}

/// A request while it runs.
pub struct RunningRequest<'a> {
    /// Which model.
    pub model: ModelId,
    /// As [`ModelDescription::inputs`]; checked.
    pub inputs: &'a [Tensor],
    /// As [`ModelDescription::outputs`]; filled when the run succeeds.
    pub outputs: &'a mut [Tensor],
    /// When the answer is of no more use: an executor that is not ready need not wait longer.
    pub deadline: Instant,
    /// How long 99 of 100 runs of this model took of late, if it ran.
    pub usual: Option<Duration>,
}

/// Why a request did not run to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExecuteError {
    /// The model refused or failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The worker died or was killed under it.
    #[error("the worker was lost")]
    WorkerLost,
    /// There was no worker before the deadline; nothing was tried.
    #[error("there was no worker in time")]
    NoWorker,
    /// The model is set aside.
    #[error("the model is set aside")]
    Quarantined,
    /// The executor has stopped.
    #[error("the executor has stopped")]
    Stopped,
}

/// What became of an executor's workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecutorStatistics {
    /// Workers that were started after the first.
    pub restarts: u64,
    /// Workers that were killed because a request or a loading took too long.
    pub killed_overdue: u64,
    /// Workers that were killed because they broke the protocol.
    pub killed_faulty: u64,
    /// Workers that were given up because their device was lost.
    pub devices_lost: u64,
    /// Workers that ended by themselves or by a signal from outside.
    pub died: u64,
    /// Models that are set aside.
    pub quarantined: usize,
}

/// Runs models, one request at a time on each of its lanes. An executor serves one scheduler.
pub trait Executor: Send + Sync {
    /// What computes.
    fn backend(&self) -> BackendFacts;

    /// Loads a model on every lane.
    ///
    /// # Errors
    /// [`AddError`].
    fn add(&self, source: &ModelSource) -> Result<(ModelId, Arc<ModelDescription>), AddError>;

    /// Runs one request on `lane`, which is below the number of lanes and runs nothing else.
    ///
    /// # Errors
    /// [`ExecuteError`]; then the outputs hold no result.
    fn run(&self, lane: usize, request: &mut RunningRequest<'_>) -> Result<Timing, ExecuteError>;

    /// What became of its workers.
    fn statistics(&self) -> ExecutorStatistics {
        ExecutorStatistics::default()
    }

    /// Ends what runs, as far as it can be ended; later calls give `Stopped`.
    fn stop(&self) {}
}
