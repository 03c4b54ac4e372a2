//! Why there is no worker.

use super::message::MessageError;
use rustix::io::Errno;
use std::io;
use std::path::PathBuf;

/// Why a worker did not start.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The program did not start.
    #[error("the worker {} does not start: {reason}", program.display())]
    Program {
        /// Which.
        program: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// The system refused what a worker needs.
    #[error("the system gives no {what} for a worker: {reason}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// It ended before it said what it computes with.
    #[error("the worker ended at once ({status}): its own message tells why")]
    Ended {
        /// How.
        status: String,
    },
    /// It did not say in time what it computes with.
    #[error("the worker does not answer: is the program one?")]
    Silent,
    /// Whoever started it did not want it any more.
    #[error("the start of the worker was given up")]
    GivenUp,
    /// It said something else than a worker says.
    #[error("the worker is not understood: {0}")]
    NotUnderstood(#[from] MessageError),
    /// It computes with something else than the worker before it.
    #[error("the worker computes with {found}, the one before it with {expected}")]
    Changed {
        /// What the first worker said.
        expected: String,
        /// What this one says.
        found: String,
    },
}

/// Why a worker ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It was not started as a worker.
    #[error(
        "the standard input is no control socket: this command is started by the service alone"
    )]
    NotAWorker,
    /// The system refused something.
    #[error("the system refuses {what}: {reason}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        reason: Errno,
    },
    /// The parent said something that is not understood.
    #[error("the parent is not understood: {0}")]
    NotUnderstood(#[from] MessageError),
    /// A lane's thread could not be started.
    #[error("the system gave no thread: {0}")]
    Thread(#[from] io::Error),
}
