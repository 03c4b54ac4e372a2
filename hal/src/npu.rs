//! What computes models on a board.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_board::{NpuSpec, RknnContexts, RknnNpu};
use triune_npu::{
    Backend, CoreContexts, CpuBackends, CpuSettings, DualActivation, DualActivationError,
    FileFormat, RknnBackend, RknnOpenError, RknnOptions, Tried,
};

/// The backend that was chosen, and how.
pub struct OpenedNpu {
    /// What computes.
    pub backend: Arc<dyn Backend>,
    /// The library that it computes with; `None` if that is built in.
    pub library: Option<PathBuf>,
    /// What was tried before, in this order.
    pub tried: Vec<Tried>,
}

/// Finds the best that works: there always is one.
///
/// An NPU is taken only if the recogniser runs on each of its cores: the one that every program carries,
/// or, where converted files are taken alone, the one of [`RknnNpu::recogniser`].
#[must_use]
pub fn open_npu(spec: &NpuSpec, cpu: &CpuSettings) -> OpenedNpu {
    let mut tried = Vec::new();
    if let NpuSpec::Rknn(npu) = spec
        && let Some(backend) = open_rknn(npu, &mut tried)
    {
        return OpenedNpu {
            library: Some(backend.library().to_owned()),
            backend: Arc::new(backend),
            tried,
        };
    }
    let found = CpuBackends::find(cpu);
    tried.extend(found.tried);
    OpenedNpu {
        backend: found.chosen,
        library: found.library,
        tried,
    }
}

/// The first library that can be used.
fn open_rknn(npu: &RknnNpu, tried: &mut Vec<Tried>) -> Option<RknnBackend> {
    if npu.library.is_empty() {
        tried.push(Tried {
            what: format!("the board's NPU ({} cores)", npu.cores),
            why: "the board names no library for it: name librknnrt.so in its description"
                .to_owned(),
        });
    }
    npu.library.iter().find_map(|library| {
        let opened = try_rknn(library, npu);
        opened
            .map_err(|why| {
                let what = format!("the board's NPU by {}", library.display());
                tried.push(Tried::because(what, &why));
            })
            .ok()
    })
}

fn try_rknn(library: &Path, npu: &RknnNpu) -> Result<RknnBackend, NotTaken> {
    let options = RknnOptions {
        cores: npu.cores as usize,
        contexts: match npu.contexts {
            RknnContexts::Duplicate => CoreContexts::Duplicate,
            RknnContexts::Separate => CoreContexts::Separate,
        },
        accept_newer_major: npu.accept_newer_major,
    };
    let backend = RknnBackend::open_with(library, options)?;
    let load = || -> Result<DualActivation, NotTaken> {
        let loaded = if backend.formats().contains(&FileFormat::Onnx) {
            DualActivation::load_shipped(&backend)
        } else {
            let folder = npu.recogniser.as_deref().ok_or(NotTaken::NoFile)?;
            DualActivation::load_folder(&backend, folder)
        };
        loaded.map_err(|error| NotTaken::Recogniser(Box::new(error)))
    };
    // Each is loaded on the next core and runs there.
    let cores: Vec<_> = (0..backend.lanes())
        .map(|_| load())
        .collect::<Result<_, _>>()?;
    drop(cores);
    Ok(backend)
}

/// Why an NPU is not taken.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error(transparent)]
    Library(#[from] RknnOpenError),
    #[error(transparent)]
    Recogniser(Box<DualActivationError>),
    #[error(
        "it takes .rknn files only, and the board's description names none of the recogniser to try it \
         with: convert one (models/README.md) and name its folder"
    )]
    NoFile,
}
