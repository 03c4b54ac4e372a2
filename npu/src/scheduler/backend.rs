//! The scheduler as a backend: what asks models directly asks through it without a change.

use super::class::Class;
use super::executor::{AddError, BackendFacts};
use super::refusal::Refusal;
use super::running::Scheduler;
use super::slot::Slot;
use super::source::ModelSource;
use crate::backend::Backend;
use crate::check::{check_call, check_file};
use crate::error::{DeviceFault, LoadError, RunError};
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription, Timing};
use crate::model_file::FileFormat;
use crate::tensor::{TensorMut, TensorRef, TensorSlice, TensorSliceMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Models that run by a [`Scheduler`], each call as one request that is waited for.
pub struct ScheduledBackend {
    scheduler: Arc<Scheduler>,
    facts: BackendFacts,
    class: Class,
    patience: Duration,
}

impl ScheduledBackend {
    /// Requests are of this class and have their deadline `patience` after the call.
    #[must_use]
    pub fn new(scheduler: Arc<Scheduler>, class: Class, patience: Duration) -> Self {
        Self {
            facts: scheduler.statistics().backend,
            scheduler,
            class,
            patience,
        }
    }
}

impl Backend for ScheduledBackend {
    fn name(&self) -> &str {
        &self.facts.name
    }

    fn formats(&self) -> &[FileFormat] {
        &self.facts.formats
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        // Here rather than by the executor: a hash is not worth a message to another process.
        check_file(self.name(), self.formats(), bytes, manifest)?;
        let not_loaded = |reason: String| LoadError::NotLoaded {
            model: manifest.name.clone(),
            reason,
        };
        let source = ModelSource::new(manifest.clone(), bytes);
        let model = self.scheduler.add(&source).map_err(|error| match error {
            AddError::Load(error) => error,
            other => not_loaded(other.to_string()),
        })?;
        let slot = self.scheduler.slot(model);
        let slot = slot.ok_or_else(|| not_loaded("it is not there any more".to_owned()))?;
        Ok(Box::new(ScheduledModel {
            description: slot.describe().clone(),
            slot: Some(slot),
            class: self.class,
            patience: self.patience,
        }))
    }
}

struct ScheduledModel {
    description: ModelDescription,
    /// Always there between calls.
    slot: Option<Slot>,
    class: Class,
    patience: Duration,
}

impl Model for ScheduledModel {
    fn describe(&self) -> &ModelDescription {
        &self.description
    }

    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError> {
        let began = Instant::now();
        check_call(&self.description, inputs, outputs)?;
        let gone = || RunError::from(DeviceFault::Failed("the place is gone".to_owned()));
        let mut slot = self.slot.take().ok_or_else(gone)?;
        for (index, input) in inputs.iter().enumerate() {
            copy(input.elements, slot.input(index).elements);
        }
        let done = slot.submit(self.class, began + self.patience).wait();
        let slot = self.slot.insert(done.slot);
        let answer = done.result.map_err(fault)?;
        for (index, output) in outputs.iter_mut().enumerate() {
            let TensorMut { elements, .. } = output;
            match elements {
                TensorSliceMut::F32(to) => {
                    copy(slot.output(index).elements, TensorSliceMut::F32(to));
                }
                TensorSliceMut::I8(to) => copy(slot.output(index).elements, TensorSliceMut::I8(to)),
            }
        }
        Ok(Timing {
            total: began.elapsed(),
            compute: answer.timing.compute,
        })
    }
}

/// Both have the same type and length: they were checked.
fn copy(from: TensorSlice<'_>, to: TensorSliceMut<'_>) {
    match (from, to) {
        (TensorSlice::F32(from), TensorSliceMut::F32(to)) => to.copy_from_slice(from),
        (TensorSlice::I8(from), TensorSliceMut::I8(to)) => to.copy_from_slice(from),
        _ => {}
    }
}

fn fault(refusal: Refusal) -> RunError {
    let text = refusal.to_string();
    RunError::from(match refusal {
        Refusal::Run(error) => return error,
        Refusal::QueueFull { .. }
        | Refusal::DeadlinePassed
        | Refusal::DeadlineCannotBeKept { .. } => DeviceFault::TimedOut(text),
        Refusal::WorkerLost { .. } | Refusal::Quarantined | Refusal::Stopped => {
            DeviceFault::Lost(text)
        }
    })
}
