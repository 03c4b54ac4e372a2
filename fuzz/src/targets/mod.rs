//! One function a parser. Each takes any bytes and returns; a panic, or a promise that does
//! not hold, is a finding.
//!
//! This module is built twice: with libFuzzer here, and into the test in `tests/` that replays
//! `corpus/`.

mod devices;
mod kernel;
mod memory;
mod models;
mod scratch;
mod sealing;
mod service;

pub use devices::{picture, sound};
pub use kernel::{faults, recording};
pub use memory::{crystal, essence, export, index_file, segment};
pub use models::{onnx_header, rknn_header, worker_message};
pub use service::{board, bodies, injection, manifest, patterns_file, question, settings, status};

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Every target with its name, which is also the name of its folder in `corpus/`.
pub const TARGETS: [(&str, Target); 20] = [
    ("board", board),
    ("bodies", bodies),
    ("crystal", crystal),
    ("essence", essence),
    ("export", export),
    ("faults", faults),
    ("index_file", index_file),
    ("injection", injection),
    ("manifest", manifest),
    ("onnx_header", onnx_header),
    ("patterns_file", patterns_file),
    ("picture", picture),
    ("question", question),
    ("recording", recording),
    ("rknn_header", rknn_header),
    ("segment", segment),
    ("settings", settings),
    ("sound", sound),
    ("status", status),
    ("worker_message", worker_message),
];
