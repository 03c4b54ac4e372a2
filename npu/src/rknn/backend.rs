//! Loads models into the NPU.

use super::embedded_manifest::EmbeddedManifest;
use super::error::RknnOpenError;
use super::model::RknnModel;
use super::port::Refusal;
use crate::backend::Backend;
use crate::check::check_file;
use crate::cpu::PureRustBackend;
use crate::error::LoadError;
use crate::file::{HeaderError, RknnHeader};
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription};
use crate::model_file::{FileFormat, ModelFile};
use crate::trial::try_out;
use std::borrow::Cow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use triune_rknn::{ApiVersion, Code, Context, Core, Cores, Error, InitFlags, Library, OpenOptions};

/// How the NPU's library is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RknnOptions {
    /// Cores that the NPU has.
    pub cores: usize,
    /// What each core computes with.
    pub contexts: CoreContexts,
    /// Use a library of a newer major version than this program knows; see
    /// [`triune_rknn::OpenOptions::accept_newer_major`].
    pub accept_newer_major: bool,
}

/// What the cores after the first compute a model with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoreContexts {
    /// Duplicates of the first core's context, which keep the weights once; where the library makes
    /// none, separate ones.
    #[default]
    Duplicate,
    /// Each with a context of its own, loaded anew: more memory, and no call that some programs gave up
    /// (sherpa-onnx pull request 2828).
    Separate,
}

impl RknnOptions {
    /// The usual ones, for an NPU of so many cores.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        Self {
            cores,
            contexts: CoreContexts::default(),
            accept_newer_major: false,
        }
    }
}

/// Runs models on the cores of a Rockchip NPU, each lane on a core of its own.
///
/// Files are `.rknn`, converted without means and deviations: the manifest says what the network itself
/// takes. The soft runtime, which computes on the CPU, takes ONNX files in their place.
pub struct RknnBackend {
    library: Arc<Library>,
    cores: Vec<Cores>,
    contexts: CoreContexts,
    /// Which core the next model gets that is loaded for one lane.
    next: AtomicUsize,
    /// Known from the first model on: libraries tell their version to nobody without one.
    name: OnceLock<String>,
}

/// A model file on its way into the library.
struct Source<'a> {
    manifest: &'a Manifest,
    file: &'a ModelFile,
    bytes: &'a [u8],
    /// What the library is given: the soft runtime needs the manifest too.
    given: Cow<'a, [u8]>,
}

impl RknnBackend {
    /// Opens the vendor's library, or the soft runtime, for an NPU of so many cores.
    ///
    /// Its code runs in this process from here on, so the file must be as trusted as the program. Its
    /// version is checked when a model is loaded.
    ///
    /// # Errors
    /// [`RknnOpenError`] if it cannot be used.
    pub fn open(library: &Path, cores: usize) -> Result<Self, RknnOpenError> {
        Self::open_with(library, RknnOptions::new(cores))
    }

    /// As [`RknnBackend::open`].
    ///
    /// # Errors
    /// As [`RknnBackend::open`].
    pub fn open_with(library: &Path, options: RknnOptions) -> Result<Self, RknnOpenError> {
        let cores = match options.cores {
            // Chips with one core refuse to be told which.
            1 => vec![Cores::Auto],
            count @ 2..=3 => Core::ALL[..count]
                .iter()
                .map(|&core| Cores::One(core))
                .collect(),
            found => {
                let most = Core::ALL.len();
                return Err(RknnOpenError::Cores { found, most });
            }
        };
        let accept_newer_major = options.accept_newer_major;
        let library = Library::open_with(library, OpenOptions { accept_newer_major })?;
        let name = OnceLock::new();
        if library.soft_runtime().is_some() {
            name.get_or_init(|| "rknn (soft runtime)".to_owned());
        }
        Ok(Self {
            library,
            cores,
            contexts: options.contexts,
            next: AtomicUsize::new(0),
            name,
        })
    }

    /// The library that it computes with.
    #[must_use]
    pub fn library(&self) -> &Path {
        self.library.path()
    }

    /// What the soft runtime says of itself; nothing for the vendor's library.
    #[must_use]
    pub fn soft_runtime(&self) -> Option<&str> {
        self.library.soft_runtime()
    }

    fn refusal<'a>(&'a self, manifest: &'a Manifest) -> Refusal<'a> {
        Refusal {
            backend: self.name(),
            model: &manifest.name,
        }
    }

