//! The rows in RAM that searches read, the graph that finds the nearest of many, and its file.
//!
//! Why a graph of our own: usearch 2.26 (C++, 8-bit codes) was quicker than hnsw_rs 0.3, and at the same
//! recall on 100 000 Gaussian vectors of 64 dimensions (0.915, the most it reached) it took seven
//! times as long for a question and half as long again to build; instant-distance 0.6, which came
//! nearest, took about three times as long and cannot take in new rows. `examples/recall_1m.rs` measures
//! ours.

mod code;
mod column;
mod examine;
mod file;
mod graph;
mod nearest;
mod rows;
mod walk;
#[cfg(target_arch = "x86_64")]
mod wide;

pub(crate) use code::Code;
pub use examine::examine_index;
pub use file::IndexFileError;
pub(crate) use file::{file_bytes, load, path_in, save};
pub(crate) use rows::{Filter, GRAPH_FROM, Moment, Rows};
pub(crate) use walk::Walk;
