//! Borrowed tensors: the form in which models take inputs and fill outputs.

use super::description::ElementType;

/// The elements of a borrowed tensor, contiguous, the last axis fastest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TensorSlice<'a> {
    /// Single precision.
    F32(&'a [f32]),
    /// 8-bit integers.
    I8(&'a [i8]),
}

/// The elements of a tensor to fill, contiguous, the last axis fastest.
#[derive(Debug, PartialEq)]
pub enum TensorSliceMut<'a> {
    /// Single precision.
    F32(&'a mut [f32]),
    /// 8-bit integers.
    I8(&'a mut [i8]),
}

/// A tensor to read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TensorRef<'a> {
    /// Elements along each axis, the slowest first.
    pub shape: &'a [usize],
    /// The elements.
    pub elements: TensorSlice<'a>,
}

/// A tensor to fill.
#[derive(Debug, PartialEq)]
pub struct TensorMut<'a> {
    /// Elements along each axis, the slowest first.
    pub shape: &'a [usize],
    /// The elements.
    pub elements: TensorSliceMut<'a>,
}

impl<'a> TensorRef<'a> {
    /// A view of single-precision elements.
    #[must_use]
    pub const fn f32(shape: &'a [usize], elements: &'a [f32]) -> Self {
        Self {
            shape,
            elements: TensorSlice::F32(elements),
        }
    }

    /// A view of 8-bit integers.
    #[must_use]
    pub const fn i8(shape: &'a [usize], elements: &'a [i8]) -> Self {
        Self {
            shape,
            elements: TensorSlice::I8(elements),
        }
    }
}

impl<'a> TensorMut<'a> {
    /// A view of single-precision elements to fill.
    #[must_use]
    pub const fn f32(shape: &'a [usize], elements: &'a mut [f32]) -> Self {
        Self {
            shape,
            elements: TensorSliceMut::F32(elements),
        }
    }

    /// A view of 8-bit integers to fill.
    #[must_use]
    pub const fn i8(shape: &'a [usize], elements: &'a mut [i8]) -> Self {
        Self {
            shape,
            elements: TensorSliceMut::I8(elements),
        }
    }
}

impl TensorSlice<'_> {
    /// Number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(elements) => elements.len(),
            Self::I8(elements) => elements.len(),
        }
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Type of the elements.
    #[must_use]
    pub const fn element(&self) -> ElementType {
        match self {
            Self::F32(_) => ElementType::F32,
            Self::I8(_) => ElementType::I8,
        }
    }
}

impl TensorSliceMut<'_> {
    /// Number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::F32(elements) => elements.len(),
            Self::I8(elements) => elements.len(),
        }
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Type of the elements.
    #[must_use]
    pub const fn element(&self) -> ElementType {
        match self {
            Self::F32(_) => ElementType::F32,
            Self::I8(_) => ElementType::I8,
        }
    }
}
