//! `memory.write`: a moment made durable, and what remembering costs the cycle thread.

mod cycle_side;
mod durable;
#[cfg(feature = "bench-peers")]
mod lmdb;
#[cfg(feature = "bench-peers")]
mod redb;

use super::figure::Finding;

const AREA: &str = "memory.write";

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut findings = durable::measure(&folder.path().join("durable"))?;
    findings.push(cycle_side::measure(&folder.path().join("cycle"))?.into());
    Ok(findings)
}
