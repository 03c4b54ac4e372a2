//! Which backend computes where there is no NPU of the board.

use super::onnx_runtime::search::{self, Place};
use super::onnx_runtime::{OnnxRuntimeBackend, OnnxRuntimeError, Provider};
use super::pure::PureRustBackend;
use crate::backend::Backend;
use crate::dual_activation::{DualActivation, DualActivationError};
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuSettings {
    /// Whose library.
    pub library: LibraryWish,
    /// Which processor.
    pub provider: ProviderWish,
}

/// Which library of ONNX Runtime is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LibraryWish {
    /// The first that can be used, of the usual places. A file that the environment variable
    /// `ORT_DYLIB_PATH` names is the only one that is tried.
    #[default]
    Search,
    /// This file and no other.
    File(PathBuf),
    /// None: pure Rust computes.
    None,
}

/// With which provider ONNX Runtime is to compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProviderWish {
    /// An accelerator that the library has and that works, else the CPU.
    #[default]
    Best,
    /// This one, else the CPU.
    Only(Provider),
}

/// Something better that was tried and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What it was.
    pub what: String,
    /// Why it was not taken, and what would help.
    pub why: String,
}

impl Tried {
    /// It was not taken because of this error, told with its causes.
    #[must_use]
    pub fn because(what: impl Into<String>, error: &dyn Error) -> Self {
        Self {
            what: what.into(),
            why: with_causes(error),
        }
    }
}

/// An error and what caused it, each once.
fn with_causes(error: &dyn Error) -> String {
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Some errors tell their cause themselves, and go on after it.
        if !why.contains(&text) {
            why = format!("{why}: {text}");
        }
        cause = error.source();
    }
    why
}

impl fmt::Display for Tried {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.what, self.why)
    }
}

/// The backend that was chosen, and how.
pub struct CpuBackends {
    /// What computes.
    pub chosen: Arc<dyn Backend>,
    /// The library that it computes with; nothing for pure Rust.
    pub library: Option<PathBuf>,
    /// What was tried before, in this order.
    pub tried: Vec<Tried>,
}

impl CpuBackends {
    /// Finds the best backend that works: there always is one.
    ///
    /// An accelerator is taken only if the model that every binary carries loads and runs on it.
    /// A process keeps the first library that could be used.
    #[must_use]
    pub fn find(settings: &CpuSettings) -> Self {
        let mut tried = Vec::new();
        let backend = match &settings.library {
            LibraryWish::None => None,
            LibraryWish::File(path) => open(path, settings.provider, &mut tried),
            LibraryWish::Search => search::places()
                .iter()
                .find_map(|place| open_place(place, settings.provider, &mut tried)),
        };
        match backend {
            Some(backend) => Self {
                library: Some(backend.library().to_owned()),
                chosen: Arc::new(backend),
                tried,
            },
            None => Self {
                library: None,
                chosen: Arc::new(PureRustBackend::new()),
                tried,
            },
        }
    }
}

fn open_place(
    place: &Place,
    provider: ProviderWish,
    tried: &mut Vec<Tried>,
) -> Option<OnnxRuntimeBackend> {
    match place {
        Place::Named(path) => open(path, provider, tried),
        Place::Folder(folder) => {
            let libraries = search::libraries(folder);
            if libraries.is_empty() {
                tried.push(Tried {
                    what: format!("onnxruntime in {}", folder.display()),
                    why: "it is not there".to_owned(),
                });
            }
            libraries
                .iter()
                .find_map(|path| open(path, provider, tried))
        }
    }
}

/// Opens a library with the best provider that works.
fn open(path: &Path, wish: ProviderWish, tried: &mut Vec<Tried>) -> Option<OnnxRuntimeBackend> {
    let cpu = match OnnxRuntimeBackend::open(path, Provider::Cpu) {
        Ok(cpu) => cpu,
        Err(error) => {
            tried.push(Tried::because("onnxruntime", &error));
            return None;
        }
    };
    let wanted = match &wish {
        ProviderWish::Best => &Provider::ACCELERATORS[..],
        ProviderWish::Only(provider) => std::slice::from_ref(provider),
    };
    for &provider in wanted.iter().filter(|&&provider| provider != Provider::Cpu) {
        match accelerated(path, provider) {
            Ok(backend) => return Some(backend),
            Err(why) => tried.push(Tried::because(provider.to_string(), &why)),
        }
    }
    match DualActivation::load_shipped(&cpu) {
        Ok(_) => Some(cpu),
        Err(why) => {
            tried.push(Tried::because(cpu.name(), &why));
            None
        }
    }
}

fn accelerated(path: &Path, provider: Provider) -> Result<OnnxRuntimeBackend, OnnxRuntimeError> {
    let backend = OnnxRuntimeBackend::open(path, provider)?;
    match DualActivation::load_shipped(&backend) {
        Ok(_) => Ok(backend),
        Err(error) => Err(model_fails(path, provider, &error)),
    }
}

fn model_fails(path: &Path, provider: Provider, error: &DualActivationError) -> OnnxRuntimeError {
    OnnxRuntimeError::ProviderFails {
        path: path.to_owned(),
        provider,
        // The error itself only says that the model is refused.
        reason: with_causes(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{DeviceFault, LoadError};

    #[test]
    fn an_accelerator_that_fails_tells_the_last_cause_once() {
        let last = "the driver is of another version";
        let refused = DualActivationError::from(LoadError::TrialRun {
            model: "dual_activation".to_owned(),
            reason: DeviceFault::Failed(last.to_owned()).into(),
        });
        let error = model_fails(Path::new("libonnxruntime.so"), Provider::Cuda, &refused);
        let tried = Tried::because("CUDA", &error).to_string();
        assert!(
            tried.contains("the recogniser's model is refused"),
            "{tried}"
        );
        assert_eq!(tried.matches(last).count(), 1, "{tried}");
        // What reads a file that is not allowed tells the system's reason in its midst.
        let unreadable = OnnxRuntimeError::Unreadable {
            path: "x".into(),
            reason: std::io::Error::other("denied"),
        };
        let told = Tried::because("onnxruntime", &unreadable).why;
        assert_eq!(told.matches("denied").count(), 1, "{told}");
    }
}
