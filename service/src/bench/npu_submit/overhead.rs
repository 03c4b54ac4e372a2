//! One inference through scheduler and worker, beside calling the backend directly.

use super::AREA;
use crate::bench::figure::{Figure, Finding, Kind};
use crate::bench::interleave::{by_turns, quantiles};
use std::sync::Arc;
use std::time::{Duration, Instant};
use triune_npu::scheduler::{
    Class, Executor, InProcessExecutor, ModelSource, Scheduler, SchedulerOptions, Slot,
};
use triune_npu::worker::{WorkerExecutor, WorkerOptions, WorkerProgram};
use triune_npu::{
    Backend, DualActivation, Manifest, Model, PureRustBackend, Tensor, TensorData, TensorSliceMut,
};

/// Inferences in one turn.
const CALLS: u32 = 400;
/// Inferences measured one by one.
const SINGLES: usize = 4_000;
/// Small models that are asked at once.
const BATCH: usize = 8;
/// A deadline that nothing misses here.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let source = DualActivation::shipped().map_err(|error| error.to_string())?;
    let worker = WorkerOptions::new(WorkerProgram::this_program(["npu-worker"]));
    let worker = WorkerExecutor::start(worker).map_err(|error| error.to_string())?;
    let backend = Arc::new(PureRustBackend::new());
    let paths: [(&str, Arc<dyn Executor>); 2] = [
        ("scheduler", Arc::new(InProcessExecutor::new(backend))),
        ("scheduler and worker", Arc::new(worker)),
    ];
    let mut findings = Vec::new();
    for (path, executor) in paths {
        let scheduler = Scheduler::start(SchedulerOptions::default(), executor);
        let scheduler = scheduler.map_err(|error| error.to_string())?;
        for batch in [1, BATCH] {
            findings.push(compare(path, &scheduler, &source, batch)?);
        }
    }
    Ok(findings)
}

/// Asks `batch` models at once, each for one inference.
fn compare(
    path: &str,
    scheduler: &Scheduler,
    source: &ModelSource,
    batch: usize,
) -> Result<Finding, String> {
    let mut direct = Direct::load(source)?;
    let mut scheduled = Scheduled::load(scheduler, source, batch)?;
    let (ours, bare) = by_turns(
        CALLS,
        || scheduled.run(),
        || (0..batch).for_each(|_| direct.run()),
    );
    let (_, p99) = quantiles(SINGLES, || scheduled.run());
    if let Some(fault) = scheduled.fault.or(direct.fault) {
        return Err(fault);
    }
    let each = |nanoseconds: f64| nanoseconds / 1e3 / batch as f64;
    let (ours, bare) = (each(ours), each(bare));
    let backend = scheduler.statistics().backend.name;
    let figure = Figure::less_is_better(
        AREA,
        "us",
        ours,
        "the backend called directly",
        bare,
        Kind::Limit,
    );
    let figure = figure
        .with("path", path)
        .with("overhead_us", ours - bare)
        .with("p99_us", each(p99))
        .with("batch", batch)
        .with("inferences_per_second", 1e6 / ours.max(1e-9))
        .with("model", source.manifest.name.clone())
        .with("backend", backend);
    Ok(figure.into())
}

/// A model that is called where it was loaded.
struct Direct {
    model: Box<dyn Model>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    fault: Option<String>,
}

impl Direct {
    fn load(source: &ModelSource) -> Result<Self, String> {
        let model = PureRustBackend::new().load(&source.bytes, &source.manifest);
        let model = model.map_err(|error| error.to_string())?;
        let description = model.describe();
        let mut inputs: Vec<_> = description.inputs.iter().map(Tensor::zero).collect();
        for tensor in &mut inputs {
            if let TensorData::F32(values) = &mut tensor.data {
                fill(values);
            }
        }
        let outputs = description.outputs.iter().map(Tensor::zero).collect();
        Ok(Self {
            model,
            inputs,
            outputs,
            fault: None,
        })
    }

    fn run(&mut self) {
        let inputs: Vec<_> = self.inputs.iter().map(Tensor::view).collect();
        let mut outputs: Vec<_> = self.outputs.iter_mut().map(Tensor::view_mut).collect();
        if let Err(error) = self.model.run(&inputs, &mut outputs) {
            self.fault = Some(error.to_string());
        }
    }
}

/// Models that are asked through a scheduler, all at once.
struct Scheduled {
    slots: Vec<Slot>,
    fault: Option<String>,
}

impl Scheduled {
    fn load(scheduler: &Scheduler, source: &ModelSource, count: usize) -> Result<Self, String> {
        let mut slots = Vec::with_capacity(count);
        for number in 0..count {
            // Another version is another model: one that is loaded already would be found again.
            let mut manifest = Manifest::clone(&source.manifest);
            manifest.version = format!("{}-{number}", manifest.version);
            let source = ModelSource::new(manifest, Arc::clone(&source.bytes));
            let model = scheduler.add(&source).map_err(|error| error.to_string())?;
            let mut slot = scheduler.slot(model).ok_or("the model is gone")?;
            for index in 0..slot.describe().inputs.len() {
                if let TensorSliceMut::F32(values) = slot.input(index).elements {
                    fill(values);
                }
            }
            slots.push(slot);
        }
        Ok(Self { slots, fault: None })
    }

    fn run(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let submit = |slot: Slot| slot.submit(Class::Cycle, deadline);
        let tickets: Vec<_> = self.slots.drain(..).map(submit).collect();
        for ticket in tickets {
            let done = ticket.wait();
            if let Err(refusal) = done.result {
                self.fault = Some(refusal.to_string());
            }
            self.slots.push(done.slot);
        }
    }
}

/// Inputs that are as good as any: the time of an inference does not depend on them.
fn fill(values: &mut [f32]) {
    let mut random = fastrand::Rng::with_seed(1);
    values.fill_with(|| random.f32());
}
