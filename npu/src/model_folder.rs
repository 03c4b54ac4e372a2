//! A model as it lies on the disk: a folder with a manifest and the files that it names.

use crate::backend::Backend;
use crate::error::LoadError;
use crate::manifest::{Manifest, ManifestError};
use crate::model::Model;
use crate::model_file::{FileFormat, ModelFile};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the manifest in every model's folder.
pub const MANIFEST_FILE: &str = "manifest.toml";

/// Why a model's folder was not read, or its model not loaded.
#[derive(Debug, thiserror::Error)]
pub enum ModelFolderError {
    /// A file is missing or cannot be read.
    #[error("{} cannot be read: {reason}; restore it or remove the folder", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// The manifest is refused.
    #[error("{} is refused", path.display())]
    Manifest {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        reason: ManifestError,
    },
    /// No file of the model is of a form that the backend reads.
    #[error(
        "model '{model}' has no file that {backend} reads ({}): add one, or choose another backend",
        list(formats)
    )]
    NoFile {
        /// The model's name.
        model: String,
        /// The backend.
        backend: String,
        /// What it reads.
        formats: Vec<FileFormat>,
    },
    /// The model is refused.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// A model's folder with its manifest.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    path: PathBuf,
    manifest: Manifest,
}

impl ModelFolder {
    /// Reads the manifest in `path`.
    ///
    /// # Errors
    /// [`ModelFolderError`] if it is missing or refused.
    pub fn open(path: &Path) -> Result<Self, ModelFolderError> {
        let file = path.join(MANIFEST_FILE);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(reason) => return Err(ModelFolderError::File { path: file, reason }),
        };
        let manifest = Manifest::parse(&text)
            .map_err(|reason| ModelFolderError::Manifest { path: file, reason })?;
        Ok(Self {
            path: path.to_owned(),
            manifest,
        })
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes of one of its files.
    ///
    /// # Errors
    /// [`ModelFolderError::File`].
    pub fn read(&self, file: &ModelFile) -> Result<Vec<u8>, ModelFolderError> {
        let path = self.path.join(&file.name);
        fs::read(&path).map_err(|reason| ModelFolderError::File { path, reason })
    }

    /// The file that `backend` is to load.
    ///
    /// # Errors
    /// [`ModelFolderError::NoFile`].
    pub fn file_for(&self, backend: &dyn Backend) -> Result<&ModelFile, ModelFolderError> {
        let formats = backend.formats();
        let file = self.manifest.file_for(formats);
        file.ok_or_else(|| ModelFolderError::NoFile {
            model: self.manifest.name.clone(),
            backend: backend.name().to_owned(),
            formats: formats.to_vec(),
        })
    }

    /// Loads the model on `backend`.
    ///
    /// # Errors
    /// See [`ModelFolderError`].
    pub fn load(&self, backend: &dyn Backend) -> Result<Box<dyn Model>, ModelFolderError> {
        let bytes = self.read(self.file_for(backend)?)?;
        Ok(backend.load(&bytes, &self.manifest)?)
    }
}

fn list(formats: &[FileFormat]) -> String {
    let formats: Vec<String> = formats.iter().map(ToString::to_string).collect();
    formats.join(", ")
}
