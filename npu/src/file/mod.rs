//! What foreign model files say of themselves, read without any library that runs models.

mod error;
mod header;
mod onnx;
mod operators;
mod rknn;
mod text;

pub use error::HeaderError;
pub use header::{AxisLength, HeaderElement, HeaderTensor, ModelHeader};
pub use onnx::{NEWEST_IR, OnnxHeader};
pub use rknn::{NEWEST_CONTAINER, RknnHeader};
