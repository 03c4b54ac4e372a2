//! The recogniser that every binary carries; `models/dual_activation` tells how it is made.

/// Its manifest.
pub(super) const MANIFEST: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../models/dual_activation/manifest.toml"
));

/// Its model file.
pub(super) const MODEL: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../models/dual_activation/dual_activation.onnx"
));
