//! A model whose results are known.

use crate::manifest::Manifest;
use crate::model_hash::ModelHash;
use crate::tensor::Tensor;

/// A model file with its manifest, and one set of inputs with the outputs that they must give.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The model file, in the backend's own format.
    pub bytes: Vec<u8>,
    /// Its manifest.
    pub manifest: Manifest,
    /// What to run it on.
    pub inputs: Vec<Tensor>,
    /// What must come out.
    pub outputs: Vec<Tensor>,
    /// How far an element may lie off, in the unit of its tensor; integers count in steps.
    pub tolerance: f32,
}

impl Specimen {
    /// The manifest as it would be for other bytes.
    pub(super) fn manifest_for(&self, bytes: &[u8]) -> Manifest {
        let mut manifest = self.manifest.clone();
        for file in &mut manifest.files {
            file.sha256 = ModelHash::of(bytes);
        }
        manifest
    }
}
