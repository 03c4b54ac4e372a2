//! Vitals that are computed, to try heat and load that this machine does not have.

use super::{Vitals, VitalsReading};
use crate::clock::now_ns;

/// Readings that a day of the simulated body lasts: from rest to work and back.
const DAY: u64 = 600;

/// A body that slowly goes from rest to hard work and back; its heat follows its work.
#[derive(Debug, Default)]
pub struct SimulatedBody {
    readings: u64,
    temperature_c: f32,
}

impl SimulatedBody {
    /// Opens it, at rest.
    pub fn open() -> Self {
        Self {
            readings: 0,
            temperature_c: 40.0,
        }
    }
}

impl Vitals for SimulatedBody {
    fn describe(&self) -> String {
        "simulated body".to_owned()
    }

    fn read(&mut self, reading: &mut VitalsReading) {
        let at = self.readings % DAY;
        let load = at.min(DAY - at) as f32 / (DAY / 2) as f32;
        // Heat lags behind work: each reading closes a fiftieth of the gap.
        self.temperature_c += (40.0 + 45.0 * load - self.temperature_c) / 50.0;
        self.readings += 1;
        reading.time_ns = now_ns();
        reading.cpu_load = Some(load);
        reading.cpu_loads.clear();
        reading.cpu_loads.push(Some(load));
        reading.cpu_stolen = Some(0.0);
        reading.temperature_c = Some(self.temperature_c);
        reading.memory_used = Some(0.3 + 0.2 * load);
        reading.cpu_pressure = Some((load - 0.8).max(0.0));
    }
}
