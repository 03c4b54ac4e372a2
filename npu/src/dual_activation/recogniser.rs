//! Asks a model about the window of states.

use super::activation::Activation;
use super::error::DualActivationError;
use super::shipped;
use super::window::{StateWindow, WINDOW_SHAPE};
use crate::backend::Backend;
use crate::error::RunError;
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription, Timing};
use crate::model_folder::ModelFolder;
use crate::scheduler::ModelSource;
use crate::tensor::{ElementType, Tensor};
use std::path::Path;
use triune_core::State;

const SITUATION: &str = "situation";
const FEELING: &str = "feeling";

/// Recognises what is going on and how it feels, from the last seconds of one being's state.
pub struct DualActivation {
    model: Box<dyn Model>,
    backend: String,
    window: StateWindow,
    input: Tensor,
    outputs: Vec<Tensor>,
    situation: Head,
    feeling: Head,
    last: Option<(Activation, Timing)>,
    is_due: bool,
}

/// One output of the model.
struct Head {
    output: usize,
    labels: Vec<String>,
}

impl DualActivation {
    /// Loads the recogniser that is part of this program.
    ///
    /// # Errors
    /// [`DualActivationError`] if the backend refuses it.
    pub fn load_shipped(backend: &dyn Backend) -> Result<Self, DualActivationError> {
        Self::load(
            backend,
            shipped::MODEL,
            &Manifest::parse(shipped::MANIFEST)?,
        )
    }

    /// The recogniser that is part of this program, for a scheduler to load.
    ///
    /// # Errors
    /// [`DualActivationError`] if its manifest is refused.
    pub fn shipped() -> Result<ModelSource, DualActivationError> {
        Ok(ModelSource::new(
            Manifest::parse(shipped::MANIFEST)?,
            shipped::MODEL,
        ))
    }

    /// Loads a recogniser from a folder that holds `manifest.toml` and the file that it names.
    ///
    /// # Errors
    /// [`DualActivationError`] if a file cannot be read, is refused, or is no recogniser.
    pub fn load_folder(backend: &dyn Backend, folder: &Path) -> Result<Self, DualActivationError> {
        let folder = ModelFolder::open(folder)?;
        let bytes = folder.read(folder.file_for(backend)?)?;
        Self::load(backend, &bytes, folder.manifest())
    }

    /// Loads a recogniser from memory.
    ///
    /// # Errors
    /// [`DualActivationError`] if the model is refused or is no recogniser.
    pub fn load(
        backend: &dyn Backend,
        bytes: &[u8],
        manifest: &Manifest,
    ) -> Result<Self, DualActivationError> {
        let situation = head(manifest, SITUATION)?;
        let feeling = head(manifest, FEELING)?;
        let takes_windows = matches!(
            manifest.inputs.as_slice(),
            [input] if input.shape == WINDOW_SHAPE && input.element == ElementType::F32
        );
        if !takes_windows {
            return Err(DualActivationError::WrongInput {
                model: manifest.name.clone(),
                expected: WINDOW_SHAPE,
            });
        }
        let model = backend.load(bytes, manifest)?;
        log::info!(
            "recogniser '{}' {} on {}",
            manifest.name,
            manifest.version,
            backend.name()
        );
        Ok(Self {
            backend: backend.name().to_owned(),
            window: StateWindow::new(),
            input: Tensor::zero(&manifest.inputs[0]),
            outputs: manifest.outputs.iter().map(Tensor::zero).collect(),
            model,
            situation,
            feeling,
            last: None,
            is_due: false,
        })
    }

    /// Offers a state of the being. Call it as often as states are at hand: a window is sampled
    /// from all of them. Tells whether it is a new one.
    pub fn observe(&mut self, state: &State) -> bool {
        let kept = self.window.observe(state);
        self.is_due |= kept;
        kept
    }

    /// What is recognised in the window; `None` until the window is full, which takes 3.2
    /// seconds. Runs the model only if there is a newer state than the last time.
    ///
    /// # Errors
    /// [`RunError`] if the model fails; the next newer state tries again.
    pub fn activate(&mut self) -> Result<Option<Activation>, RunError> {
        if self.is_due {
            self.is_due = false;
            self.last = self.recognise()?;
        }
        Ok(self.last.map(|(activation, _)| activation))
    }

    fn recognise(&mut self) -> Result<Option<(Activation, Timing)>, RunError> {
        self.last = None;
        let filled = self
            .input
            .as_f32_mut()
            .is_some_and(|elements| self.window.write(elements));
        let Some(newest) = self.window.newest().filter(|_| filled) else {
            return Ok(None);
        };
        let mut outputs: Vec<_> = self.outputs.iter_mut().map(Tensor::view_mut).collect();
        let timing = self.model.run(&[self.input.view()], &mut outputs)?;
        let (situation, situation_confidence) = likeliest(&self.outputs[self.situation.output]);
        let (feeling, feeling_confidence) = likeliest(&self.outputs[self.feeling.output]);
        let activation = Activation {
            situation,
            feeling,
            situation_confidence,
            feeling_confidence,
            newest,
        };
        Ok(Some((activation, timing)))
    }

    /// Names of the situations by index.
    #[must_use]
    pub fn situations(&self) -> &[String] {
        &self.situation.labels
    }

    /// Names of the feelings by index.
    #[must_use]
    pub fn feelings(&self) -> &[String] {
        &self.feeling.labels
    }

    /// What computes, for status.
    #[must_use]
    pub fn backend_name(&self) -> &str {
        &self.backend
    }

    /// The model that is asked.
    #[must_use]
    pub fn describe(&self) -> &ModelDescription {
        self.model.describe()
    }

    /// How long the last run took; `None` before the first and after a failure.
    #[must_use]
    pub fn timing(&self) -> Option<Timing> {
        self.last.map(|(_, timing)| timing)
    }
}

fn head(manifest: &Manifest, name: &'static str) -> Result<Head, DualActivationError> {
    let wrong = || DualActivationError::WrongHead {
        model: manifest.name.clone(),
        head: name,
    };
    let output = manifest.output_index(name).ok_or_else(wrong)?;
    let description = &manifest.outputs[output];
    let labels = manifest.labels[output].clone();
    let fits = description.element == ElementType::F32
        && !labels.is_empty()
        && description.shape == [1, labels.len()];
    if fits {
        Ok(Head { output, labels })
    } else {
        Err(wrong())
    }
}

/// Place and value of the greatest probability, which rounding may have put outside 0 to 1.
fn likeliest(probabilities: &Tensor) -> (u32, f32) {
    let mut best = (0, 0.0);
    for (index, &probability) in (0..).zip(probabilities.as_f32().unwrap_or_default()) {
        if probability > best.1 {
            best = (index, probability);
        }
    }
    (best.0, best.1.min(1.0))
}
