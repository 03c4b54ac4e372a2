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

/// `value` held within `-bound` to `bound`. The standard library's `clamp` would panic where the
/// bound is not a positive number, which the parameters of a damaged recording may make it.
pub(crate) fn within(value: f32, bound: f32) -> f32 {
    if value > bound {
        bound
    } else if value < -bound {
        -bound
    } else {
        value
    }
}

/// Share of the way that a first-order lag `tau x' = target - x` moves in `elapsed` (in the unit of
/// `time_constant`), by the implicit Euler rule: between 0 and 1, so stable for every step size
/// (Hairer and Wanner, Solving Ordinary Differential Equations II, IV.3).
pub(crate) fn blend(elapsed: f32, time_constant: f32) -> f32 {
    if elapsed <= 0.0 {
        0.0
    } else {
        elapsed / (time_constant + elapsed)
    }
}

/// Maps 0 and up to 0..1, one half at 1: the rational saturation `x / (1 + x)` (Michaelis and Menten
/// 1913; Naka and Rushton 1966 for senses), which needs no exponential and so rounds exactly.
pub(crate) fn saturate(value: f32) -> f32 {
    if value > 0.0 {
        unit(value / (1.0 + value))
    } else {
        0.0
    }
}

/// A span in microseconds, rounded up so that no span counts as none; at most an hour and eleven
/// minutes, the most that fits.
pub(crate) fn microseconds(span: Nanoseconds) -> u32 {
    u32::try_from(span.div_ceil(1_000)).unwrap_or(u32::MAX)
}
