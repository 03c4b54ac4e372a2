//! The backends that are there, each in a process of its own.

use crate::commands::failure::Failure;
use std::sync::Arc;
use std::time::{Duration, Instant};
use triune_board::NpuSpec;
use triune_npu::scheduler::{
    AddError, BackendFacts, ExecuteError, Executor as _, ModelId, ModelSource, RunningRequest,
};
use triune_npu::worker::{WorkerExecutor, WorkerOptions, WorkerProgram};
use triune_npu::{FileFormat, ModelDescription, Tensor, Timing};

/// How long one run may take.
const RUN_LIMIT: Duration = Duration::from_secs(5);

/// One backend.
pub(super) struct Runner {
    pub(super) facts: BackendFacts,
    /// Whether it is the one that is there on every machine.
    pub(super) is_pure: bool,
    executor: WorkerExecutor,
    /// How long it may take to load a model, with one run on zeros.
    patience: Duration,
}

/// A model that is ready on all lanes of a backend.
pub(super) struct Loaded<'a> {
    pub(super) runner: &'a Runner,
    pub(super) description: Arc<ModelDescription>,
    /// How long that took.
    pub(super) load: Duration,
    model: ModelId,
}

/// The backends of this machine, the one that the service takes first.
pub(super) fn all(npu: &NpuSpec, patience: Duration) -> Result<Vec<Runner>, Failure> {
    let mut runners = vec![preferred(npu, patience)?];
    if *npu != NpuSpec::None {
        runners.push(preferred(&NpuSpec::None, patience)?);
    }
    let pure = start(&["npu-worker", "--pure-rust"], true, patience)?;
    // Where there is nothing else, it is what was started already.
    let mut known: Vec<Runner> = Vec::new();
    for runner in runners.into_iter().chain([pure]) {
        match known.iter_mut().find(|known| known.name() == runner.name()) {
            Some(same) => same.is_pure |= runner.is_pure,
            None => known.push(runner),
        }
    }
    Ok(known)
}

/// The backend that the service takes.
pub(super) fn preferred(npu: &NpuSpec, patience: Duration) -> Result<Runner, Failure> {
    let spec = serde_json::to_string(npu).map_err(Failure::failed)?;
    start(&["npu-worker", "--npu", &spec], false, patience)
}

fn start(arguments: &[&str], is_pure: bool, patience: Duration) -> Result<Runner, Failure> {
    let mut options = WorkerOptions::new(WorkerProgram::this_program(arguments));
    options.first_run_limit = RUN_LIMIT;
    options.load_limit = patience;
    // Once is enough to know.
    options.quarantine_deaths = 1;
    let executor = WorkerExecutor::start(options).map_err(Failure::failed)?;
    Ok(Runner {
        facts: executor.backend(),
        is_pure,
        executor,
        patience,
    })
}

impl Runner {
    pub(super) fn name(&self) -> &str {
        &self.facts.name
    }

    pub(super) fn reads(&self, format: FileFormat) -> bool {
        self.facts.formats.contains(&format)
    }

    /// Loads a model, and runs it on zeros.
    pub(super) fn load(&self, source: &ModelSource) -> Result<Loaded<'_>, String> {
        let began = Instant::now();
        let overdue = self.executor.statistics().killed_overdue;
        let added = self.executor.add(source).map_err(|error| match error {
            AddError::Quarantined { .. } if self.executor.statistics().killed_overdue > overdue => {
                format!(
                    "it took longer than {} s to load and run once, and was ended: take a smaller model, or wait longer (--patience)",
                    self.patience.as_secs()
                )
            }
            AddError::Quarantined { .. } => format!(
                "it crashed {} when it was loaded, in a process of its own: export it again, or \
                 otherwise",
                self.name()
            ),
            other => other.to_string(),
        });
        let (model, description) = added?;
        Ok(Loaded {
            runner: self,
            description,
            load: began.elapsed(),
            model,
        })
    }
}

impl Loaded<'_> {
    /// Runs the model once; what it yields.
    pub(super) fn run(
        &self,
        lane: usize,
        inputs: &[Tensor],
        outputs: &mut [Tensor],
    ) -> Result<Timing, String> {
        let executor = &self.runner.executor;
        let overdue = executor.statistics().killed_overdue;
        let mut request = RunningRequest {
            model: self.model,
            inputs,
            outputs,
            deadline: Instant::now() + 2 * RUN_LIMIT,
            usual: None,
        };
        executor
            .run(lane, &mut request)
            .map_err(|error| match error {
                ExecuteError::WorkerLost if executor.statistics().killed_overdue > overdue => {
                    format!(
                        "it ran longer than {} s and was ended: take a smaller model, or wait longer (--patience)",
                        RUN_LIMIT.as_secs()
                    )
                }
                ExecuteError::WorkerLost => format!(
                    "it crashed {}, in a process of its own: export it again, or otherwise",
                    self.runner.name()
                ),
                other => other.to_string(),
            })
    }

    /// Room for what it yields.
    pub(super) fn outputs(&self) -> Vec<Tensor> {
        self.description.outputs.iter().map(Tensor::zero).collect()
    }
}
