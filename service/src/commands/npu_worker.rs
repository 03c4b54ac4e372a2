//! `triune npu-worker`: the process in which models run. The service starts it.

use super::failure::{Exit, Failure};
use triune_npu::PureRustBackend;
use triune_npu::worker::serve;

pub(super) fn run() -> Result<Exit, Failure> {
    serve(&PureRustBackend::new()).map_err(Failure::failed)?;
    Ok(Exit::Fine)
}
