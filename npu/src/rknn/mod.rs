//! What the RKNN path needs of model files.

mod embedded_manifest;

pub use embedded_manifest::{EmbeddedManifest, EmbeddedManifestError};
