//! The CPU as a backend: pure Rust, over the crate `rten`.

mod backend;
mod envelope;
mod form;
mod model;

pub use backend::CpuBackend;
