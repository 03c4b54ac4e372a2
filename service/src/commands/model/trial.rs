//! Runs of a model on inputs that say nothing.

use super::runner::{Loaded, Runner};
use std::time::{Duration, Instant};
use triune_npu::scheduler::ModelSource;
use triune_npu::{Tensor, TensorData, TensorDescription};

/// Runs on noise.
const NOISES: u64 = 8;
/// Runs that are measured on a lane: so many, or as many as there is time for.
const MOST_RUNS: usize = 1_000;
const LEAST_RUNS: usize = 5;
const MOST_TIME: Duration = Duration::from_millis(700);

/// What a model yielded.
pub(super) struct Trial {
    /// How long it took to load.
    pub(super) load: Duration,
    /// For each run, zeros first, each output as real values.
    pub(super) results: Vec<Vec<Vec<f32>>>,
    /// How long an inference takes on each lane.
    pub(super) lanes: Vec<Speed>,
}

/// How long an inference takes, of itself, without the way to the process that runs it.
#[derive(Clone, Copy)]
pub(super) struct Speed {
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    pub(super) runs: usize,
}

/// Loads a model, runs it on zeros and on seeded noise, and measures it.
pub(super) fn try_out(runner: &Runner, source: &ModelSource) -> Result<Trial, String> {
    let loaded = runner.load(source)?;
    let described = &loaded.description.inputs;
    let mut results = Vec::new();
    for seed in 0..=NOISES {
        let inputs = inputs(described, seed);
        let mut outputs = loaded.outputs();
        let told = |error: String| match seed {
            0 => format!("on zeros: {error}"),
            _ => format!("on noise (seed {seed}): {error}"),
        };
        loaded.run(0, &inputs, &mut outputs).map_err(told)?;
        let described = &loaded.description.outputs;
        let real = |(tensor, description)| real_values(tensor, description);
        results.push(outputs.iter().zip(described).map(real).collect());
    }
    let measured = (0..runner.facts.lanes).map(|lane| measure(&loaded, lane));
    Ok(Trial {
        load: loaded.load,
        lanes: measured.collect::<Result<_, _>>()?,
        results,
    })
}

/// Zeros for seed 0; else noise from 0 to 1, or of all integers.
fn inputs(described: &[TensorDescription], seed: u64) -> Vec<Tensor> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut input = |description| {
        let mut tensor = Tensor::zero(description);
        match &mut tensor.data {
            _ if seed == 0 => {}
            TensorData::F32(values) => values.fill_with(|| random.f32()),
            TensorData::I8(values) => values.fill_with(|| random.i8(..)),
        }
        tensor
    };
    described.iter().map(&mut input).collect()
}

fn real_values(tensor: &Tensor, description: &TensorDescription) -> Vec<f32> {
    match (&tensor.data, description.quantisation) {
        (TensorData::F32(values), _) => values.clone(),
        (TensorData::I8(values), Some(quantisation)) => values
            .iter()
            .map(|&value| quantisation.dequantise(value))
            .collect(),
        (TensorData::I8(values), None) => values.iter().copied().map(f32::from).collect(),
    }
}

fn measure(loaded: &Loaded<'_>, lane: usize) -> Result<Speed, String> {
    let inputs = inputs(&loaded.description.inputs, 1);
    let mut outputs = loaded.outputs();
    let until = Instant::now() + MOST_TIME;
    let mut times = Vec::new();
    // The first runs find cold caches.
    for _ in 0..2 {
        loaded.run(lane, &inputs, &mut outputs)?;
    }
    while times.len() < MOST_RUNS && (times.len() < LEAST_RUNS || Instant::now() < until) {
        times.push(loaded.run(lane, &inputs, &mut outputs)?.compute);
    }
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times[place.min(times.len() - 1)].as_secs_f64() * 1e6
    };
    Ok(Speed {
        p50_us: at(0.5),
        p99_us: at(0.99),
        runs: times.len(),
    })
}

impl Trial {
    /// Whether an output is a row of probabilities in every run.
    pub(super) fn is_probabilities(&self, output: usize, description: &TensorDescription) -> bool {
        let classes = description.shape.last().copied().unwrap_or(0);
        let is_row = |row: &[f32]| {
            let sum: f32 = row.iter().sum();
            (sum - 1.0).abs() < 0.02 && row.iter().all(|value| (0.0..=1.001).contains(value))
        };
        classes > 1
            && self
                .results
                .iter()
                .all(|result| result[output].chunks(classes).all(is_row))
    }
}
