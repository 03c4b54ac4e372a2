//! Why a model could not be loaded or run.

use crate::model_file::FileFormat;
use crate::model_hash::ModelHash;
use crate::tensor::ElementType;

/// Why a model was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is none of those that the manifest means.
    #[error(
        "the file of model '{model}' has SHA-256 {found}, its manifest says {}: \
         install the file and the manifest of the same version",
        either(expected)
    )]
    WrongHash {
        /// The model's name.
        model: String,
        /// What the manifest says, for each file.
        expected: Vec<ModelHash>,
        /// What the file has.
        found: ModelHash,
    },
    /// The file is a model of a form that this backend does not read.
    #[error(
        "{backend} does not read {found} files: give model '{model}' a file that it reads, or run it \
         where {found} files are read"
    )]
    ForeignFormat {
        /// Who tried.
        backend: String,
        /// The model's name.
        model: String,
        /// What the file is.
        found: FileFormat,
    },
    /// The bytes are no model that the backend understands.
    #[error(
        "{backend} cannot read the file of model '{model}': {reason}; \
         export it again for this backend"
    )]
    Unreadable {
        /// Who tried.
        backend: String,
        /// The model's name.
        model: String,
        /// What the backend's library said.
        reason: String,
    },
    /// An input or output is in the file but not in the manifest, or the other way round.
    #[error(
        "model '{model}': {role} '{tensor}' stands in {present} but not in {absent}: \
         correct the manifest"
    )]
    TensorMismatch {
        /// The model's name.
        model: String,
        /// `input` or `output`.
        role: &'static str,
        /// The tensor's name.
        tensor: String,
        /// Where it was found.
        present: &'static str,
        /// Where it is missing.
        absent: &'static str,
    },
    /// A shape differs between file and manifest.
    #[error(
        "model '{model}': '{tensor}' is {found} in the file and {expected} in the manifest: \
         correct the manifest"
    )]
    WrongShape {
        /// The model's name.
        model: String,
        /// The tensor's name.
        tensor: String,
        /// What the manifest says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// An element type differs between file and manifest.
    #[error(
        "model '{model}': the elements of '{tensor}' are {found} in the file and {expected} in \
         the manifest: correct the manifest"
    )]
    WrongElement {
        /// The model's name.
        model: String,
        /// The tensor's name.
        tensor: String,
        /// What the manifest says.
        expected: ElementType,
        /// What the file has.
        found: String,
    },
    /// The file is of a newer form than this program knows.
    #[error(
        "the file of model '{model}' has RKNN format {found}, this program knows up to {newest}: update \
         the program and the NPU's library, or convert the model with an older toolkit"
    )]
    TooNew {
        /// The model's name.
        model: String,
        /// The form's number in the file.
        found: u64,
        /// The newest that is known.
        newest: u64,
    },
    /// The NPU's library failed, or says what cannot be.
    #[error("{backend} cannot load model '{model}': {reason}")]
    Runtime {
        /// Who tried.
        backend: String,
        /// The model's name.
        model: String,
        /// Which call failed and why.
        reason: triune_rknn::Error,
    },
    /// It did not come so far that its file mattered.
    #[error("model '{model}' was not loaded: {reason}")]
    NotLoaded {
        /// The model's name.
        model: String,
        /// Why.
        reason: String,
    },
    /// The model was read but failed on an input of zeros.
    #[error("model '{model}' was read but does not run: {reason}")]
    TrialRun {
        /// The model's name.
        model: String,
        /// Why.
        #[source]
        reason: RunError,
    },
}

/// Why a model did not run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// Not as many inputs or outputs as the model has.
    #[error("the model has {expected} {role}s and was given {found}")]
    WrongCount {
        /// `input` or `output`.
        role: &'static str,
        /// How many the model has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A shape is not the model's.
    #[error("{role} '{tensor}' has shape {expected:?} and was given {found:?}")]
    WrongShape {
        /// `input` or `output`.
        role: &'static str,
        /// The tensor's name.
        tensor: String,
        /// The model's shape.
        expected: Vec<usize>,
        /// What was given.
        found: Vec<usize>,
    },
    /// An element type is not the model's.
    #[error("{role} '{tensor}' has elements of {expected} and was given {found}")]
    WrongElement {
        /// `input` or `output`.
        role: &'static str,
        /// The tensor's name.
        tensor: String,
        /// The model's type.
        expected: ElementType,
        /// What was given.
        found: ElementType,
    },
    /// A buffer does not hold as many elements as its shape says.
    #[error("{role} '{tensor}' needs {expected} elements and its buffer holds {found}")]
    WrongLength {
        /// `input` or `output`.
        role: &'static str,
        /// The tensor's name.
        tensor: String,
        /// Elements of the shape.
        expected: usize,
        /// Elements of the buffer.
        found: usize,
    },
    /// An input holds infinity or what is not a number.
    #[error("element {index} of input '{tensor}' is not a finite number: mend what computes it")]
    InputNotFinite {
        /// The tensor's name.
        tensor: String,
        /// Which element.
        index: usize,
    },
    /// An output holds infinity or what is not a number.
    #[error("element {index} of output '{tensor}' is not a finite number: the model is unsound")]
    OutputNotFinite {
        /// The tensor's name.
        tensor: String,
        /// Which element.
        index: usize,
    },
    /// The model yielded something else than it describes.
    #[error("output '{tensor}' came out as {found} instead of {expected}: correct the manifest")]
    UnexpectedOutput {
        /// The tensor's name.
        tensor: String,
        /// What the model describes.
        expected: String,
        /// What came out.
        found: String,
    },
    /// The device or its library failed.
    #[error(transparent)]
    Device(#[from] DeviceFault),
}

/// What went wrong below the model: it may be gone at the next call, or only with a new worker.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// The device is there no more.
    #[error("the device is lost: {0}")]
    Lost(String),
    /// It took longer than it may.
    #[error("the device did not answer in time: {0}")]
    TimedOut(String),
    /// It has no memory left.
    #[error("the device has no memory left: {0}")]
    OutOfMemory(String),
    /// It refused, or its library failed otherwise.
    #[error("the backend failed: {0}")]
    Failed(String),
}

fn either(hashes: &[ModelHash]) -> String {
    let hashes: Vec<String> = hashes.iter().map(ToString::to_string).collect();
    hashes.join(" or ")
}
