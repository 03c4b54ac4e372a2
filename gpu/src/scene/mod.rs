//! What a face shows: plain data of one moment.

mod conditions;
mod history;
mod senses;
mod vehicle;
mod whole;

pub use conditions::{Condition, Part, Urgency};
pub use history::{HISTORY_SAMPLES, History};
pub use senses::{Body, Hearing, Sensed, Sight};
pub use vehicle::{Centre, LightVehicle};
pub use whole::{FaceScene, Rate, Recognised, Recognition};

/// The value, unless it is unknown or not a number.
pub(crate) fn finite(value: Option<f32>) -> Option<f32> {
    value.filter(|value| value.is_finite())
}

/// The value within 0 to 1, unless it is unknown or not a number.
pub(crate) fn share(value: Option<f32>) -> Option<f32> {
    finite(value).map(|value| value.clamp(0.0, 1.0))
}
