//! Pictures to percepts.
//!
//! One pass over the luminance of a picture gives the mean of each of 32 x 24
//! cells; brightness, the coarse grid and motion are made from those.

mod brightness;
mod cells;
mod error;
mod eyes;
mod motion;
mod parameters;
mod picture;

pub use error::SightError;
pub use eyes::Sight;
pub use parameters::SightParameters;
pub use picture::{Picture, PictureFormat};
