//! Asks a model about the window of states.

use super::activation::Activation;
use super::error::DualActivationError;
use super::heads::ActivationHeads;
use super::shipped;
use super::window::StateWindow;
use crate::backend::Backend;
use crate::error::RunError;
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription, Timing};
use crate::model_file::FileFormat;
use crate::model_folder::ModelFolder;
use crate::scheduler::ModelSource;
use crate::tensor::Tensor;
use std::path::Path;
use triune_core::State;

/// Recognises what is going on and how it feels, from the last seconds of one being's state.
pub struct DualActivation {
    model: Box<dyn Model>,
    backend: String,
    window: StateWindow,
    input: Tensor,
    outputs: Vec<Tensor>,
    heads: ActivationHeads,
    last: Option<(Activation, Timing)>,
    is_due: bool,
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

    /// The same in the file that its manifest prefers for these formats.
    ///
    /// # Errors
    /// [`DualActivationError`] if its manifest is refused, or has no file of these formats.
    pub fn shipped_for(formats: &[FileFormat]) -> Result<ModelSource, DualActivationError> {
        let manifest = Manifest::parse(shipped::MANIFEST)?;
        let bytes = manifest
            .file_for(formats)
            .and_then(|file| shipped::file(&file.name))
            .ok_or_else(|| DualActivationError::NoFile {
                model: manifest.name.clone(),
            })?;
        Ok(ModelSource::new(manifest, bytes))
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
        let heads = ActivationHeads::of(manifest)?;
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
            heads,
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
        let activation = self
            .heads
            .read(|output| self.outputs[output].view(), newest);
        Ok(Some((activation, timing)))
    }

    /// Names of the situations by index.
    #[must_use]
    pub fn situations(&self) -> &[String] {
        self.heads.situations()
    }

    /// Names of the feelings by index.
    #[must_use]
    pub fn feelings(&self) -> &[String] {
        self.heads.feelings()
    }

    /// The model's last hidden layer at the last activation; `None` if there was none, or the model
    /// does not tell it.
    #[must_use]
    pub fn trace(&self) -> Option<&[f32]> {
        self.last?;
        self.heads.trace(|output| self.outputs[output].view())
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
