//! The worker, the scheduler over it, and the model that they are asked for.

use crate::wiring::Stop;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use triune_board::NpuSpec;
use triune_npu::patterns::Known;
use triune_npu::scheduler::{
    AddError, Executor, ModelId, ModelSource, Scheduler, SchedulerOptions,
};
use triune_npu::worker::{WorkerError, WorkerExecutor, WorkerOptions, WorkerProgram};
use triune_npu::{ActivationHeads, DualActivation, FileFormat};

/// The model's folder among the user's own models.
const FOLDER: &str = "dual_activation";
/// Longest pause before a lost worker is started again: an answer is missed each cycle meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often it is looked for the end while a model is loaded.
const LOOK: Duration = Duration::from_millis(20);

/// With what a worker computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Computing {
    /// The best that the board has.
    Board,
    /// Pure Rust, which is there on every machine.
    PureRust,
}

/// A running worker with the model loaded.
pub(super) struct Workers {
    executor: Arc<WorkerExecutor>,
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) model: ModelId,
    pub(super) heads: ActivationHeads,
    /// Why the user's own model is not the one that runs.
    pub(super) set_back: Option<String>,
    /// What the model was taught, or why that is not known and no patterns are looked for.
    pub(super) known: Result<Known, String>,
}

impl Workers {
    /// Starts a worker and loads the model of `models`, or the one that is part of this program.
    /// `None` if the end came meanwhile.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn start(
        npu: &NpuSpec,
        computing: Computing,
        models: &Path,
        stop: &Stop,
    ) -> Result<Option<Self>, String> {
        let npu = serde_json::to_string(npu).map_err(|error| error.to_string())?;
        let mut arguments = vec!["npu-worker".to_owned(), "--npu".to_owned(), npu];
        if computing == Computing::PureRust {
            arguments.push("--pure-rust".to_owned());
        }
        let options = WorkerOptions {
            longest_pause: LONGEST_PAUSE,
            ..WorkerOptions::new(WorkerProgram::this_program(arguments))
        };
        let executor = match WorkerExecutor::start_unless(options, || stop.is_set()) {
            Ok(executor) => Arc::new(executor),
            Err(WorkerError::GivenUp) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let over = Arc::clone(&executor) as Arc<dyn Executor>;
        let scheduler = Scheduler::start(SchedulerOptions::default(), over)
            .map_err(|error| error.to_string())?;
        let formats = executor.backend().formats;
        let folder = models.join(FOLDER);
        let mut set_back = None;
        let mut loaded = None;
        if folder.is_dir() {
            let source = own_model(&folder, &formats);
            match source.and_then(|source| load(&executor, &scheduler, source, stop)) {
                Ok(own) => loaded = Some(own),
                Err(why) => set_back = Some(format!("{} is not used: {why}", folder.display())),
            }
        }
        let loaded = match loaded {
            Some(loaded) => loaded,
            None => {
                let shipped = DualActivation::shipped_for(&formats);
                let shipped = shipped.map_err(|error| error.to_string())?;
                load(&executor, &scheduler, shipped, stop)?
            }
        };
        let Some((source, model)) = loaded else {
            return Ok(None);
        };
        let heads = ActivationHeads::of(&source.manifest).map_err(|error| error.to_string())?;
        let workers = Self {
            executor,
            scheduler: Arc::new(scheduler),
            model,
            heads,
            set_back,
            known: Known::shipped(&source.manifest)
                .map_err(|error| format!("no patterns are looked for with this model: {error}")),
        };
        log::info!(
            "recogniser '{}' {} on {}",
            source.manifest.name,
            source.manifest.version,
            workers.backend()
        );
        Ok(Some(workers))
    }

    /// What computes, by name.
    pub(super) fn backend(&self) -> String {
        self.executor.backend().name
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // By now, also if somebody just reads the scheduler's figures: the worker is gone when this
        // returns.
        self.executor.stop();
    }
}

/// Loads a model, which may take long where its worker hangs; the end is not kept waiting.
fn add(
    executor: &WorkerExecutor,
    scheduler: &Scheduler,
    source: &ModelSource,
    stop: &Stop,
) -> Result<ModelId, AddError> {
    let (tell, hear) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || tell.send(scheduler.add(source)));
        loop {
            match hear.recv_timeout(LOOK) {
                Ok(added) => return added,
                Err(RecvTimeoutError::Timeout) if stop.is_set() => executor.stop(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(AddError::Stopped),
            }
        }
    })
}

/// Loads a model; `None` if the end came meanwhile.
fn load(
    executor: &WorkerExecutor,
    scheduler: &Scheduler,
    source: ModelSource,
    stop: &Stop,
) -> Result<Option<(ModelSource, ModelId)>, String> {
    match add(executor, scheduler, &source, stop) {
        Ok(model) => Ok(Some((source, model))),
        Err(AddError::Stopped) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// The user's own model.
fn own_model(folder: &Path, formats: &[FileFormat]) -> Result<ModelSource, String> {
    let source = ModelSource::open(folder, formats).map_err(|error| error.to_string())?;
    ActivationHeads::of(&source.manifest).map_err(|error| error.to_string())?;
    Ok(source)
}
