//! Readings of the board, checked and turned into a percept.

use std::ops::RangeInclusive;
use triune_core::{BodyPercept, Judgement, Nanoseconds};

/// Coldest and hottest believable temperature in degrees Celsius: the RK3588's
/// sensor spans -40 to 125 (its technical reference manual, chapter TSADC),
/// other boards' some more.
const TEMPERATURE: RangeInclusive<f32> = -55.0..=150.0;
const SHARE: RangeInclusive<f32> = 0.0..=1.0;

/// What was read; what the machine cannot tell is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vitals {
    /// Share of the processor that was busy since the reading before, 0 to 1.
    pub load: Option<f32>,
    /// Hottest sensor in degrees Celsius.
    pub temperature: Option<f32>,
    /// Share of memory in use, 0 to 1.
    pub memory: Option<f32>,
    /// Share of time in which some task waited for the processor (PSI `some avg10`), 0 to 1.
    pub pressure: Option<f32>,
    /// Nanoseconds since the readings were taken.
    pub age: Nanoseconds,
}

/// Turns readings into percepts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body;

impl Body {
    /// What is felt. A reading that is missing, not a number or out of its range is absent.
    #[must_use]
    pub fn process(vitals: &Vitals) -> BodyPercept {
        let judge = |reading: Option<f32>, range: RangeInclusive<f32>| match reading {
            Some(value) if range.contains(&value) => Judgement {
                value,
                confidence: 1.0,
                age: vitals.age,
            },
            _ => Judgement::ABSENT,
        };
        BodyPercept {
            load: judge(vitals.load, SHARE),
            temperature: judge(vitals.temperature, TEMPERATURE),
            memory: judge(vitals.memory, SHARE),
            pressure: judge(vitals.pressure, SHARE),
        }
    }
}
