//! Mean luminance of each cell of a picture, in one pass.

use super::picture::{Picture, PictureFormat};
use triune_core::{GRID_CELLS, GRID_COLUMNS, GRID_ROWS, LuminanceGrid};

/// Columns of cells.
pub(super) const COLUMNS: usize = 32;
/// Rows of cells.
pub(super) const ROWS: usize = 24;
/// All cells.
pub(super) const CELLS: usize = COLUMNS * ROWS;

/// Mean luminance of each cell, 0 to 255, row by row.
pub(super) type Means = [f32; CELLS];

/// Sums of a picture's luminance by cell.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    sums: [u32; CELLS],
    counts: [u32; CELLS],
}

impl Cells {
    pub(super) fn new() -> Self {
        Self {
            sums: [0; CELLS],
            counts: [0; CELLS],
        }
    }

    /// Reads a checked picture.
    pub(super) fn read(&mut self, picture: &Picture<'_>) {
        // 16384 x 16384 pixels make cells of 512 x 683: their sums fit in 32 bits.
        match picture.format {
            PictureFormat::Grey | PictureFormat::Nv12 => self.sum(picture, 1, sum_plane),
            PictureFormat::Yuyv => self.sum(picture, 2, sum_yuyv),
            PictureFormat::Rgb24 => self.sum(picture, 3, sum_rgb),
        }
    }

    fn sum(&mut self, picture: &Picture<'_>, pixel_bytes: usize, sum: impl Fn(&[u8]) -> u32) {
        let (width, height) = (picture.width as usize, picture.height as usize);
        for row in 0..ROWS {
            let (top, bottom) = (row * height / ROWS, (row + 1) * height / ROWS);
            let sums = &mut self.sums[row * COLUMNS..(row + 1) * COLUMNS];
            let counts = &mut self.counts[row * COLUMNS..(row + 1) * COLUMNS];
            sums.fill(0);
            for y in top..bottom {
                let bytes = picture.row(y);
                for (column, cell) in sums.iter_mut().enumerate() {
                    let (left, right) = edges(column, width);
                    *cell += sum(&bytes[left * pixel_bytes..right * pixel_bytes]);
                }
            }
            for (column, count) in counts.iter_mut().enumerate() {
                let (left, right) = edges(column, width);
                *count = ((right - left) * (bottom - top)) as u32;
            }
        }
    }

    /// Mean of each cell.
    pub(super) fn means(&self) -> Means {
        std::array::from_fn(|cell| self.sums[cell] as f32 / self.counts[cell] as f32)
    }

    /// Mean of the whole picture, 0 to 1.
    pub(super) fn brightness(&self) -> f32 {
        let sum: u64 = self.sums.iter().map(|&sum| u64::from(sum)).sum();
        let count: u64 = self.counts.iter().map(|&count| u64::from(count)).sum();
        (sum as f64 / count as f64 / 255.0) as f32
    }

    /// The coarse grid: each of its cells holds 4 x 4 of ours.
    pub(super) fn grid(&self) -> LuminanceGrid {
        let (wide, tall) = (COLUMNS / GRID_COLUMNS, ROWS / GRID_ROWS);
        let (mut sums, mut counts) = ([0_u64; GRID_CELLS], [0_u64; GRID_CELLS]);
        for cell in 0..CELLS {
            let (row, column) = (cell / COLUMNS / tall, cell % COLUMNS / wide);
            sums[row * GRID_COLUMNS + column] += u64::from(self.sums[cell]);
            counts[row * GRID_COLUMNS + column] += u64::from(self.counts[cell]);
        }
        LuminanceGrid(std::array::from_fn(|cell| {
            ((sums[cell] + counts[cell] / 2) / counts[cell]) as u8
        }))
    }
}

fn edges(column: usize, width: usize) -> (usize, usize) {
    (column * width / COLUMNS, (column + 1) * width / COLUMNS)
}

fn sum_plane(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&luma| u32::from(luma)).sum()
}

fn sum_yuyv(bytes: &[u8]) -> u32 {
    bytes.chunks_exact(2).map(|pixel| u32::from(pixel[0])).sum()
}

/// Luminance of R'G'B' by ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, in 1/256.
fn sum_rgb(bytes: &[u8]) -> u32 {
    bytes
        .chunks_exact(3)
        .map(|pixel| {
            let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
            (77 * red + 150 * green + 29 * blue + 128) >> 8
        })
        .sum()
}
