//! What computes models on a board.

use std::path::PathBuf;
use std::sync::Arc;
use triune_board::NpuSpec;
use triune_npu::{Backend, CpuBackends, CpuSettings, Tried};

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
#[must_use]
pub fn open_npu(spec: &NpuSpec, cpu: &CpuSettings) -> OpenedNpu {
    let mut tried = Vec::new();
    if let NpuSpec::Rknn(npu) = spec {
        tried.push(Tried {
            what: format!("the board's NPU ({} cores)", npu.cores),
            why: "it is not wired".to_owned(),
        });
    }
    let found = CpuBackends::find(cpu);
    tried.extend(found.tried);
    OpenedNpu {
        backend: found.chosen,
        library: found.library,
        tried,
    }
}
