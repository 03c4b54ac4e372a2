//! `triune npu-worker`: the process in which models run. The service starts it.

use super::failure::{Exit, Failure};
use triune_board::NpuSpec;
use triune_hal::open_npu;
use triune_npu::worker::{end_with_parent, serve};
use triune_npu::{CpuSettings, PureRustBackend};

/// Serves models with what `npu` says, the board's own words in JSON, or with pure Rust.
pub(super) fn run(npu: &str, pure_rust: bool) -> Result<Exit, Failure> {
    end_with_parent().map_err(Failure::failed)?;
    if pure_rust {
        serve(&PureRustBackend::new()).map_err(Failure::failed)?;
        return Ok(Exit::Fine);
    }
    let npu: NpuSpec = serde_json::from_str(npu).map_err(Failure::wrong_use)?;
    let found = open_npu(&npu, &CpuSettings::default());
    serve(found.backend.as_ref()).map_err(Failure::failed)?;
    Ok(Exit::Fine)
}
