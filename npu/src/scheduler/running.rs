//! The scheduler.

use super::executor::{AddError, Executor, ModelId};
use super::lane;
use super::refusal::StartError;
use super::slot::Slot;
use super::source::ModelSource;
use super::state::Shared;
use super::statistics::Statistics;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

/// How a scheduler is to work.
#[derive(Clone, Copy, Debug)]
pub struct SchedulerOptions {
    /// Requests of one class that may wait.
    pub most_waiting: usize,
}

impl Default for SchedulerOptions {
    /// 64 beings may each have one request in every class.
    fn default() -> Self {
        Self { most_waiting: 64 }
    }
}

/// Runs requests of several models on the lanes of an executor: by class and deadline, each answered
/// or refused exactly once. When it is dropped, what waits is refused and what runs is ended.
pub struct Scheduler {
    shared: Arc<Shared>,
    lanes: Vec<JoinHandle<()>>,
}

impl Scheduler {
    /// Starts a thread for each lane of the executor.
    ///
    /// # Errors
    /// [`StartError`] if an option makes no sense or the system gives no thread.
    pub fn start(
        options: SchedulerOptions,
        executor: Arc<dyn Executor>,
    ) -> Result<Self, StartError> {
        let nothing = |option| Err(StartError::Nothing { option });
        if options.most_waiting == 0 {
            return nothing("most_waiting");
        }
        let count = executor.backend().lanes;
        if count == 0 {
            return nothing("the executor's number of lanes");
        }
        let mut scheduler = Self {
            shared: Arc::new(Shared::new(executor, count, options.most_waiting)),
            lanes: Vec::with_capacity(count),
        };
        for lane in 0..count {
            let shared = Arc::clone(&scheduler.shared);
            let thread = Builder::new().name(format!("npu-lane-{lane}"));
            let thread = thread.spawn(move || lane::run(&shared, lane))?;
            scheduler.lanes.push(thread);
        }
        Ok(scheduler)
    }

    /// Loads a model on every lane; a model that is loaded already is found again. Models stay until the
    /// scheduler is dropped.
    ///
    /// # Errors
    /// [`AddError`].
    pub fn add(&self, source: &ModelSource) -> Result<ModelId, AddError> {
        self.shared.add(source)
    }

    /// A place for requests to this model, with buffers of its own; nothing for a model that was not
    /// added here.
    #[must_use]
    pub fn slot(&self, model: ModelId) -> Option<Slot> {
        let description = self.shared.description(model)?;
        Some(Slot::new(model, description, Arc::clone(&self.shared)))
    }

    /// What it did so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.shared.stop();
        for lane in self.lanes.drain(..) {
            if lane.join().is_err() {
                log::error!("a lane of the scheduler panicked");
            }
        }
    }
}
