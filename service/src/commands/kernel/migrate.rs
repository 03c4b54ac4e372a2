//! `triune memory migrate`.

use crate::cli::AskArguments;
use crate::commands::failure::{Exit, Failure};
use std::path::Path;

pub(super) fn run(_ask: &AskArguments, _data: &Path, _to: u32) -> Result<Exit, Failure> {
    Err(Failure::failed("placeholder"))
}
