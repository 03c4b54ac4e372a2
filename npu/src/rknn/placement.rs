//! Where the elements of a tensor lie in a bound memory.

use triune_rknn::layout::{Axes, Blocks, LayoutError, nc1hwc2_to_nchw, nchw_to_nc1hwc2};
use triune_rknn::{Format, TensorAttribute};

/// Every order is one of blocks of channels: with all channels in one block it is NHWC, with one
/// channel in each it is NCHW. What is no picture is one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placement {
    axes: Axes,
    blocks: Blocks,
}

impl Placement {
    /// The place of a tensor of `shape` (of a picture: NCHW) in what is described by `attribute`;
    /// nothing if it is of another shape.
    pub(super) fn of(shape: &[usize], attribute: &TensorAttribute) -> Option<Self> {
        let stride = attribute.width_stride;
        match (attribute.format, shape, attribute.dimensions.as_slice()) {
            (Format::Nhwc, &[n, c, h, w], dims @ &[_, _, _, _]) => {
                (dims == [n, h, w, c]).then(|| Self::picture([n, c, h, w], c, stride))
            }
            (Format::Nchw, &[n, c, h, w], dims @ &[_, _, _, _]) => {
                (dims == shape).then(|| Self::picture([n, c, h, w], 1, stride))
            }
            (Format::Nc1hwc2, &[n, c, h, w], &[.., block]) => {
                Self::blocked([n, c, h, w], block, attribute)
            }
            (Format::Nc1hwc2, &[n, c], &[.., block]) => {
                Self::blocked([n, c, 1, 1], block, attribute)
            }
            (Format::Nc1hwc2, ..) => None,
            (_, shape, dims) => (shape == dims).then(|| Self::row(attribute.elements)),
        }
    }

    fn blocked(axes: [usize; 4], block: usize, attribute: &TensorAttribute) -> Option<Self> {
        let [n, c, h, w] = axes;
        let fits = attribute.dimensions == [n, c.div_ceil(block), h, w, block];
        fits.then(|| Self::picture(axes, block, attribute.width_stride))
    }

    fn picture(
        [batches, channels, height, width]: [usize; 4],
        block: usize,
        stride: usize,
    ) -> Self {
        Self {
            axes: Axes {
                batches,
                channels,
                height,
                width,
            },
            blocks: Blocks {
                channels: block,
                width_stride: stride,
            },
        }
    }

    fn row(elements: usize) -> Self {
        Self::picture([1, 1, 1, elements], 1, elements)
    }

    /// The same without gaps between rows.
    pub(super) fn dense(mut self) -> Self {
        self.blocks.width_stride = self.axes.width;
        self
    }

    /// Puts the tensor's elements into the memory, and `filling` between them.
    pub(super) fn put<T: Copy>(
        self,
        elements: &[T],
        filling: T,
        memory: &mut [T],
    ) -> Result<(), LayoutError> {
        nchw_to_nc1hwc2(self.axes, self.blocks, filling, elements, memory)
    }

    /// Takes the tensor's elements out of the memory.
    pub(super) fn take<T: Copy>(self, memory: &[T], elements: &mut [T]) -> Result<(), LayoutError> {
        nc1hwc2_to_nchw(self.axes, self.blocks, memory, elements)
    }
}
