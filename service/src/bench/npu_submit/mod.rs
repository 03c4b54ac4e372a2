//! `npu.submit`: what scheduler and worker add to an inference, and what lanes bring.

mod lanes;
mod overhead;
mod sleeping;

use super::figure::Finding;

const AREA: &str = "npu.submit";

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let mut findings = overhead::measure()?;
    findings.extend(lanes::measure()?);
    Ok(findings)
}
