//! What computes models.

use crate::error::LoadError;
use crate::manifest::Manifest;
use crate::model::Model;

/// Something that loads models: a processor and the library that drives it.
pub trait Backend: Send + Sync {
    /// What computes, for status: the processor, and the library in parentheses.
    fn name(&self) -> &str;

    /// Loads a model file.
    ///
    /// # Errors
    /// [`LoadError`] if the bytes do not have the manifest's hash, are no model that this
    /// backend can run, or take or yield something else than the manifest says.
    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError>;
}
