//! A model that is to be loaded.

use crate::manifest::Manifest;
use crate::model_file::FileFormat;
use crate::model_folder::{ModelFolder, ModelFolderError};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Why a model's files were not read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The folder was not read.
    #[error(transparent)]
    Folder(#[from] ModelFolderError),
    /// None of the model's files is of a form that is read here.
    #[error("model '{model}' has no file that is read here: add one, or choose another backend")]
    NoFile {
        /// The model's name.
        model: String,
    },
}

/// One file of a model with the manifest that names it; cheap to clone.
#[derive(Clone)]
pub struct ModelSource {
    /// What the file is.
    pub manifest: Arc<Manifest>,
    /// The file.
    pub bytes: Arc<[u8]>,
}

impl ModelSource {
    /// A file that is in memory.
    #[must_use]
    pub fn new(manifest: Manifest, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            manifest: Arc::new(manifest),
            bytes: bytes.into(),
        }
    }

    /// The file of a model's folder that is of the first of `formats` that it has.
    ///
    /// # Errors
    /// [`SourceError`] if a file cannot be read, is refused, or there is none of these formats.
    pub fn open(folder: &Path, formats: &[FileFormat]) -> Result<Self, SourceError> {
        let folder = ModelFolder::open(folder)?;
        let manifest = folder.manifest();
        let file = manifest
            .file_for(formats)
            .ok_or_else(|| SourceError::NoFile {
                model: manifest.name.clone(),
            })?;
        Ok(Self::new(manifest.clone(), folder.read(file)?))
    }
}

impl fmt::Debug for ModelSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "ModelSource({} {}, {} bytes)",
            self.manifest.name,
            self.manifest.version,
            self.bytes.len()
        )
    }
}
