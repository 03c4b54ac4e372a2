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

const INT8: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../models/dual_activation/dual_activation.int8.onnx"
));

/// The file of this name in its manifest, if it is carried.
pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    match name {
        "dual_activation.onnx" => Some(MODEL),
        "dual_activation.int8.onnx" => Some(INT8),
        _ => None,
    }
}
