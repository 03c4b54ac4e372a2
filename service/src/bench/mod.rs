//! Measurements, each beside a named peer or limit in the same run.

mod cycle_beings;
mod cycle_cost;
mod cycle_lateness;
mod figure;
mod interleave;
mod memory_recall;
mod memory_write;
mod npu_submit;
mod spread;
mod stalls;
mod world;

pub use figure::{Figure, Finding, Kind, Skipped};

/// An area that can be measured.
#[derive(Clone, Copy)]
pub struct Area {
    /// Its name.
    pub name: &'static str,
    /// What is measured, in a line.
    pub about: &'static str,
    /// Measures it; gives a finding for each peer, the main one first.
    pub measure: fn() -> Result<Vec<Finding>, String>,
}

/// Every area there is.
pub const AREAS: [Area; 6] = [
    Area {
        name: "cycle.cost",
        about: "time of one engine cycle, beside the bare step",
        measure: cycle_cost::measure,
    },
    Area {
        name: "cycle.lateness",
        about: "how late the cycle wakes, beside cyclictest by turns (90 s)",
        measure: cycle_lateness::measure,
    },
    Area {
        name: "cycle.beings",
        about: "beings that remember, sustained at 1000 Hz for 60 s",
        measure: cycle_beings::measure,
    },
    Area {
        name: "memory.write",
        about: "a moment made durable, beside databases; remembering, beside a plain copy",
        measure: memory_write::measure,
    },
    Area {
        name: "memory.recall",
        about: "the nearest ten of a million moments, beside an exact scan; of fewer, beside usearch (20 min)",
        measure: memory_recall::measure,
    },
    Area {
        name: "npu.submit",
        about: "an inference by scheduler and worker, beside the backend alone; lanes that sleep",
        measure: npu_submit::measure,
    },
];

/// What `triune bench --help` says of the areas.
#[must_use]
pub fn areas_help() -> String {
    let areas: String = AREAS
        .iter()
        .map(|area| format!("  {:<15} {}\n", area.name, area.about))
        .collect();
    format!(
        "Areas:\n{areas}\nEnvironment:\n  {} how many moments memory.recall searches [default: {}]",
        memory_recall::MOMENTS_VARIABLE,
        memory_recall::MOMENTS,
    )
}
