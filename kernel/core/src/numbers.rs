//! The little arithmetic that the loops share. Only operations that IEEE 754 rounds exactly.

use crate::time::Nanoseconds;

/// A span in seconds.
pub(crate) fn seconds(span: Nanoseconds) -> f32 {
    (span as f64 / 1e9) as f32
}

/// A span of seconds in nanoseconds; 0 for anything that is not a positive number.
pub(crate) fn nanoseconds(seconds: f32) -> Nanoseconds {
    (f64::from(seconds) * 1e9) as Nanoseconds
}

/// `value` held within 0 to 1; 0 for what is not a number.
pub(crate) fn unit(value: f32) -> f32 {
    if value >= 1.0 {
        1.0
    } else if value > 0.0 {
        value
    } else {
        0.0
    }
}

/// Share of the way that a first-order lag with `time_constant` moves in `elapsed`
/// (both seconds), by the implicit Euler rule: stable for every step size.
pub(crate) fn blend(elapsed: f32, time_constant: f32) -> f32 {
    if elapsed <= 0.0 {
        0.0
    } else {
        elapsed / (time_constant + elapsed)
    }
}

/// Maps 0 and up to 0..1, one half at 1.
pub(crate) fn saturate(value: f32) -> f32 {
    if value > 0.0 {
        unit(value / (1.0 + value))
    } else {
        0.0
    }
}

/// Whole cycles of `elapsed` that fit into a span of `seconds`.
pub(crate) fn cycles_in(seconds_span: f32, elapsed: Nanoseconds) -> u32 {
    let cycles = nanoseconds(seconds_span) / elapsed.max(1);
    u32::try_from(cycles).unwrap_or(u32::MAX)
}