    fn prepare<'a>(
        &self,
        bytes: &'a [u8],
        manifest: &'a Manifest,
    ) -> Result<Source<'a>, LoadError> {
        let file = check_file(self.name(), self.formats(), bytes, manifest)?;
        // Older libraries refuse it in words of their own (rknn-toolkit2 issues 254, 281, 316). What else
        // may be wrong with it is the library's to say.
        if let Err(HeaderError::TooNew { found, newest, .. }) = RknnHeader::read(bytes) {
            return Err(LoadError::TooNew {
                model: manifest.name.clone(),
                found,
                newest,
            });
        }
        let given = if self.soft_runtime().is_some() {
            EmbeddedManifest::append(bytes, manifest).into()
        } else {
            bytes.into()
        };
        Ok(Source {
            manifest,
            file,
            bytes,
            given,
        })
    }

    fn init(&self, source: &Source<'_>) -> Result<Context, LoadError> {
        let loaded = Context::load(&self.library, &source.given, InitFlags::empty());
        let context = loaded.map_err(|error| self.explained(error, source))?;
        self.name.get_or_init(|| {
            let told = &context.versions().api;
            match ApiVersion::parse(told) {
                Some(version) => format!("rknn ({version})"),
                None => format!("rknn ({told})"),
            }
        });
        Ok(context)
    }

    /// The library has one number for all that may be wrong with a model. Of what the soft runtime
    /// refuses, pure Rust tells what it is.
    fn explained(&self, error: Error, source: &Source<'_>) -> LoadError {
        let is_model = matches!(
            error,
            Error::Call {
                code: Code::ModelInvalid,
                ..
            }
        );
        if is_model
            && self.soft_runtime().is_some()
            && let Err(why) = PureRustBackend::new().load(source.bytes, source.manifest)
        {
            return match why {
                LoadError::Unreadable { model, reason, .. } => LoadError::Unreadable {
                    backend: self.name().to_owned(),
                    model,
                    reason,
                },
                other => other,
            };
        }
        self.refusal(source.manifest).runtime(error)
    }

    /// Another context of the same model.
    fn another(&self, first: &Context, source: &Source<'_>) -> Result<Context, LoadError> {
        if self.contexts == CoreContexts::Separate {
            return self.init(source);
        }
        first.duplicate().or_else(|error| {
            log::warn!(
                "model '{}' is loaded again for another core instead of duplicated: {error}",
                source.manifest.name
            );
            self.init(source)
        })
    }

    fn model(
        &self,
        mut context: Context,
        cores: Cores,
        source: &Source<'_>,
    ) -> Result<Box<dyn Model>, LoadError> {
        let manifest = source.manifest;
        let refusal = self.refusal(manifest);
        if cores != Cores::Auto {
            let set = context.set_cores(cores);
            set.map_err(|error| refusal.runtime(error))?;
        }
        let description = ModelDescription {
            name: manifest.name.clone(),
            hash: source.file.sha256,
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        };
        let mut model = RknnModel::new(context, description, &refusal)?;
        try_out(&mut model)?;
        Ok(Box::new(model))
    }
}

impl Backend for RknnBackend {
    /// `rknn (soft runtime)`, or `rknn (2.3.2)` once the library has told its version.
    fn name(&self) -> &str {
        self.name.get().map_or("rknn", String::as_str)
    }

    fn formats(&self) -> &[FileFormat] {
        match self.soft_runtime() {
            Some(_) => &[FileFormat::Onnx],
            None => &[FileFormat::Rknn],
        }
    }

    fn lanes(&self) -> usize {
        self.cores.len()
    }

    /// On one core; models that are loaded one after another get the cores in turn.
    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        let source = self.prepare(bytes, manifest)?;
        let context = self.init(&source)?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.model(context, self.cores[turn % self.cores.len()], &source)
    }

    fn load_lanes(
        &self,
        bytes: &[u8],
        manifest: &Manifest,
    ) -> Result<Vec<Box<dyn Model>>, LoadError> {
        let source = self.prepare(bytes, manifest)?;
        let mut contexts = vec![self.init(&source)?];
        for _ in 1..self.cores.len() {
            contexts.push(self.another(&contexts[0], &source)?);
        }
        let contexts = contexts.into_iter().zip(&self.cores);
        contexts
            .map(|(context, &cores)| self.model(context, cores, &source))
            .collect()
    }
}
