//! The rows in RAM that searches read, the graph that finds the nearest of many, and its file.
//!
//! Peers measured on 64-dimensional vectors, one core, same run: see `examples/recall_1m.rs`.

mod code;
mod column;
mod file;
mod graph;
mod nearest;
mod rows;
mod walk;

pub(crate) use code::Code;
pub(crate) use file::{load, path_in, save};
pub(crate) use rows::{Filter, GRAPH_FROM, Moment, Rows};
pub(crate) use walk::Walk;
