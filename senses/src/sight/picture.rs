//! One picture as the camera gives it.

use super::cells::{COLUMNS, ROWS};
use super::error::SightError;

const LARGEST: u32 = 16_384;

/// How a picture's bytes are laid out (names and layouts as in V4L2's pixel format list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// Packed 4:2:2, Y0 U Y1 V (`YUYV`).
    Yuyv,
    /// A plane of Y, then one of U and V by turns at half the size each way (`NV12`).
    Nv12,
    /// Luminance only (`GREY`).
    Grey,
    /// Packed R G B (`RGB3`).
    Rgb24,
}

/// A borrowed picture.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// Layout of the bytes.
    pub format: PictureFormat,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from one row to the next; for NV12 the same in both planes.
    pub stride: usize,
    /// The bytes; the last row may end where its pixels do.
    pub data: &'a [u8],
}

impl<'a> Picture<'a> {
    /// Checks sizes before a single byte is read.
    pub(super) fn check(&self) -> Result<(), SightError> {
        let (width, height) = (self.width, self.height);
        if !(COLUMNS as u32..=LARGEST).contains(&width)
            || !(ROWS as u32..=LARGEST).contains(&height)
        {
            return Err(SightError::Size { width, height });
        }
        let odd = match self.format {
            PictureFormat::Yuyv => width % 2 != 0,
            PictureFormat::Nv12 => width % 2 != 0 || height % 2 != 0,
            PictureFormat::Grey | PictureFormat::Rgb24 => false,
        };
        if odd {
            return Err(SightError::OddSize {
                format: self.format,
                width,
                height,
            });
        }
        let row = self.row_bytes();
        if self.stride < row {
            return Err(SightError::Stride {
                stride: self.stride,
                needed: row,
            });
        }
        let rows = match self.format {
            PictureFormat::Nv12 => height as usize + height as usize / 2,
            _ => height as usize,
        };
        let needed = self.stride.saturating_mul(rows - 1).saturating_add(row);
        if self.data.len() < needed {
            return Err(SightError::Length {
                length: self.data.len(),
                needed,
            });
        }
        Ok(())
    }

    /// The bytes of row `y` that carry luminance; the picture must have been checked.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        let start = y * self.stride;
        &self.data[start..start + self.row_bytes()]
    }

    fn row_bytes(&self) -> usize {
        self.width as usize
            * match self.format {
                PictureFormat::Yuyv => 2,
                PictureFormat::Nv12 | PictureFormat::Grey => 1,
                PictureFormat::Rgb24 => 3,
            }
    }
}
