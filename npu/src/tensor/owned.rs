//! Tensors that own their elements.

use super::description::{ElementType, TensorDescription};
use super::view::{TensorMut, TensorRef, TensorSlice, TensorSliceMut};

/// Owned elements, contiguous, the last axis fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum TensorData {
    /// Single precision.
    F32(Vec<f32>),
    /// 8-bit integers.
    I8(Vec<i8>),
}

/// A tensor that owns its elements; a buffer to keep between calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Elements along each axis, the slowest first.
    pub shape: Vec<usize>,
    /// The elements.
    pub data: TensorData,
}

impl Tensor {
    /// A tensor of this description that stands for 0 throughout.
    #[must_use]
    pub fn zero(description: &TensorDescription) -> Self {
        let count = description.element_count();
        let data = match description.element {
            ElementType::F32 => TensorData::F32(vec![0.0; count]),
            ElementType::I8 => {
                let zero = description
                    .quantisation
                    .map_or(0, |quantisation| quantisation.zero_point);
                TensorData::I8(vec![zero; count])
            }
        };
        Self {
            shape: description.shape.clone(),
            data,
        }
    }

    /// A view to read.
    #[must_use]
    pub fn view(&self) -> TensorRef<'_> {
        let elements = match &self.data {
            TensorData::F32(elements) => TensorSlice::F32(elements),
            TensorData::I8(elements) => TensorSlice::I8(elements),
        };
        TensorRef {
            shape: &self.shape,
            elements,
        }
    }

    /// A view to fill.
    #[must_use]
    pub fn view_mut(&mut self) -> TensorMut<'_> {
        let elements = match &mut self.data {
            TensorData::F32(elements) => TensorSliceMut::F32(elements),
            TensorData::I8(elements) => TensorSliceMut::I8(elements),
        };
        TensorMut {
            shape: &self.shape,
            elements,
        }
    }

    /// The elements, if they are of single precision.
    #[must_use]
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.data {
            TensorData::F32(elements) => Some(elements),
            TensorData::I8(_) => None,
        }
    }

    /// The elements to change, if they are of single precision.
    #[must_use]
    pub fn as_f32_mut(&mut self) -> Option<&mut [f32]> {
        match &mut self.data {
            TensorData::F32(elements) => Some(elements),
            TensorData::I8(_) => None,
        }
    }
}
