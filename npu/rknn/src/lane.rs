//! A context on a thread of its own: what the runtimes lack is running without waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::sync::mpsc::{channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::context::Context;

type Job = Box<dyn FnOnce(&mut Context) + Send>;

/// Why a job has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// As many jobs wait as may.
    #[error("the lane has as many jobs waiting as it takes: ask again later")]
    Full,
    /// The lane's thread is no more.
    #[error("the lane has ended: load the model again")]
    Ended,
    /// The job panicked; the lane goes on.
    #[error("the job panicked: its message stands in the log")]
    Panicked,
    /// Not yet; the job goes on.
    #[error("the job is not done yet")]
    NotDone,
}

/// A thread that owns a context and does one job after the other with it.
///
/// Dropping it lets the jobs that wait be done, then destroys the context. A run that never returns keeps
/// it for ever: only the end of the process helps then, so that programs that must go on use the NPU
/// from a process of its own.
#[derive(Debug)]
pub struct Lane {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<Context>>,
}

/// A job's result, once it is there.
#[derive(Debug)]
pub struct Ticket<R> {
    result: Receiver<R>,
}

impl Lane {
    /// Starts a thread called `name` that owns the context; at most `waiting` jobs queue up for it.
    ///
    /// # Errors
    /// What the system says if it starts no thread; the context is destroyed then.
    pub fn start(name: &str, context: Context, waiting: usize) -> std::io::Result<Self> {
        let (jobs, received) = sync_channel::<Job>(waiting);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(context, &received))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Hands over a job and returns at once.
    ///
    /// # Errors
    /// [`LaneError::Full`], [`LaneError::Ended`]; the job was not begun.
    pub fn submit<R, F>(&self, job: F) -> Result<Ticket<R>, LaneError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Context) -> R + Send + 'static,
    {
        let (answer, result) = channel();
        let job: Job = Box::new(move |context| {
            // Nobody may be waiting any more; the result is then dropped.
            let _ = answer.send(job(context));
        });
        let jobs = self.jobs.as_ref().ok_or(LaneError::Ended)?;
        match jobs.try_send(job) {
            Ok(()) => Ok(Ticket { result }),
            Err(TrySendError::Full(_)) => Err(LaneError::Full),
            Err(TrySendError::Disconnected(_)) => Err(LaneError::Ended),
        }
    }

    /// Lets the jobs that wait be done, ends the thread and gives the context back.
    ///
    /// # Errors
    /// [`LaneError::Ended`] if the thread died before.
    pub fn close(mut self) -> Result<Context, LaneError> {
        self.end().ok_or(LaneError::Ended)
    }

    fn end(&mut self) -> Option<Context> {
        self.jobs = None;
        self.thread.take()?.join().ok()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.end();
    }
}

impl<R> Ticket<R> {
    /// Waits for the result.
    ///
    /// # Errors
    /// [`LaneError::Panicked`] if the job did, or its lane died.
    pub fn wait(self) -> Result<R, LaneError> {
        self.result.recv().map_err(|_| LaneError::Panicked)
    }

    /// Waits at most so long. Nothing is lost if it was too short: ask again.
    ///
    /// # Errors
    /// [`LaneError::NotDone`], [`LaneError::Panicked`].
    pub fn wait_for(&self, limit: Duration) -> Result<R, LaneError> {
        self.result
            .recv_timeout(limit)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => LaneError::NotDone,
                RecvTimeoutError::Disconnected => LaneError::Panicked,
            })
    }

    /// The result if it is there.
    ///
    /// # Errors
    /// [`LaneError::NotDone`], [`LaneError::Panicked`].
    pub fn poll(&self) -> Result<R, LaneError> {
        self.result.try_recv().map_err(|error| match error {
            TryRecvError::Empty => LaneError::NotDone,
            TryRecvError::Disconnected => LaneError::Panicked,
        })
    }
}

fn work(mut context: Context, jobs: &Receiver<Job>) -> Context {
    while let Ok(job) = jobs.recv() {
        // A context's guards put everything right when they are dropped, by a panic too.
        if catch_unwind(AssertUnwindSafe(|| job(&mut context))).is_err() {
            log::error!("a job for the NPU panicked: the lane goes on with the next");
        }
    }
    context
}
