//! Readings of the board to percepts.

mod vitals;

pub use vitals::{Body, Vitals};
