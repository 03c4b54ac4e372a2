//! Backends that are there without an NPU of the board: ONNX Runtime where its library is, and pure
//! Rust everywhere.

mod choose;
mod envelope;
mod file_tensors;
mod onnx_runtime;
mod pure;

pub use choose::{CpuBackends, CpuSettings, LibraryWish, ProviderWish, Tried};
pub use onnx_runtime::{OnnxRuntimeBackend, OnnxRuntimeError, Provider};
pub use pure::PureRustBackend;
