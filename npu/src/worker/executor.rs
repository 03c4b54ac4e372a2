//! The executor whose models run in a process of their own.

use super::error::WorkerError;
use super::layout::TensorLayout;
use super::options::WorkerOptions;
use super::roster::Roster;
use super::watch::{Counts, Watched, watch};
use crate::check::check_file;
use crate::model::{ModelDescription, Timing};
use crate::model_hash::ModelHash;
use crate::scheduler::{
    AddError, BackendFacts, ExecuteError, Executor, ExecutorStatistics, ModelId, ModelSource,
    RunningRequest,
};
use rustix::event::{EventfdFlags, eventfd};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes that the tensors of one model may need on all lanes.
const MOST_TENSOR_BYTES: usize = 1 << 30;
/// How often it is asked whether a start is given up.
const LOOK: Duration = Duration::from_millis(20);

/// Runs models in a child process that is watched, killed and restarted.
pub struct WorkerExecutor {
    watched: Arc<Watched>,
    facts: BackendFacts,
    /// Held for writing while a model runs that is to run alone.
    alone: RwLock<()>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl WorkerExecutor {
    /// Starts the first worker and waits until it says what it computes with.
    ///
    /// # Errors
    /// [`WorkerError`] if it does not start or is not understood.
    pub fn start(options: WorkerOptions) -> Result<Self, WorkerError> {
        Self::start_unless(options, || false)
    }

    /// The same, given up with [`WorkerError::GivenUp`] when `is_given_up` says so, which is asked now
    /// and then.
    ///
    /// # Errors
    /// [`WorkerError`] if it does not start, is not understood or is given up.
    pub fn start_unless(
        options: WorkerOptions,
        is_given_up: impl Fn() -> bool,
    ) -> Result<Self, WorkerError> {
        let system = |what| move |reason| WorkerError::System { what, reason };
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        let call = eventfd(0, flags).map_err(|reason| system("event")(reason.into()))?;
        let watched = Arc::new(Watched {
            options,
            roster: Roster::default(),
            counts: Counts::default(),
            call,
        });
        let (tell, hear) = sync_channel(1);
        let thread = Builder::new().name("npu-watch".to_owned());
        let theirs = Arc::clone(&watched);
        let thread = thread
            .spawn(move || watch(&theirs, &tell))
            .map_err(system("thread"))?;
        let mut was_given_up = false;
        let facts = loop {
            match hear.recv_timeout(LOOK) {
                Ok(facts) => break facts,
                Err(RecvTimeoutError::Timeout) if !was_given_up && is_given_up() => {
                    was_given_up = true;
                    watched.roster.stop();
                    wake(&watched);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break Err(WorkerError::Silent),
            }
        };
        let facts = match facts {
            _ if was_given_up => Err(WorkerError::GivenUp),
            facts => facts,
        };
        match facts {
            Ok(facts) => Ok(Self {
                watched,
                facts,
                alone: RwLock::new(()),
                thread: Mutex::new(Some(thread)),
            }),
            Err(error) => {
                // It has told why, or was told to, and ends.
                let _ = thread.join();
                Err(error)
            }
        }
    }

    /// Lets a model that was set aside be loaded and run again; `false` if it was not.
    pub fn release(&self, model: ModelId) -> bool {
        let released = self.watched.roster.release(model);
        wake(&self.watched);
        released
    }
}

/// Wakes the watch.
fn wake(watched: &Watched) {
    // It can only fail when it has been called more often than can be counted.
    let _ = rustix::io::write(&watched.call, &1_u64.to_ne_bytes());
}

impl Executor for WorkerExecutor {
    fn backend(&self) -> BackendFacts {
        self.facts.clone()
    }

    fn add(&self, source: &ModelSource) -> Result<(ModelId, Arc<ModelDescription>), AddError> {
        let ModelSource { manifest, bytes } = source;
        check_file(&self.facts.name, &self.facts.formats, bytes, manifest)?;
        let layout = TensorLayout::of(manifest, self.facts.lanes);
        if layout.bytes() > MOST_TENSOR_BYTES {
            return Err(AddError::TooLarge {
                model: manifest.name.clone(),
                bytes: layout.bytes() as u64,
                most: MOST_TENSOR_BYTES as u64,
            });
        }
        let description = Arc::new(ModelDescription {
            name: manifest.name.clone(),
            hash: ModelHash::of(bytes),
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        });
        let model = self
            .watched
            .roster
            .enter(source, Arc::clone(&description))?;
        wake(&self.watched);
        // A worker may have to be started for it, and may be lost while it loads, until the model is
        // set aside.
        let options = &self.watched.options;
        let attempts = u32::try_from(options.quarantine_deaths).unwrap_or(u32::MAX);
        let once = options.start_limit + options.load_limit;
        let until = Instant::now() + once.saturating_mul(attempts);
        self.watched
            .roster
            .wait_loaded(model, &self.facts.name, until)?;
        Ok((model, description))
    }

    fn run(&self, lane: usize, request: &mut RunningRequest<'_>) -> Result<Timing, ExecuteError> {
        let roster = &self.watched.roster;
        let mut ready = roster.ready(request.model, request.deadline)?;
        let (_alone, _among);
        if ready.is_suspect {
            _alone = self.alone.write().unwrap_or_else(PoisonError::into_inner);
        } else {
            _among = self.alone.read().unwrap_or_else(PoisonError::into_inner);
        }
        if ready.is_suspect {
            // The child may have been lost while others were waited for.
            ready = roster.ready(request.model, request.deadline)?;
        }
        let options = &self.watched.options;
        let generation = &ready.generation;
        generation.run(lane, request, &ready.description, &ready.tensors, options)
    }

    fn statistics(&self) -> ExecutorStatistics {
        let counts = &self.watched.counts;
        ExecutorStatistics {
            restarts: counts.restarts.load(Ordering::Relaxed),
            killed_overdue: counts.killed_overdue.load(Ordering::Relaxed),
            killed_faulty: counts.killed_faulty.load(Ordering::Relaxed),
            devices_lost: counts.devices_lost.load(Ordering::Relaxed),
            died: counts.died.load(Ordering::Relaxed),
            quarantined: self.watched.roster.quarantined(),
        }
    }

    fn stop(&self) {
        self.watched.roster.stop();
        wake(&self.watched);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            log::error!("the watch of the worker panicked");
        }
    }
}

impl Drop for WorkerExecutor {
    fn drop(&mut self) {
        self.stop();
    }
}
