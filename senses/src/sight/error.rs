//! What can be wrong with a picture or with the way sight is set up.

use super::picture::PictureFormat;
use thiserror::Error;

/// Why a picture was not looked at, or a [`Sight`](super::Sight) cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SightError {
    /// Width or height lies outside what is looked at.
    #[error("a picture of {width} x {height} is not supported; capture 32 x 24 to 16384 x 16384")]
    Size {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The format shares colour among neighbours and needs even sizes.
    #[error("{format:?} needs an even size, not {width} x {height}; capture an even one")]
    OddSize {
        /// Layout of the picture.
        format: PictureFormat,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A row is longer than the distance of rows.
    #[error(
        "a stride of {stride} bytes is less than a row's {needed}; pass the driver's bytes per line"
    )]
    Stride {
        /// Distance of rows in bytes.
        stride: usize,
        /// Bytes of one row.
        needed: usize,
    },
    /// The data end before the picture does.
    #[error(
        "the picture has {length} bytes but needs {needed}; drop this frame or correct its size"
    )]
    Length {
        /// Bytes given.
        length: usize,
        /// Bytes needed.
        needed: usize,
    },
    /// A parameter is out of its range or not a number.
    #[error("sight parameter {name} is {value}; set it to a value from {low} to {high}")]
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
    #[error("sight parameter motion_stop ({stop}) must lie below motion_start ({start}); lower it")]
    Hysteresis {
        /// The upper threshold.
        start: f32,
        /// The lower threshold.
        stop: f32,
    },
}
