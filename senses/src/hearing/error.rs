//! What can be wrong with the way hearing is set up.

use thiserror::Error;

/// Why a [`Hearing`](super::Hearing) cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum HearingError {
    /// The sample rate lies outside what the resampler is made for.
    #[error("a sample rate of {0} Hz is not supported; capture at 8000 to 192000 Hz")]
    Rate(u32),
    /// No channels, or too many.
    #[error("{0} channels are not supported; capture 1 to 8 channels")]
    Channels(u16),
    /// A parameter is out of its range or not a number.
    #[error("hearing parameter {name} is {value}; set it to a value from {low} to {high}")]
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// Its refused value.
        value: f32,
        /// Lowest allowed value.
        low: f32,
        /// Highest allowed value.
        high: f32,
    },
    /// The start threshold does not lie above the stop threshold.
    #[error(
        "hearing parameter {stop} ({stop_value}) must lie below {start} ({start_value}); lower it"
    )]
    Hysteresis {
        /// Name of the upper threshold.
        start: &'static str,
        /// Its value.
        start_value: f32,
        /// Name of the lower threshold.
        stop: &'static str,
        /// Its value.
        stop_value: f32,
    },
}
