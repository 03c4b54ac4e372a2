//! Where a model's file and manifest come from.

use crate::refusal::Refusal;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use triune_npu::{EmbeddedManifest, EmbeddedManifestError, FileFormat, Manifest, ModelFolder};

/// A model file with its manifest; contexts of one model share it.
#[derive(Clone)]
pub(crate) struct ModelSource {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) manifest: Arc<Manifest>,
}

impl ModelSource {
    /// A file that carries its manifest.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        check_format(bytes)?;
        match EmbeddedManifest::read(bytes) {
            Ok(found) => Ok(Self::new(found.model, found.manifest)),
            Err(error) => Err(Refusal::model(error.to_string())),
        }
    }

    /// A file on the disk, `length` bytes from `offset` on or all of it; its manifest may lie beside it.
    pub(crate) fn from_path(path: &Path, part: Option<(usize, usize)>) -> Result<Self, Refusal> {
        let bytes = fs::read(path).map_err(|error| {
            Refusal::failed(format!("{} cannot be read: {error}", path.display()))
        })?;
        let bytes = slice(&bytes, part)?;
        check_format(bytes)?;
        match EmbeddedManifest::read(bytes) {
            Ok(found) => Ok(Self::new(found.model, found.manifest)),
            Err(EmbeddedManifestError::Missing) => {
                let folder = path.parent().unwrap_or(Path::new("."));
                let folder =
                    ModelFolder::open(folder).map_err(|error| Refusal::model(chain(&error)))?;
                Ok(Self::new(bytes, folder.manifest().clone()))
            }
            Err(error) => Err(Refusal::model(error.to_string())),
        }
    }

    fn new(bytes: &[u8], manifest: Manifest) -> Self {
        Self {
            bytes: bytes.into(),
            manifest: Arc::new(manifest),
        }
    }
}

/// The part of a buffer in which the model stands.
pub(crate) fn slice(bytes: &[u8], part: Option<(usize, usize)>) -> Result<&[u8], Refusal> {
    let Some((offset, length)) = part else {
        return Ok(bytes);
    };
    offset
        .checked_add(length)
        .and_then(|end| bytes.get(offset..end))
        .ok_or_else(|| {
            Refusal::parameter(format!(
                "a model of {length} bytes at {offset} exceeds {} bytes",
                bytes.len()
            ))
        })
}

fn check_format(bytes: &[u8]) -> Result<(), Refusal> {
    match FileFormat::of(bytes) {
        FileFormat::Onnx => Ok(()),
        FileFormat::Rknn => {
            let why = "this is a .rknn file for an NPU: the soft runtime takes ONNX";
            Err(Refusal::model(why))
        }
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
