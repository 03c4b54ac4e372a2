//! What computes models.

use crate::error::LoadError;
use crate::manifest::Manifest;
use crate::model::Model;
use crate::model_file::FileFormat;

/// Something that loads models: a processor and the library that drives it.
pub trait Backend: Send + Sync {
    /// What computes, for status: the processor, and the library in parentheses.
    fn name(&self) -> &str;

    /// The forms of model files that it reads, the preferred first.
    fn formats(&self) -> &[FileFormat];

    /// How many models it can run at the same time, each on a core of its own:
    /// [`Backend::load_lanes`] loads one for each.
    fn lanes(&self) -> usize {
        1
    }

    /// Loads a model file, one of those that the manifest names.
    ///
    /// # Errors
    /// [`LoadError`] if the bytes do not have the manifest's hash, are no model that this
    /// backend can run, or take or yield something else than the manifest says.
    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError>;

    /// Loads a model once for each lane, each on a core of its own.
    ///
    /// # Errors
    /// As [`Backend::load`]; then it is loaded on none.
    fn load_lanes(
        &self,
        bytes: &[u8],
        manifest: &Manifest,
    ) -> Result<Vec<Box<dyn Model>>, LoadError> {
        let lanes = self.lanes().max(1);
        (0..lanes).map(|_| self.load(bytes, manifest)).collect()
    }
}
