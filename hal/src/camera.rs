//! Cameras: pictures as rows of pixels.

mod error;
mod frame;
mod recording;
mod simulated;
mod v4l;

pub use error::CameraError;
pub use frame::{Frame, PixelFormat};
pub use recording::RecordedCamera;
pub use simulated::PatternCamera;
pub use v4l::V4lDevice;

/// How pictures come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameraFormat {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// What a pixel is.
    pub pixel: PixelFormat,
    /// Frames a second that it means to give.
    pub fps: u32,
}

/// A source of pictures.
pub trait Camera: Send {
    /// How its pictures come. A folder of pictures of different sizes changes it with every
    /// frame; after a read it is the format of the frame just read.
    fn format(&self) -> CameraFormat;

    /// What it is, for people: the device, the files, the seed.
    fn describe(&self) -> String;

    /// Fills `frame` with the next picture, waiting for it, but never for ever. A frame that is
    /// used again and again allocates nothing once it is large enough.
    ///
    /// # Errors
    /// See [`CameraError`]; its [`recovery`](CameraError::recovery) says what to do.
    fn read(&mut self, frame: &mut Frame) -> Result<(), CameraError>;
}
