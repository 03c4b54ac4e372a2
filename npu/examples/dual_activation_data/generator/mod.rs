//! Scenarios with a known truth, seen through noisy senses and the kernel's real step.

pub(crate) mod day;
pub(crate) mod labels;
pub(crate) mod random;
pub(crate) mod regime;
pub(crate) mod scenario;
pub(crate) mod scene;
pub(crate) mod senses;
pub(crate) mod shock;
pub(crate) mod timeline;
