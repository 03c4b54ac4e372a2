//! Displays: pictures shown to people.

mod error;
mod file;
mod kms;
mod memory;

pub use error::DisplayError;
pub use file::FileScreen;
pub use kms::KmsScreen;
pub use memory::MemoryScreen;

/// The size of what a display shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayMode {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Times a second that the screen itself is drawn; `None` for a file.
    pub refresh_hz: Option<u32>,
}

/// Bytes of a pixel: blue, green, red and one that is not shown (XRGB8888 as a little-endian
/// word; premultiplied BGRA over black looks the same).
pub const PIXEL_BYTES: usize = 4;

/// Something that shows pictures.
pub trait Display: Send {
    /// The size of the pictures that it shows; fixed while it is open.
    fn mode(&self) -> DisplayMode;

    /// What it is, for people: card and connector, or the file.
    fn describe(&self) -> String;

    /// Shows a picture of the size of [`mode`](Display::mode): rows of [`PIXEL_BYTES`] bytes a
    /// pixel, `stride` bytes from one row to the next, the top one first. Returns when the
    /// picture is on its way; may wait for the one before it to have been drawn.
    ///
    /// # Errors
    /// See [`DisplayError`]; its [`recovery`](DisplayError::recovery) says what to do.
    fn show(&mut self, pixels: &[u8], stride: usize) -> Result<(), DisplayError>;
}

/// The rows of a picture of `mode`, without what is between them.
///
/// # Errors
/// [`DisplayError::WrongSize`] where `pixels` or `stride` is too small for it.
pub(crate) fn rows(
    mode: DisplayMode,
    pixels: &[u8],
    stride: usize,
) -> Result<impl Iterator<Item = &[u8]>, DisplayError> {
    let row = mode.width as usize * PIXEL_BYTES;
    let height = mode.height as usize;
    // The last row may end with its last pixel.
    let needed = height
        .saturating_sub(1)
        .saturating_mul(stride)
        .saturating_add(row);
    if stride < row || pixels.len() < needed {
        return Err(DisplayError::WrongSize {
            width: mode.width,
            height: mode.height,
            stride,
            bytes: pixels.len(),
        });
    }
    Ok(pixels.chunks(stride).take(height).map(move |r| &r[..row]))
}
