//! Measurements, each beside a named peer or limit in the same run.

mod cycle_cost;
mod figure;
mod interleave;
mod memory_write;

pub use figure::{Figure, Kind};

/// An area that can be measured.
#[derive(Clone, Copy)]
pub struct Area {
    /// Its name.
    pub name: &'static str,
    /// What is measured, in a line.
    pub about: &'static str,
    /// Measures it; gives a figure for each peer, the main one first.
    pub measure: fn() -> Result<Vec<Figure>, String>,
}

/// Every area there is.
pub const AREAS: [Area; 2] = [
    Area {
        name: "cycle.cost",
        about: "time of one engine cycle, beside the bare step",
        measure: cycle_cost::measure,
    },
    Area {
        name: "memory.write",
        about: "time that remembering costs the cycle thread, beside a plain copy",
        measure: memory_write::measure,
    },
];
