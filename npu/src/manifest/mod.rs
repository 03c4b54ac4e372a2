//! The manifest that stands beside every model file.

mod document;
mod error;
mod rules;
mod text;

pub use document::{MANIFEST_FORMAT, Manifest};
pub use error::ManifestError;
