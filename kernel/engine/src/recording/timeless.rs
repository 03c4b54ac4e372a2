//! Percepts by the instants that they rest on: a sense that brings nothing new stays the same.

use triune_core::{AGE_NEVER, Nanoseconds, Percept, Timestamp};

/// The percept with every age, seen from `now`, turned into the instant that it points to. An
/// involution: doing it again with the same `now` gives the percept back, bit for bit, whatever
/// its ages are.
pub(super) fn turn_ages(percept: &Percept, now: Timestamp) -> Percept {
    let mut turned = *percept;
    let hearing = &mut turned.hearing;
    let sight = &mut turned.sight;
    let body = &mut turned.body;
    let answers = &mut turned.answers;
    for age in [
        &mut hearing.level.age,
        &mut hearing.onset.age,
        &mut hearing.speech.age,
        &mut hearing.bands.age,
        &mut sight.brightness.age,
        &mut sight.motion.age,
        &mut body.load.age,
        &mut body.temperature.age,
        &mut body.memory.age,
        &mut body.pressure.age,
        &mut turned.told.age,
        &mut answers.recall.similarity.age,
        &mut answers.activation.age,
    ] {
        *age = turn(*age, now);
    }
    turned
}

/// `now - age` in the integers modulo 2^64, but "never" stays as it is; the one age that would
/// become "never" takes the place that this leaves free.
fn turn(age: Nanoseconds, now: Timestamp) -> u64 {
    let instant = now.0.wrapping_sub(age);
    if age == AGE_NEVER {
        AGE_NEVER
    } else if instant == AGE_NEVER {
        now.0.wrapping_sub(AGE_NEVER)
    } else {
        instant
    }
}
