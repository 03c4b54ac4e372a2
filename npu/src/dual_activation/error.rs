//! Why there is no recogniser.

use crate::error::LoadError;
use crate::manifest::ManifestError;
use crate::model_folder::ModelFolderError;

/// Why the recogniser was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum DualActivationError {
    /// Its folder is refused.
    #[error("the recogniser's folder is refused")]
    Folder(#[from] ModelFolderError),
    /// The manifest is refused.
    #[error("the recogniser's manifest is refused")]
    Manifest(#[from] ManifestError),
    /// The model is refused.
    #[error("the recogniser's model is refused")]
    Load(#[from] LoadError),
    /// None of the files that this program carries can be read.
    #[error(
        "this program carries no file of model '{model}' that is read here: choose another backend"
    )]
    NoFile {
        /// The model's name.
        model: String,
    },
    /// The model takes something else than windows of states.
    #[error(
        "model '{model}' is no recogniser of dual activation: it must take one f32 input of \
         shape {expected:?}"
    )]
    WrongInput {
        /// The model's name.
        model: String,
        /// The shape of a window.
        expected: [usize; 4],
    },
    /// The model lacks a head.
    #[error(
        "model '{model}' is no recogniser of dual activation: it must have an f32 output \
         '{head}' of shape [1, n] with n labels"
    )]
    WrongHead {
        /// The model's name.
        model: String,
        /// Which head.
        head: &'static str,
    },
}
