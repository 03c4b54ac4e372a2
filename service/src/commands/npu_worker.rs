//! `triune npu-worker`: the process in which models run. The service starts it.

use super::failure::{Exit, Failure};
use triune_npu::CpuBackend;
use triune_npu::worker::serve;

pub(super) fn run() -> Result<Exit, Failure> {
    serve(&CpuBackend::new()).map_err(Failure::failed)?;
    Ok(Exit::Fine)
}
