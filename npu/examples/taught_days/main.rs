//! Segments of taught days, from which `models/dual_activation/known.py` makes its statistics.
//!
//! `cargo run -p triune-npu --example taught_days -- --out FILE`
//!
//! FILE becomes a NumPy array (n, 75) of f32: day, situation (-1 where one passes to the next),
//! trace, signature.

#[path = "../untaught_days/eyes.rs"]
#[allow(dead_code, reason = "no statistics are read here: they are made")]
mod eyes;
#[path = "../dual_activation_data/generator/mod.rs"]
#[allow(dead_code, reason = "days are needed here, not windows and feelings")]
mod generator;
#[path = "../dual_activation_data/npy.rs"]
mod npy;

use generator::day::Truth;
use std::error::Error;
use std::path::Path;
use triune_npu::patterns::{SIGNATURE_LENGTH, Segments, TRACE_LENGTH};

/// Days whose seeds no other use of the simulator takes.
const DAYS: std::ops::RangeInclusive<u64> = 5001..=5048;
const HOURS: f64 = 1.0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, out] = arguments.as_slice() else {
        return Err("usage: taught_days --out FILE".into());
    };
    if name != "--out" {
        return Err("usage: taught_days --out FILE".into());
    }
    let mut eyes = eyes::Eyes::open()?;
    let mut bytes = Vec::new();
    let mut count = 0;
    for day in DAYS {
        let mut segments = Segments::default();
        let mut truths = Vec::new();
        eyes.day(day, 0, HOURS, |_, observation, truth| {
            truths.push(match truth {
                Truth::Taught(situation) => f32::from(situation as u8),
                Truth::Untaught(_) => -1.0,
            });
            if let Some(segment) = segments.observe(observation) {
                let is_pure = truths.iter().all(|one| *one == truths[0]);
                let label = if is_pure { truths[0] } else { -1.0 };
                truths.clear();
                let row = [day as f32, label];
                let row = row.iter().chain(&segment.trace).chain(&segment.signature);
                bytes.extend(row.flat_map(|value| value.to_le_bytes()));
                count += 1;
            }
        })?;
    }
    if let Some(folder) = Path::new(out).parent() {
        std::fs::create_dir_all(folder)?;
    }
    npy::write(
        Path::new(out),
        "<f4",
        &[count, 2 + TRACE_LENGTH + SIGNATURE_LENGTH],
        &bytes,
    )?;
    Ok(())
}
