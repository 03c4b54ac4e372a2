//! The body thread: reads the board's own condition ten times a second.

use super::facts::{Publisher, SenseFacts};
use super::stop::Stop;
use super::supervisor::Ended;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use triune_board::VitalsSpec;
use triune_core::{BodyPercept, Timestamp};
use triune_hal::{VitalsReading, clock, open_vitals};
use triune_senses::{Body, Vitals as Readings};

/// Time between two readings.
const INTERVAL: Duration = Duration::from_millis(100);

/// The body sense with its ends.
pub(super) struct BodyPart {
    pub(super) spec: VitalsSpec,
    pub(super) publisher: Publisher<BodyPercept>,
    pub(super) facts: Arc<SenseFacts>,
    pub(super) stop: Stop,
}

impl BodyPart {
    /// One run: reads until the end comes.
    pub(super) fn run(&mut self) -> Ended {
        let mut vitals = open_vitals(&self.spec);
        self.facts.present(&vitals.describe());
        let mut reading = VitalsReading::default();
        loop {
            vitals.read(&mut reading);
            self.publisher.publish(
                Body::process(&readings(&reading)),
                Timestamp(clock::now_ns()),
            );
            self.facts.taken.fetch_add(1, Ordering::Relaxed);
            if self.stop.wait(INTERVAL) {
                self.publisher.publish_absent();
                return Ended::Stopped;
            }
        }
    }
}

/// A reading of the board as the sense takes it.
fn readings(reading: &VitalsReading) -> Readings {
    Readings {
        load: reading.cpu_load,
        temperature: reading.temperature_c,
        memory: reading.memory_used,
        pressure: reading.cpu_pressure,
        age: 0,
    }
}
