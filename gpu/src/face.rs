//! What every face can do.

use crate::canvas::Canvas;
use crate::scene::FaceScene;

/// The smallest width and height of a canvas that a face draws on, in pixels.
pub const SMALLEST_SIDE: u32 = 16;

/// Draws scenes.
pub trait Face {
    /// What draws, as people read it.
    fn name(&self) -> &str;

    /// Draws `scene` over the whole of `canvas`. The layout follows the canvas's size, which may
    /// change from one call to the next.
    ///
    /// # Errors
    /// [`RenderError`] when no picture can be drawn; the canvas keeps what it showed.
    fn render(&mut self, scene: &FaceScene, canvas: &mut Canvas) -> Result<(), RenderError>;
}

/// Why a scene was not drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Nothing can be told apart on so few pixels.
    #[error(
        "a canvas of {width} x {height} pixels is too small for a face: use at least \
         {SMALLEST_SIDE} x {SMALLEST_SIDE}"
    )]
    TooSmall {
        /// Width of the canvas in pixels.
        width: u32,
        /// Height of the canvas in pixels.
        height: u32,
    },
    /// The working surface could not be made.
    #[error("no working surface of {width} x {height} pixels: use a smaller mode")]
    Surface {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A built-in font cannot be read.
    #[error("the built-in font {0} cannot be read: build the program again from clean sources")]
    Font(&'static str),
}
