//! Dual activation patterns: what is going on, and how it feels to the kernel.

mod activation;
mod error;
mod features;
mod heads;
mod recogniser;
mod shipped;
mod window;

pub use activation::Activation;
pub use error::DualActivationError;
pub use features::{FEATURE_COUNT, FEATURE_NAMES, features};
pub use heads::ActivationHeads;
pub use recogniser::DualActivation;
pub use window::{LONGEST_GAP_SAMPLES, SAMPLE_COUNT, SAMPLE_INTERVAL, StateWindow, WINDOW_SHAPE};
