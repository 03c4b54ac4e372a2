//! States in, pictures out: the face of a being.
//!
//! A [`FaceScene`] is plain data: what the kernel's state and the service's status say at one
//! moment. A [`Face`] draws it on a [`Canvas`], whose bytes a screen takes as they are. Whatever
//! is not known stays `None` and is drawn as absent, never as zero.
//!
//! [`SoftwareFace`] needs nothing but the processor. Every part of its picture encodes a value;
//! the legend at its foot says which.
#![deny(unsafe_code)]

mod canvas;
mod face;
mod palette;
mod scene;
mod software;

pub use canvas::{Canvas, CanvasError, LARGEST_SIDE};
pub use face::{Face, RenderError, SMALLEST_SIDE};
pub use palette::{Rgb, ramp};
pub use scene::{
    Body, Centre, Condition, FaceScene, HISTORY_SAMPLES, Hearing, History, LightVehicle, Part,
    Rate, Recognised, Recognition, Sensed, Sight, Urgency,
};
pub use software::SoftwareFace;
