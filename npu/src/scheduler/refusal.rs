//! Why a request was not answered.

use crate::error::RunError;
use std::io;
use std::time::Duration;

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// As many requests of its class wait as may.
    #[error("{waiting} requests of this class wait already: ask less often")]
    QueueFull {
        /// How many wait.
        waiting: usize,
    },
    /// The deadline went by before a lane was free.
    #[error("the deadline passed before the request could run: ask less often, or allow more time")]
    DeadlinePassed,
    /// Measured times say that its own deadline, or one that was promised, would not be kept.
    #[error("the deadline cannot be kept: the request needs {needs:?}; allow more time")]
    DeadlineCannotBeKept {
        /// From the submission to the answer.
        needs: Duration,
    },
    /// The process that computed it died or was killed, and there is no time or reason to try again.
    #[error("the worker was lost ({restarts} restarts so far): ask again")]
    WorkerLost {
        /// How often a worker was started again.
        restarts: u64,
    },
    /// The model killed its worker too often.
    #[error("the model is set aside because it killed its worker again and again: check the model")]
    Quarantined,
    /// The scheduler stops.
    #[error("the scheduler has stopped")]
    Stopped,
    /// The model did not run.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a scheduler did not start, or made no room for a request.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An option makes no sense.
    #[error("{option} is 0: give 1 or more")]
    Nothing {
        /// Which.
        option: &'static str,
    },
    /// The system gave no thread.
    #[error("the system gave no thread: {0}")]
    Thread(#[from] io::Error),
}
