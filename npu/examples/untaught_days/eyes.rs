//! The recogniser's INT8 file, asked once a second as a day goes by.

use super::generator::day::{Truth, day};
use std::error::Error;
use std::path::Path;
use triune_core::{Nanoseconds, State, Timestamp};
use triune_npu::patterns::{Observation, TRACE_LENGTH};
use triune_npu::{
    Backend, FileFormat, Manifest, Model, ModelFolder, Precision, PureRustBackend, StateWindow,
    Tensor, features,
};

/// Time between two questions to the model.
const INTERVAL: Nanoseconds = 950_000_000;
/// The place of the hidden layer among the model's outputs.
const TRACE: &str = "trace";
const SITUATION: &str = "situation";

/// Sees states as the service does.
pub(crate) struct Eyes {
    model: Box<dyn Model>,
    manifest: Manifest,
    input: Tensor,
    outputs: Vec<Tensor>,
    window: StateWindow,
    due: Timestamp,
    trace: Option<[f32; TRACE_LENGTH]>,
    confidence: f32,
}

impl Eyes {
    /// Loads the INT8 file.
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/dual_activation");
        let folder = ModelFolder::open(&folder)?;
        let manifest = folder.manifest().clone();
        let file = manifest
            .files
            .iter()
            .find(|file| file.format == FileFormat::Onnx && file.precision == Precision::Int8)
            .ok_or("the recogniser has no INT8 file")?;
        let model = PureRustBackend::new().load(&folder.read(file)?, &manifest)?;
        Ok(Self {
            model,
            input: Tensor::zero(&manifest.inputs[0]),
            outputs: manifest.outputs.iter().map(Tensor::zero).collect(),
            manifest,
            window: StateWindow::new(),
            due: Timestamp(0),
            trace: None,
            confidence: 0.0,
        })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Greatest probability of a situation, as last asked.
    pub(crate) fn confidence(&self) -> f32 {
        self.confidence
    }

    /// As after a restart of the service.
    pub(crate) fn close(&mut self) {
        self.window = StateWindow::new();
        self.trace = None;
        self.due = Timestamp(0);
    }

    /// Goes through a day; `observe` gets five observations a second.
    pub(crate) fn day(
        &mut self,
        seed: u64,
        regimes: usize,
        hours: f64,
        mut observe: impl FnMut(&mut Self, &Observation<'_>, Truth),
    ) -> Result<(), Box<dyn Error>> {
        let mut failed = None;
        let mut cycle = 0_u32;
        self.close();
        day(seed, regimes, hours * 3600.0, |state, truth| {
            cycle += 1;
            if let Err(error) = self.see(state) {
                failed.get_or_insert(error);
            }
            // A segment takes five samples a second; the others of the 50 cycles it would drop.
            if cycle.is_multiple_of(10)
                && let Some(trace) = self.trace
            {
                let features = features(state);
                let observation = Observation {
                    time: state.time,
                    unix_ms: state.time.0 / 1_000_000,
                    trace: &trace,
                    features: &features,
                };
                observe(self, &observation, truth);
            }
        });
        failed.map_or(Ok(()), Err)
    }

    fn see(&mut self, state: &State) -> Result<(), Box<dyn Error>> {
        let is_due = self.window.observe(state) && state.time >= self.due;
        let elements = self.input.as_f32_mut().ok_or("a window is of f32")?;
        if is_due && self.window.write(elements) {
            self.due = state.time.after(INTERVAL);
            let mut outputs: Vec<_> = self.outputs.iter_mut().map(Tensor::view_mut).collect();
            self.model.run(&[self.input.view()], &mut outputs)?;
            let place = self.manifest.output_index(TRACE).ok_or("no trace")?;
            let trace = self.outputs[place].as_f32().ok_or("a trace is of f32")?;
            self.trace = Some(trace.try_into()?);
            let place = self.manifest.output_index(SITUATION);
            let situation = self.outputs[place.ok_or("no situation")?].as_f32();
            let situation = situation.ok_or("probabilities are of f32")?;
            self.confidence = situation.iter().copied().fold(0.0, f32::max);
        }
        Ok(())
    }
}
