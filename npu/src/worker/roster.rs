//! Which models there are and what has become of each in the present child.

use super::generation::{Generation, SharedTensors};
use super::load_fault::LoadFault;
use super::options::WorkerOptions;
use super::restart::Strikes;
use crate::model::ModelDescription;
use crate::scheduler::{AddError, ExecuteError, ModelId, ModelSource};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Models that may be loaded, a bound against running away.
const MOST_MODELS: usize = 1_024;

/// Everything that is needed to run a request.
pub(super) struct Ready {
    pub(super) generation: Arc<Generation>,
    pub(super) description: Arc<ModelDescription>,
    pub(super) tensors: Arc<SharedTensors>,
    /// Whether the model may have ended a child while others ran too: then it is run alone, so that
    /// the next end has one cause.
    pub(super) is_suspect: bool,
}

enum Stage {
    /// Not loaded in the present child.
    Pending,
    Ready(Arc<SharedTensors>),
    Refused(LoadFault),
    Quarantined,
}

struct Known {
    source: ModelSource,
    description: Arc<ModelDescription>,
    stage: Stage,
    strikes: Strikes,
    suspect_until: Option<Instant>,
    /// Whether some child loaded it: a refusal by another may be of the moment.
    was_loaded: bool,
}

#[derive(Default)]
struct Inner {
    models: Vec<Known>,
    generation: Option<Arc<Generation>>,
    is_stopped: bool,
}

