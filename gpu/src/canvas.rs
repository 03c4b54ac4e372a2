//! A picture in the layout that screens take.

/// The greatest width and height of a canvas, in pixels.
pub const LARGEST_SIDE: u32 = 8192;

/// Bytes of one pixel.
const PIXEL: usize = 4;

/// A picture of 32-bit pixels: blue, green, red and an unused byte (255) in memory order, which
/// is DRM's `XRGB8888` on a little-endian machine (`drm_fourcc.h`). Rows follow one another
/// without gaps.
#[derive(Clone, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

/// Why a canvas could not be made, copied or encoded.
#[derive(Debug, thiserror::Error)]
pub enum CanvasError {
    /// A side is 0 or beyond [`LARGEST_SIDE`].
    #[error("no canvas of {width} x {height} pixels: use 1 to {LARGEST_SIDE} for each side")]
    Size {
        /// Width that was asked for.
        width: u32,
        /// Height that was asked for.
        height: u32,
    },
    /// The target of a copy cannot hold the picture.
    #[error(
        "a target of {bytes} bytes with rows of {stride} cannot hold the picture: give it at \
         least {needed} bytes and rows of {row}"
    )]
    Target {
        /// Bytes of the target.
        bytes: usize,
        /// Bytes from one row of the target to the next.
        stride: usize,
        /// Bytes that are needed with this stride.
        needed: usize,
        /// The least stride.
        row: usize,
    },
    /// The picture could not be encoded.
    #[error("the picture could not be encoded as PNG: free some memory and try again")]
    Encode(#[from] png::EncodingError),
}

impl Canvas {
    /// A black canvas.
    ///
    /// # Errors
    /// [`CanvasError::Size`] when a side is 0 or greater than [`LARGEST_SIDE`].
    pub fn new(width: u32, height: u32) -> Result<Self, CanvasError> {
        let allowed = 1..=LARGEST_SIDE;
        if !allowed.contains(&width) || !allowed.contains(&height) {
            return Err(CanvasError::Size { width, height });
        }
        let bytes = [0, 0, 0, 255].repeat(width as usize * height as usize);
        Ok(Self {
            width,
            height,
            bytes,
        })
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.width as usize * PIXEL
    }

    /// The pixels: blue, green, red, unused; row by row from the top.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The pixels, to draw on.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Red, green and blue of one pixel; `None` outside of the picture.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        if x >= self.width || y >= self.height {
            return None;
        }
        let at = y as usize * self.stride() + x as usize * PIXEL;
        Some([self.bytes[at + 2], self.bytes[at + 1], self.bytes[at]])
    }

    /// Copies the picture into memory whose rows lie `stride` bytes apart, such as a mapped
    /// frame buffer.
    ///
    /// # Errors
    /// [`CanvasError::Target`] when the target is too small for the picture.
    pub fn copy_to(&self, target: &mut [u8], stride: usize) -> Result<(), CanvasError> {
        let row = self.stride();
        let needed = stride
            .saturating_mul(self.height as usize - 1)
            .saturating_add(row);
        if stride < row || target.len() < needed {
            return Err(CanvasError::Target {
                bytes: target.len(),
                stride,
                needed,
                row,
            });
        }
        if stride == row {
            target[..self.bytes.len()].copy_from_slice(&self.bytes);
            return Ok(());
        }
        for (into, from) in target.chunks_mut(stride).zip(self.bytes.chunks_exact(row)) {
            into[..row].copy_from_slice(from);
        }
        Ok(())
    }

    /// The picture as a PNG file of 8-bit RGB, encoded for speed.
    ///
    /// # Errors
    /// [`CanvasError::Encode`] when the encoder fails.
    pub fn to_png(&self) -> Result<Vec<u8>, CanvasError> {
        let mut colours = Vec::with_capacity(self.bytes.len() / PIXEL * 3);
        for pixel in self.bytes.chunks_exact(PIXEL) {
            colours.extend_from_slice(&[pixel[2], pixel[1], pixel[0]]);
        }
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&colours)?;
        Ok(file)
    }
}

impl std::fmt::Debug for Canvas {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Canvas({} x {})", self.width, self.height)
    }
}
