//! A picture and the buffer that it lives in.

/// What a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Packed Y0 Cb Y1 Cr for two pixels; 2 bytes a pixel (V4L2 `YUYV`).
    Yuyv,
    /// A plane of Y, then a plane of Cb Cr pairs of half the width and height, in rows of the
    /// same stride (V4L2 `NV12`).
    Nv12,
    /// One byte of brightness a pixel (V4L2 `GREY`).
    Grey,
    /// Bytes R, G, B a pixel (V4L2 `RGB3`).
    Rgb24,
}

impl PixelFormat {
    /// Bytes that a row of `width` pixels takes at least, in the first plane.
    pub fn row_bytes(self, width: u32) -> usize {
        let width = width as usize;
        match self {
            // Pairs share their colour, so an odd last pixel still takes a whole pair.
            Self::Yuyv => width.div_ceil(2) * 4,
            Self::Nv12 => width.next_multiple_of(2),
            Self::Grey => width,
            Self::Rgb24 => width * 3,
        }
    }

    /// Bytes of a picture with rows of `stride` bytes, all planes together.
    pub fn picture_bytes(self, stride: usize, height: u32) -> usize {
        let height = height as usize;
        match self {
            Self::Nv12 => stride * (height + height.div_ceil(2)),
            Self::Yuyv | Self::Grey | Self::Rgb24 => stride * height,
        }
    }
}

/// A picture in a buffer that is used again for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels a row; 0 before the first picture.
    pub width: u32,
    /// Rows; 0 before the first picture.
    pub height: u32,
    /// What a pixel is.
    pub pixel: PixelFormat,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// When it was taken, in nanoseconds of CLOCK_MONOTONIC.
    pub time_ns: u64,
    /// Its number since the camera was opened; a gap means lost frames.
    pub sequence: u64,
    data: Vec<u8>,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            width: 0,
            height: 0,
            pixel: PixelFormat::Grey,
            stride: 0,
            time_ns: 0,
            sequence: 0,
            data: Vec::new(),
        }
    }
}

impl Frame {
    /// A frame without a picture.
    pub fn new() -> Self {
        Self::default()
    }

    /// The pixels: `pixel.picture_bytes(stride, height)` bytes.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Row `y` of the first plane, without what is between rows; empty below the picture.
    pub fn row(&self, y: u32) -> &[u8] {
        let start = y as usize * self.stride;
        let end = start + self.pixel.row_bytes(self.width);
        if y < self.height {
            self.data.get(start..end).unwrap_or_default()
        } else {
            &[]
        }
    }

    /// Makes room for a picture and returns its bytes to be filled. What they held before is
    /// unspecified.
    pub fn prepare(
        &mut self,
        pixel: PixelFormat,
        width: u32,
        height: u32,
        stride: usize,
    ) -> &mut [u8] {
        self.pixel = pixel;
        self.width = width;
        self.height = height;
        self.stride = stride.max(pixel.row_bytes(width));
        self.data
            .resize(pixel.picture_bytes(self.stride, height), 0);
        &mut self.data
    }
}
