//! Models in, tensors out.
//!
//! One interface, [`Model`], whatever computes: a [`Backend`] turns the bytes of a model file and
//! its [`Manifest`] into a `Box<dyn Model>`. [`CpuBackends::find`] takes ONNX Runtime where its
//! library is, and else [`PureRustBackend`], which is there on every machine. [`RknnBackend`] runs
//! them on a Rockchip NPU. [`conformance`] holds every backend to the same behaviour.
//!
//! [`scheduler`] runs requests of several models by class and deadline, in this process or, by
//! [`worker`], in one of their own that may hang or crash.
//!
//! [`DualActivation`] is what the kernel asks: what is going on, and how does it feel, over the
//! last seconds of [`triune_core::State`].
#![deny(unsafe_code)]

mod backend;
mod check;
pub mod conformance;
mod cpu;
mod dual_activation;
mod error;
mod file;
mod manifest;
mod model;
mod model_file;
mod model_folder;
mod model_hash;
pub mod patterns;
mod rknn;
pub mod scheduler;
mod shipped;
mod tensor;
mod trial;
mod wire;
pub mod worker;

pub use backend::Backend;
pub use check::{check_call, check_file};
pub use cpu::{
    CpuBackends, CpuSettings, LibraryWish, OnnxRuntimeBackend, OnnxRuntimeError, Provider,
    ProviderWish, PureRustBackend, Tried,
};
pub use dual_activation::{
    Activation, ActivationHeads, DualActivation, DualActivationError, FEATURE_COUNT, FEATURE_NAMES,
    LONGEST_GAP_SAMPLES, SAMPLE_COUNT, SAMPLE_INTERVAL, StateWindow, WINDOW_SHAPE, features,
};
pub use error::{DeviceFault, LoadError, RunError};
pub use file::{
    AxisLength, HeaderElement, HeaderError, HeaderTensor, ModelHeader, NEWEST_CONTAINER, NEWEST_IR,
    OnnxHeader, RknnHeader,
};
pub use manifest::{MANIFEST_FORMAT, Manifest, ManifestError};
pub use model::{Model, ModelDescription, Timing};
pub use model_file::{FileFormat, ModelFile, Precision};
pub use model_folder::{MANIFEST_FILE, ModelFolder, ModelFolderError};
pub use model_hash::ModelHash;
pub use rknn::{
    CoreContexts, EmbeddedManifest, EmbeddedManifestError, RknnBackend, RknnOpenError, RknnOptions,
};
pub use shipped::ShippedModel;
pub use tensor::{
    ElementType, Quantisation, Tensor, TensorData, TensorDescription, TensorMut, TensorRef,
    TensorSlice, TensorSliceMut,
};