/// The models of an executor.
#[derive(Default)]
pub(super) struct Roster {
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl Roster {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a model that is to be loaded.
    pub(super) fn enter(
        &self,
        source: &ModelSource,
        description: Arc<ModelDescription>,
    ) -> Result<ModelId, AddError> {
        let mut inner = self.lock();
        if inner.is_stopped {
            return Err(AddError::Stopped);
        }
        if inner.models.len() == MOST_MODELS {
            return Err(AddError::TooMany { most: MOST_MODELS });
        }
        inner.models.push(Known {
            source: source.clone(),
            description,
            stage: Stage::Pending,
            strikes: Strikes::default(),
            suspect_until: None,
            was_loaded: false,
        });
        Ok(ModelId((inner.models.len() - 1) as u32))
    }

    /// Waits until a model that was entered is loaded; one that is not is left out from now on.
    pub(super) fn wait_loaded(
        &self,
        model: ModelId,
        backend: &str,
        until: Instant,
    ) -> Result<(), AddError> {
        let mut inner = self.lock();
        loop {
            let is_stopped = inner.is_stopped;
            let known = &mut inner.models[model.0 as usize];
            let name = || known.source.manifest.name.clone();
            let left = until.saturating_duration_since(Instant::now());
            match &known.stage {
                Stage::Ready(_) => return Ok(()),
                Stage::Refused(fault) => {
                    let error = fault.error(backend, &known.source.manifest);
                    return Err(error.map_or_else(
                        |reason| AddError::Refused {
                            model: name(),
                            reason,
                        },
                        AddError::Load,
                    ));
                }
                Stage::Quarantined => return Err(AddError::Quarantined { model: name() }),
                Stage::Pending if is_stopped => return Err(AddError::Stopped),
                Stage::Pending if left.is_zero() => {
                    let model = name();
                    known.stage =
                        Stage::Refused(LoadFault::other(&"there was no worker to load it"));
                    return Err(AddError::NoWorker { model });
                }
                Stage::Pending => {}
            }
            let waited = self.changed.wait_timeout(inner, left);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The next model that the present child has to load.
    pub(super) fn next_pending(&self) -> Option<(ModelId, ModelSource)> {
        let inner = self.lock();
        let is_pending = |known: &Known| matches!(known.stage, Stage::Pending);
        let place = inner.models.iter().position(is_pending)?;
        Some((ModelId(place as u32), inner.models[place].source.clone()))
    }

    pub(super) fn loaded(&self, model: ModelId, tensors: SharedTensors) {
        self.settle(model, Stage::Ready(Arc::new(tensors)));
    }

    pub(super) fn refused(&self, model: ModelId, fault: LoadFault) {
        self.settle(model, Stage::Refused(fault));
    }

    fn settle(&self, model: ModelId, stage: Stage) {
        let mut inner = self.lock();
        if let Some(known) = inner.models.get_mut(model.0 as usize)
            && matches!(known.stage, Stage::Pending)
        {
            known.was_loaded |= matches!(stage, Stage::Ready(_));
            known.stage = stage;
        }
        drop(inner);
        self.changed.notify_all();
    }

    /// Waits until `model` can run, at longest until `deadline`.
    pub(super) fn ready(&self, model: ModelId, deadline: Instant) -> Result<Ready, ExecuteError> {
        use crate::error::{DeviceFault, RunError};
        let failed = |why: String| ExecuteError::from(RunError::from(DeviceFault::Failed(why)));
        let mut inner = self.lock();
        loop {
            if inner.is_stopped {
                return Err(ExecuteError::Stopped);
            }
            let now = Instant::now();
            let Some(known) = inner.models.get(model.0 as usize) else {
                return Err(failed(format!("there is no model {}", model.0)));
            };
            match (&known.stage, &inner.generation) {
                (Stage::Quarantined, _) => return Err(ExecuteError::Quarantined),
                (Stage::Refused(reason), _) => return Err(failed(reason.text.clone())),
                (Stage::Ready(tensors), Some(generation)) => {
                    return Ok(Ready {
                        generation: Arc::clone(generation),
                        description: Arc::clone(&known.description),
                        tensors: Arc::clone(tensors),
                        is_suspect: known.suspect_until.is_some_and(|until| now < until),
                    });
                }
                (Stage::Ready(_) | Stage::Pending, _) => {}
            }
            let left = deadline.saturating_duration_since(now);
            if left.is_zero() {
                return Err(ExecuteError::NoWorker);
            }
            let waited = self.changed.wait_timeout(inner, left);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A new child may run requests.
    pub(super) fn begin(&self, generation: &Arc<Generation>) {
        self.lock().generation = Some(Arc::clone(generation));
        self.changed.notify_all();
    }

    /// The present child is gone; `suspects` may have ended it. Gives the models that are set aside
    /// now.
    pub(super) fn end(&self, suspects: &[ModelId], options: &WorkerOptions) -> Vec<String> {
        let now = Instant::now();
        let within = options.quarantine_within;
        let mut set_aside = Vec::new();
        let mut inner = self.lock();
        inner.generation = None;
        for known in &mut inner.models {
            let was_refused = matches!(known.stage, Stage::Refused(_));
            if matches!(known.stage, Stage::Ready(_)) || was_refused && known.was_loaded {
                known.stage = Stage::Pending;
            }
        }
        for model in suspects {
            let Some(known) = inner.models.get_mut(model.0 as usize) else {
                continue;
            };
            if suspects.len() > 1 {
                known.suspect_until = Some(now + within);
            } else if known.strikes.add(now, options.quarantine_deaths, within) {
                known.stage = Stage::Quarantined;
                set_aside.push(known.source.manifest.name.clone());
            }
        }
        drop(inner);
        self.changed.notify_all();
        set_aside
    }

    /// Lets a model that was set aside be loaded again.
    pub(super) fn release(&self, model: ModelId) -> bool {
        let mut inner = self.lock();
        let Some(known) = inner.models.get_mut(model.0 as usize) else {
            return false;
        };
        if !matches!(known.stage, Stage::Quarantined) {
            return false;
        }
        known.stage = Stage::Pending;
        known.strikes.clear();
        known.suspect_until = None;
        true
    }

    pub(super) fn quarantined(&self) -> usize {
        let inner = self.lock();
        let is_set_aside = |known: &&Known| matches!(known.stage, Stage::Quarantined);
        inner.models.iter().filter(is_set_aside).count()
    }

    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// Sleeps for `pause`, or until all is stopped.
    pub(super) fn sleep(&self, pause: std::time::Duration) {
        let until = Instant::now() + pause;
        let mut inner = self.lock();
        while !inner.is_stopped {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(inner, left);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
