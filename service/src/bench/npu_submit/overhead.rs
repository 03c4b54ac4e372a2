//! One inference through scheduler, worker and the vendor's C interface, beside calling directly what
//! computes in the end.

use super::AREA;
use crate::bench::figure::{Figure, Finding, Kind};
use crate::bench::interleave::{by_turns, quantiles};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use triune_board::{NpuSpec, RknnContexts, RknnNpu};
use triune_npu::scheduler::{
    Class, Executor, InProcessExecutor, ModelSource, Scheduler, SchedulerOptions, Slot,
};
use triune_npu::worker::{WorkerExecutor, WorkerOptions, WorkerProgram};
use triune_npu::{
    Backend, CpuBackends, CpuSettings, DualActivation, Manifest, Model, RknnBackend, Tensor,
    TensorData, TensorSliceMut,
};

/// Inferences in one turn.
const CALLS: u32 = 400;
/// Inferences measured one by one.
const SINGLES: usize = 4_000;
/// Small models that are asked at once.
const BATCH: usize = 8;
/// Cores of the RK3588's NPU.
const CORES: u32 = 3;
/// A deadline that nothing misses here.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is measured beside calling the CPU's backend directly: all compute with that one in the end.
pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let source = DualActivation::shipped().map_err(|error| error.to_string())?;
    let cpu = CpuBackends::find(&CpuSettings::default()).chosen;
    let mut bench = Bench {
        source,
        cpu: Arc::clone(&cpu),
        findings: Vec::new(),
    };
    bench.scheduled(
        "scheduler",
        Arc::new(InProcessExecutor::new(Arc::clone(&cpu))),
    )?;
    bench.scheduled("scheduler and worker", worker(&NpuSpec::None)?)?;
    match soft_runtime(cpu.name()) {
        Ok((library, npu)) => {
            bench.wrapped(&npu)?;
            let npu = NpuSpec::Rknn(RknnNpu {
                cores: CORES,
                library: vec![library],
                contexts: RknnContexts::Duplicate,
                accept_newer_major: false,
                recogniser: None,
            });
            bench.scheduled("scheduler, worker and wrapper", worker(&npu)?)?;
        }
        Err(why) => bench.findings.push(Finding::skipped(AREA, why)),
    }
    Ok(bench.findings)
}

/// A worker that computes with what a board's file may name.
fn worker(npu: &NpuSpec) -> Result<Arc<dyn Executor>, String> {
    let npu = serde_json::to_string(npu).map_err(|error| error.to_string())?;
    let program = WorkerProgram::this_program(["npu-worker", "--npu", &npu]);
    let executor = WorkerExecutor::start(WorkerOptions::new(program));
    Ok(Arc::new(executor.map_err(|error| error.to_string())?))
}

/// The vendor's C interface over the very backend that is called directly, if the stand-in was built
/// beside this program; else why not.
fn soft_runtime(cpu: &str) -> Result<(PathBuf, RknnBackend), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let library = program.with_file_name("librknnrt.so");
    let npu = RknnBackend::open(&library, CORES as usize).map_err(|error| {
        format!("the wrapper: {error}; `make bench` builds the soft runtime beside this program")
    })?;
    match npu.soft_runtime() {
        Some(identity) if identity.ends_with(cpu) => Ok((library, npu)),
        Some(identity) => Err(format!("the wrapper: {identity}, and not by {cpu}")),
        None => Err(format!("the wrapper: {} is not ours", library.display())),
    }
}

struct Bench {
    source: ModelSource,
    cpu: Arc<dyn Backend>,
    findings: Vec<Finding>,
}

impl Bench {
    /// An inference through scheduler and executor, and several models at once.
    fn scheduled(&mut self, path: &str, executor: Arc<dyn Executor>) -> Result<(), String> {
        let scheduler = Scheduler::start(SchedulerOptions::default(), executor);
        let scheduler = scheduler.map_err(|error| error.to_string())?;
        for batch in [1, BATCH] {
            let mut ours = Scheduled::load(&scheduler, &self.source, batch)?;
            let spans = self.compare(batch, || ours.run())?;
            if let Some(fault) = ours.fault {
                return Err(fault);
            }
            let backend = scheduler.statistics().backend.name;
            self.tell(path, batch, &spans, &backend);
        }
        Ok(())
    }

    /// An inference through the vendor's C interface, on the thread that asks.
    fn wrapped(&mut self, npu: &RknnBackend) -> Result<(), String> {
        let mut ours = Direct::load(npu, &self.source)?;
        let spans = self.compare(1, || ours.run())?;
        if let Some(fault) = ours.fault {
            return Err(fault);
        }
        self.tell("wrapper", 1, &spans, npu.name());
        Ok(())
    }

    /// Nanoseconds of `batch` inferences by `ours` and directly, and what 99 of 100 of ours take.
    fn compare(&self, batch: usize, mut ours: impl FnMut()) -> Result<Spans, String> {
        let mut direct = Direct::load(self.cpu.as_ref(), &self.source)?;
        let calls = || (0..batch).for_each(|_| direct.run());
        let (ours_each, bare) = by_turns(CALLS, &mut ours, calls);
        let (_, p99) = quantiles(SINGLES, ours);
        match direct.fault {
            Some(fault) => Err(fault),
            None => Ok(Spans {
                ours: ours_each,
                bare,
                p99,
            }),
        }
    }

    fn tell(&mut self, path: &str, batch: usize, spans: &Spans, backend: &str) {
        let each = |nanoseconds: f64| nanoseconds / 1e3 / batch as f64;
        let (ours, bare) = (each(spans.ours), each(spans.bare));
        let peer = "the CPU backend called directly";
        let figure = Figure::less_is_better(AREA, "us", ours, peer, bare, Kind::Limit)
            .with("path", path)
            .with("overhead_us", ours - bare)
            .with("p99_us", each(spans.p99))
            .with("batch", batch)
            .with("inferences_per_second", 1e6 / ours.max(1e-9))
            .with("model", self.source.manifest.name.clone())
            .with("backend", backend)
            .with("computes_by", self.cpu.name());
        self.findings.push(figure.into());
    }
}

/// Nanoseconds of a call.
struct Spans {
    ours: f64,
    bare: f64,
    p99: f64,
}

/// A model that is called where it was loaded.
struct Direct {
    model: Box<dyn Model>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    fault: Option<String>,
}

impl Direct {
    fn load(backend: &dyn Backend, source: &ModelSource) -> Result<Self, String> {
        let model = backend.load(&source.bytes, &source.manifest);
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
