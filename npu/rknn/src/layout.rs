//! Between the orders in which the axes of a tensor lie in memory.
//!
//! NC1HWC2 is what the NPU computes on: channels in blocks of C2 (16 of 8 bits, 8 of 16), blocks outside
//! the plane, the channels of a block innermost. The last block is filled up. Element (n, c, y, x) lies at
//! `(((n C1 + c / C2) H + y) S + x) C2 + c % C2`, where C1 = ceil(C / C2) and S is the stride of the width.

/// Batches, channels, rows and columns of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    /// Batches.
    pub batches: usize,
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

/// How a tensor lies in blocks of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    /// Channels of a block: C2.
    pub channels: usize,
    /// Columns from one row to the next.
    pub width_stride: usize,
}

/// Why a tensor was not converted. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A slice is shorter than its tensor.
    #[error("the {side} needs {needed} elements and has {found}")]
    TooShort {
        /// `source` or `target`.
        side: &'static str,
        /// Elements of the tensor.
        needed: usize,
        /// Elements of the slice.
        found: usize,
    },
    /// Rows would overlap.
    #[error("rows of {width} columns cannot follow each other every {width_stride}")]
    Stride {
        /// Columns of a row.
        width: usize,
        /// Columns from one row to the next.
        width_stride: usize,
    },
    /// A block holds nothing.
    #[error("a block has 1 channel or more")]
    EmptyBlock,
    /// More elements than can be counted.
    #[error("a tensor of so many elements cannot be counted")]
    TooLarge,
}

impl Axes {
    /// Elements of the tensor.
    ///
    /// # Errors
    /// [`LayoutError::TooLarge`].
    pub fn elements(self) -> Result<usize, LayoutError> {
        [self.batches, self.channels, self.height, self.width]
            .into_iter()
            .try_fold(1_usize, usize::checked_mul)
            .ok_or(LayoutError::TooLarge)
    }

    /// Elements of the tensor in blocks, the fillings and gaps too.
    ///
    /// # Errors
    /// [`LayoutError`] if there can be no such blocks.
    pub fn elements_in(self, blocks: Blocks) -> Result<usize, LayoutError> {
        if blocks.channels == 0 {
            return Err(LayoutError::EmptyBlock);
        }
        if blocks.width_stride < self.width {
            return Err(LayoutError::Stride {
                width: self.width,
                width_stride: blocks.width_stride,
            });
        }
        let padded = Self {
            channels: self
                .channels
                .checked_next_multiple_of(blocks.channels)
                .ok_or(LayoutError::TooLarge)?,
            width: blocks.width_stride,
            ..self
        };
        padded.elements()
    }
}

/// From batch, channel, row, column to batch, row, column, channel.
///
/// # Errors
/// [`LayoutError`] if a slice is too short.
pub fn nchw_to_nhwc<T: Copy>(
    axes: Axes,
    source: &[T],
    target: &mut [T],
) -> Result<(), LayoutError> {
    let elements = axes.elements()?;
    check("source", elements, source.len())?;
    check("target", elements, target.len())?;
    if elements == 0 {
        return Ok(());
    }
    let plane = axes.height * axes.width;
    transpose(axes.batches, axes.channels, plane, source, target);
    Ok(())
}

/// From batch, row, column, channel to batch, channel, row, column.
///
/// # Errors
/// [`LayoutError`] if a slice is too short.
pub fn nhwc_to_nchw<T: Copy>(
    axes: Axes,
    source: &[T],
    target: &mut [T],
) -> Result<(), LayoutError> {
    let elements = axes.elements()?;
    check("source", elements, source.len())?;
    check("target", elements, target.len())?;
    if elements == 0 {
        return Ok(());
    }
    let plane = axes.height * axes.width;
    transpose(axes.batches, plane, axes.channels, source, target);
    Ok(())
}

/// From blocks of channels to batch, channel, row, column.
///
/// # Errors
/// [`LayoutError`] if a slice is too short or there can be no such blocks.
pub fn nc1hwc2_to_nchw<T: Copy>(
    axes: Axes,
    blocks: Blocks,
    source: &[T],
    target: &mut [T],
) -> Result<(), LayoutError> {
    check("source", axes.elements_in(blocks)?, source.len())?;
    check("target", axes.elements()?, target.len())?;
    for_each_row(axes, blocks, |row, start| {
        for (column, element) in target[row..row + axes.width].iter_mut().enumerate() {
            *element = source[start + column * blocks.channels];
        }
    });
    Ok(())
}

/// From batch, channel, row, column to blocks of channels; what fills up blocks and gaps becomes
/// `filling`.
///
/// # Errors
/// [`LayoutError`] if a slice is too short or there can be no such blocks.
pub fn nchw_to_nc1hwc2<T: Copy>(
    axes: Axes,
    blocks: Blocks,
    filling: T,
    source: &[T],
    target: &mut [T],
) -> Result<(), LayoutError> {
    let needed = axes.elements_in(blocks)?;
    check("source", axes.elements()?, source.len())?;
    check("target", needed, target.len())?;
    target[..needed].fill(filling);
    for_each_row(axes, blocks, |row, start| {
        for (column, &element) in source[row..row + axes.width].iter().enumerate() {
            target[start + column * blocks.channels] = element;
        }
    });
    Ok(())
}

/// Calls with where each row of a channel begins: row by row, and in blocks.
fn for_each_row(axes: Axes, blocks: Blocks, mut each: impl FnMut(usize, usize)) {
    if axes.elements() == Ok(0) {
        return;
    }
    let outer = axes.channels.div_ceil(blocks.channels);
    for batch in 0..axes.batches {
        for channel in 0..axes.channels {
            let block = batch * outer + channel / blocks.channels;
            for y in 0..axes.height {
                let row = ((batch * axes.channels + channel) * axes.height + y) * axes.width;
                let start = (block * axes.height + y) * blocks.width_stride * blocks.channels;
                each(row, start + channel % blocks.channels);
            }
        }
    }
}

/// Swaps the two inner axes of `batches` matrices.
fn transpose<T: Copy>(batches: usize, rows: usize, columns: usize, source: &[T], target: &mut [T]) {
    let size = rows * columns;
    for batch in 0..batches {
        let from = &source[batch * size..][..size];
        let to = &mut target[batch * size..][..size];
        for row in 0..rows {
            for column in 0..columns {
                to[column * rows + row] = from[row * columns + column];
            }
        }
    }
}

fn check(side: &'static str, needed: usize, found: usize) -> Result<(), LayoutError> {
    if found < needed {
        return Err(LayoutError::TooShort {
            side,
            needed,
            found,
        });
    }
    Ok(())
}
