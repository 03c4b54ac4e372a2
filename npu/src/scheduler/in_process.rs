//! Models in this very process: what fails here fails the process.

use super::executor::{AddError, BackendFacts, ExecuteError, Executor, ModelId, RunningRequest};
use super::source::ModelSource;
use crate::backend::Backend;
use crate::error::{DeviceFault, RunError};
use crate::model::{Model, ModelDescription, Timing};
use crate::tensor::Tensor;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Models that may be loaded, a bound against running away.
const MOST_MODELS: usize = 1_024;

/// A model once for each lane.
type Lanes = Arc<[Mutex<Box<dyn Model>>]>;

/// Runs models of a backend in this process.
pub struct InProcessExecutor {
    backend: Arc<dyn Backend>,
    lanes: usize,
    models: RwLock<Vec<Lanes>>,
}

impl InProcessExecutor {
    /// An executor with as many lanes as the backend has.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            lanes: backend.lanes().max(1),
            backend,
            models: RwLock::new(Vec::new()),
        }
    }
}

impl Executor for InProcessExecutor {
    fn backend(&self) -> BackendFacts {
        BackendFacts {
            name: self.backend.name().to_owned(),
            formats: self.backend.formats().to_vec(),
            lanes: self.lanes,
        }
    }

    fn add(&self, source: &ModelSource) -> Result<(ModelId, Arc<ModelDescription>), AddError> {
        let lanes = self.backend.load_lanes(&source.bytes, &source.manifest)?;
        let lanes: Vec<_> = lanes.into_iter().map(Mutex::new).collect();
        let description = lanes[0]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .describe()
            .clone();
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        if models.len() == MOST_MODELS {
            return Err(AddError::TooMany { most: MOST_MODELS });
        }
        models.push(lanes.into());
        Ok((ModelId((models.len() - 1) as u32), Arc::new(description)))
    }

    fn run(&self, lane: usize, request: &mut RunningRequest<'_>) -> Result<Timing, ExecuteError> {
        let lanes = {
            let models = self.models.read().unwrap_or_else(PoisonError::into_inner);
            models.get(request.model.0 as usize).map(Arc::clone)
        };
        let Some(model) = lanes.as_ref().and_then(|lanes| lanes.get(lane)) else {
            let why = format!("there is no model {} on lane {lane}", request.model.0);
            return Err(RunError::from(DeviceFault::Failed(why)).into());
        };
        let inputs: Vec<_> = request.inputs.iter().map(Tensor::view).collect();
        let mut outputs: Vec<_> = request.outputs.iter_mut().map(Tensor::view_mut).collect();
        // A model that panicked may be asked again: backends hold that or refuse.
        let mut model = model.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(model.run(&inputs, &mut outputs)?)
    }
}
