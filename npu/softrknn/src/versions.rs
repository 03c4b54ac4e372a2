//! What the stand-in says of itself.

/// The interface that it has, and whose it is.
pub(crate) const API: &str = concat!(
    "2.3.2 (triune soft runtime ",
    env!("CARGO_PKG_VERSION"),
    ")"
);
/// The driver of which the interface's version was released.
pub(crate) const DRIVER: &str = "0.9.8 (soft)";

/// Answer of `triune_soft_runtime`: who it is and what computes in it.
pub(crate) fn identity(backend: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("triune soft runtime {version}: computes by {backend}")
}
