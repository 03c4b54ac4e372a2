//! Whether this processor can run a build that was tuned for another.

/// What builds with the feature `orange-pi-optimization` use beyond plain Armv8.0-A; the
/// Cortex-A76 and A55 of the RK3588 have all of it (Arm, Cortex-A55 TRM, section 1.3).
///
/// # Errors
/// The names of what this processor lacks, with the remedy.
pub fn check() -> Result<(), String> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "this build is tuned for the RK3588 and the processor here lacks {}: use a build without \
         the feature orange-pi-optimization",
        missing.join(", ")
    ))
}

#[cfg(all(feature = "orange-pi-optimization", target_arch = "aarch64"))]
fn missing() -> Vec<&'static str> {
    use std::arch::is_aarch64_feature_detected as has;
    [
        ("lse", has!("lse")),
        ("crc", has!("crc")),
        ("rdm", has!("rdm")),
        ("fp16", has!("fp16")),
        ("dotprod", has!("dotprod")),
        ("rcpc", has!("rcpc")),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| (!is_there).then_some(name))
    .collect()
}

#[cfg(all(feature = "orange-pi-optimization", not(target_arch = "aarch64")))]
fn missing() -> Vec<&'static str> {
    vec!["an aarch64 instruction set"]
}

#[cfg(not(feature = "orange-pi-optimization"))]
fn missing() -> Vec<&'static str> {
    Vec::new()
}
