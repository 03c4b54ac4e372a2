//! The machine's own body: load, heat, memory, pressure.

mod linux;
mod simulated;

pub use linux::LinuxBody;
pub use simulated::SimulatedBody;

/// What a body feels at a moment. What it cannot feel is `None`, never a made-up value; shares
/// are in 0..=1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VitalsReading {
    /// When, in nanoseconds of CLOCK_MONOTONIC.
    pub time_ns: u64,
    /// Share of all processors' time that was not idle since the last reading; `None` at the
    /// first, which has nothing to compare with.
    pub cpu_load: Option<f32>,
    /// The same for each processor, by its number; empty at the first reading. A processor that
    /// is offline is `None`.
    pub cpu_loads: Vec<Option<f32>>,
    /// Share of the processors' time that the hypervisor gave to others since the last reading.
    pub cpu_stolen: Option<f32>,
    /// Hottest sensor, in degrees Celsius.
    pub temperature_c: Option<f32>,
    /// Share of the memory that is not available to new work.
    pub memory_used: Option<f32>,
    /// Share of the last 10 s in which some task waited for a processor (pressure stall
    /// information, `some avg10`).
    pub cpu_pressure: Option<f32>,
}

/// A source of vitals.
pub trait Vitals: Send {
    /// What it is, for people.
    fn describe(&self) -> String;

    /// Reads all that there is into `reading`. Never fails: what cannot be read is `None`.
    fn read(&mut self, reading: &mut VitalsReading);
}
