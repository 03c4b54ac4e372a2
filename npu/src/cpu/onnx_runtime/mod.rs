//! ONNX Runtime, the fast way on a CPU and the way to desktops' accelerators, over the crate `ort`.
//!
//! Its library is looked for when the program runs; nothing is linked. A process can have one library:
//! the first that could be used stays.

mod backend;
mod call;
mod elf;
mod environment;
mod error;
mod library;
mod model;
mod provider;
pub(super) mod search;

pub use backend::OnnxRuntimeBackend;
pub use error::OnnxRuntimeError;
pub use provider::Provider;
