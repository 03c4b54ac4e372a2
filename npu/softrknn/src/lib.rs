//! A stand-in for librknnrt, the runtime library of Rockchip's NPU.
//!
//! It has the same C interface (all 35 functions, version 2.3.2) and computes on the CPU, so that
//! tests, the emulated board and a desktop take the same path as a board. It is no NPU, and no
//! figure measured with it is a figure of one.
//!
//! - It takes ONNX files with their manifest inside ([`triune_npu::EmbeddedManifest`]) or beside
//!   them. A real `.rknn` file is refused as an invalid model.
//! - Faults can be injected: by the environment variable `TRIUNE_SOFTRKNN_FAULTS` or by the call
//!   `triune_soft_faults`; [`FaultPlan`] says which.
//! - What a program holds is counted: `triune_soft_counters` fills [`Counters`].
//! - ONNX Runtime computes where its library is, else pure Rust: the environment variable
//!   `TRIUNE_SOFTRKNN_ONNXRUNTIME` names the library's file, or says `search` or `none`.
//! - `triune_soft_runtime` exists only here, and says which stand-in it is and what computes in it.
//!
//! A refused call says why on standard error, unless `RKNN_LOG_LEVEL` is 0.
//!
//! Behaviour follows rknpu2-sys (names, layouts, constants) and what users of the real library report
//! in public; where nothing is known, the stand-in is the stricter one.

mod binding;
mod built;
mod context;
mod cores;
mod counters;
mod element;
mod exports;
mod faults;
mod inner;
mod layout;
mod lent;
mod matmul;
mod memory;
mod model_source;
mod query;
mod refusal;
mod runtime;
mod transfer;
mod versions;

pub use built::built_library;
pub use counters::Counters;
pub use faults::{FaultPlan, FaultPlanError};
