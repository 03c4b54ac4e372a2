//! The models that every binary carries; the folders of `models/` tell how they are made.

use crate::manifest::{Manifest, ManifestError};
use crate::model_file::ModelFile;

/// A model that every binary carries.
#[derive(Clone, Copy, Debug)]
pub struct ShippedModel {
    /// Its name, as in its manifest.
    pub name: &'static str,
    manifest: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

macro_rules! shipped {
    ($name:literal: $($file:literal),+) => {
        ShippedModel {
            name: $name,
            manifest: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/../models/", $name, "/manifest.toml"
            )),
            files: &[$((
                $file,
                include_bytes!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/../models/", $name, "/", $file
                )),
            )),+],
        }
    };
}

impl ShippedModel {
    /// All of them.
    pub const ALL: [Self; 2] = [
        shipped!("dual_activation": "dual_activation.int8.onnx", "dual_activation.onnx"),
        shipped!("scene_embedding": "scene_embedding.int8.onnx", "scene_embedding.onnx"),
    ];

    /// Its manifest.
    ///
    /// # Errors
    /// [`ManifestError`] in a build with a broken one.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        Manifest::parse(self.manifest)
    }

    /// The bytes of one of its files; nothing for one that is not carried.
    #[must_use]
    pub fn read(&self, file: &ModelFile) -> Option<&'static [u8]> {
        let found = self.files.iter().find(|(name, _)| *name == file.name);
        found.map(|(_, bytes)| *bytes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::model_hash::ModelHash;

    #[test]
    fn every_file_of_every_manifest_is_carried_and_has_its_hash() {
        for shipped in ShippedModel::ALL {
            let manifest = shipped.manifest().unwrap();
            assert_eq!(manifest.name, shipped.name);
            for file in &manifest.files {
                let bytes = shipped.read(file).unwrap();
                assert_eq!(ModelHash::of(bytes), file.sha256, "{}", file.name);
            }
        }
    }
}
