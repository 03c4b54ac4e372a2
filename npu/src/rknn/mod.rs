//! Models on a Rockchip NPU, by its vendor's library or the soft runtime.

mod backend;
mod embedded_manifest;
mod error;
mod matching;
mod model;
mod placement;
mod port;

pub use backend::{CoreContexts, RknnBackend, RknnOptions};
pub use embedded_manifest::{EmbeddedManifest, EmbeddedManifestError};
pub use error::RknnOpenError;
