//! What all vitals must do.

use super::Report;
use crate::{Vitals, VitalsReading};
use std::time::Duration;

/// Reads vitals a few times, `pause` apart.
pub fn check_vitals(vitals: &mut dyn Vitals, pause: Duration) -> Report {
    const READINGS: usize = 4;
    let mut report = Report::new();
    report.device = vitals.describe();
    let mut reading = VitalsReading::default();
    let mut readings = Vec::new();
    for number in 0..READINGS {
        if number > 0 {
            std::thread::sleep(pause);
        }
        vitals.read(&mut reading);
        readings.push(reading.clone());
    }
    let shares = |reading: &VitalsReading| {
        [
            reading.cpu_load,
            reading.cpu_stolen,
            reading.memory_used,
            reading.cpu_pressure,
        ]
        .into_iter()
        .chain(reading.cpu_loads.iter().copied())
        .flatten()
        .collect::<Vec<f32>>()
    };
    let wrong: Vec<f32> = readings
        .iter()
        .flat_map(shares)
        .filter(|share| !(0.0..=1.0).contains(share))
        .collect();
    report.check("keeps shares within 0..=1", wrong.is_empty(), || {
        format!("{wrong:?}")
    });
    report.check(
        "has a temperature that a board can have, or none",
        readings
            .iter()
            .filter_map(|reading| reading.temperature_c)
            .all(|degrees| (-40.0..=150.0).contains(&degrees)),
        || format!("{readings:?}"),
    );
    report.check(
        "stamps in order",
        readings.is_sorted_by_key(|reading| reading.time_ns),
        || format!("{readings:?}"),
    );
    if let Some(last) = readings.last() {
        for (name, value, unit) in [
            ("cpu_load", last.cpu_load, "of 1"),
            ("cpu_stolen", last.cpu_stolen, "of 1"),
            ("cpu_pressure", last.cpu_pressure, "of 1"),
            ("memory_used", last.memory_used, "of 1"),
            ("temperature", last.temperature_c, "°C"),
        ] {
            if let Some(value) = value {
                report.figure(name, f64::from(value), unit);
            }
        }
    }
    report
}
