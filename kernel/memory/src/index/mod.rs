//! The rows in RAM that searches read, the graph that finds the nearest of many, and its file.
//!
//! Why a graph of our own: at the same recall it answers several times as fast as usearch 2.26 (C++, SIMD)
//! and is built in less time (`triune bench memory.recall` asks both by turns); hnsw_rs 0.3 was slower
//! than usearch, and instant-distance 0.6, which came nearest, cannot take in new rows.

mod code;
mod column;
mod examine;
mod file;
mod graph;
mod nearest;
mod rows;
mod shortlist;
mod walk;
#[cfg(target_arch = "x86_64")]
mod wide;

pub(crate) use code::Code;
pub use examine::examine_index;
pub use file::IndexFileError;
pub(crate) use file::{file_bytes, load, path_in, save};
pub(crate) use rows::{Filter, GRAPH_FROM, Moment, Rows};
pub(crate) use walk::Walk;
