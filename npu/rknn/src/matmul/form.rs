//! What is multiplied, in the words of the interface, and how much memory it takes.

use std::mem::MaybeUninit;

use crate::attribute::ElementType;
use crate::bindings::{
    _rknn_matmul_quant_type as scales, _rknn_matmul_type as kind, rknn_matmul_info,
    rknn_matmul_io_attr, rknn_matmul_layout as layout, rknn_matmul_shape, rknn_matmul_tensor_attr,
};
use crate::error::Error;
use crate::text::text_of;

/// Multiplications of 8-bit integers on RK3588 take an inner length and columns in multiples of this.
const STEP_OF_INTEGERS: usize = 32;

/// The types of the left matrix, the right one and the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say all")]
pub enum MatmulKind {
    F16F16F32,
    I8I8I32,
    I8I8I8,
    F16F16F16,
    F16I8F32,
    F16I8F16,
    F16I4F32,
    F16I4F16,
    I8I8F32,
    I4I4I16,
    I8I4I32,
    F16I4Bf16,
    I8I4F16,
}

impl MatmulKind {
    fn raw(self) -> kind::Type {
        match self {
            Self::F16F16F32 => kind::RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32,
            Self::I8I8I32 => kind::RKNN_INT8_MM_INT8_TO_INT32,
            Self::I8I8I8 => kind::RKNN_INT8_MM_INT8_TO_INT8,
            Self::F16F16F16 => kind::RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16,
            Self::F16I8F32 => kind::RKNN_FLOAT16_MM_INT8_TO_FLOAT32,
            Self::F16I8F16 => kind::RKNN_FLOAT16_MM_INT8_TO_FLOAT16,
            Self::F16I4F32 => kind::RKNN_FLOAT16_MM_INT4_TO_FLOAT32,
            Self::F16I4F16 => kind::RKNN_FLOAT16_MM_INT4_TO_FLOAT16,
            Self::I8I8F32 => kind::RKNN_INT8_MM_INT8_TO_FLOAT32,
            Self::I4I4I16 => kind::RKNN_INT4_MM_INT4_TO_INT16,
            Self::I8I4I32 => kind::RKNN_INT8_MM_INT4_TO_INT32,
            Self::F16I4Bf16 => kind::RKNN_FLOAT16_MM_INT4_TO_BFLOAT16,
            Self::I8I4F16 => kind::RKNN_INT8_MM_INT4_TO_FLOAT16,
        }
    }

    /// The types of left, right and result.
    #[must_use]
    pub fn elements(self) -> [ElementType; 3] {
        use ElementType::{Bf16, F16, F32, I4, I8, I16, I32};
        match self {
            Self::F16F16F32 => [F16, F16, F32],
            Self::I8I8I32 => [I8, I8, I32],
            Self::I8I8I8 => [I8, I8, I8],
            Self::F16F16F16 => [F16, F16, F16],
            Self::F16I8F32 => [F16, I8, F32],
            Self::F16I8F16 => [F16, I8, F16],
            Self::F16I4F32 => [F16, I4, F32],
            Self::F16I4F16 => [F16, I4, F16],
            Self::I8I8F32 => [I8, I8, F32],
            Self::I4I4I16 => [I4, I4, I16],
            Self::I8I4I32 => [I8, I4, I32],
            Self::F16I4Bf16 => [F16, I4, Bf16],
            Self::I8I4F16 => [I8, I4, F16],
        }
    }
}

/// How a matrix lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatmulLayout {
    /// Row by row.
    #[default]
    Normal,
    /// As the NPU computes on it, which the vendor does not describe; quicker.
    Native,
}

impl MatmulLayout {
    fn raw(self) -> i16 {
        match self {
            Self::Normal => layout::RKNN_MM_LAYOUT_NORM as i16,
            Self::Native => layout::RKNN_MM_LAYOUT_NATIVE as i16,
        }
    }
}

/// What shares a scale in the right matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatmulScales {
    /// The whole matrix; zero is zero.
    #[default]
    Layer,
    /// The whole matrix, with a zero point.
    LayerWithZero,
    /// Each column; zero is zero.
    Columns,
    /// Each column, with a zero point each.
    ColumnsWithZero,
    /// So many rows of a column; zero is zero.
    Groups(u16),
}

/// What is multiplied, and how it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatmulForm {
    /// The types.
    pub kind: MatmulKind,
    /// How the right matrix lies in memory; [`Matmul::write_right`] takes it row by row anyhow.
    pub right: MatmulLayout,
    /// What shares a scale in it.
    pub scales: MatmulScales,
}

/// The lengths of a multiplication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatmulShape {
    /// Rows of left and result.
    pub rows: usize,
    /// Columns of left, rows of right.
    pub inner: usize,
    /// Columns of right and result.
    pub columns: usize,
}

/// One of the three matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatmulSide {
    /// The left factor.
    Left,
    /// The right factor.
    Right,
    /// The result.
    Result,
}

impl MatmulSide {
    pub(super) const ALL: [Self; 3] = [Self::Left, Self::Right, Self::Result];

    pub(super) fn of(self, all: &rknn_matmul_io_attr) -> &rknn_matmul_tensor_attr {
        match self {
            Self::Left => &all.A,
            Self::Right => &all.B,
            Self::Result => &all.C,
        }
    }
}

pub(super) fn zeroed_attributes() -> rknn_matmul_io_attr {
    // SAFETY: a structure of numbers and letters, for which all zero is valid.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

pub(super) fn info_of(form: MatmulForm, shape: MatmulShape) -> Result<rknn_matmul_info, Error> {
    let raw = raw_shape(form, shape)?;
    // SAFETY: a structure of numbers, for which all zero is valid.
    let mut info: rknn_matmul_info = unsafe { MaybeUninit::zeroed().assume_init() };
    (info.M, info.K, info.N) = (raw.M, raw.K, raw.N);
    info.type_ = form.kind.raw();
    info.B_layout = form.right.raw();
    info.AC_layout = MatmulLayout::Normal.raw();
    let (shared, group) = match form.scales {
        MatmulScales::Layer => (scales::RKNN_QUANT_TYPE_PER_LAYER_SYM, 0),
        MatmulScales::LayerWithZero => (scales::RKNN_QUANT_TYPE_PER_LAYER_ASYM, 0),
        MatmulScales::Columns => (scales::RKNN_QUANT_TYPE_PER_CHANNEL_SYM, 0),
        MatmulScales::ColumnsWithZero => (scales::RKNN_QUANT_TYPE_PER_CHANNEL_ASYM, 0),
        MatmulScales::Groups(rows) => (scales::RKNN_QUANT_TYPE_PER_GROUP_SYM, rows),
    };
    info.B_quant_type = shared as i16;
    info.group_size = i16::try_from(group).map_err(|_| Error::Matmul {
        what: "the number of rows of a group",
        found: group.into(),
        expected: "32767 at most",
    })?;
    Ok(info)
}

pub(super) fn raw_shape(form: MatmulForm, shape: MatmulShape) -> Result<rknn_matmul_shape, Error> {
    let integers = form.kind.elements()[..2] == [ElementType::I8; 2];
    let length = |what, found: usize, step: usize| match i32::try_from(found) {
        Ok(length) if length > 0 && found.is_multiple_of(step) => Ok(length),
        _ => Err(Error::Matmul {
            what,
            found,
            expected: if step == 1 {
                "1 or more, in 31 bits"
            } else {
                "of 8-bit integers a multiple of 32"
            },
        }),
    };
    let step = if integers { STEP_OF_INTEGERS } else { 1 };
    let raw = rknn_matmul_shape {
        M: length("the number of rows", shape.rows, 1)?,
        K: length("the inner length", shape.inner, step)?,
        N: length("the number of columns", shape.columns, step)?,
    };
    for side in MatmulSide::ALL {
        if bytes_of_matrix(form, shape, side) > u32::MAX as usize {
            return Err(Error::MemorySize {
                bytes: bytes_of_matrix(form, shape, side),
            });
        }
    }
    Ok(raw)
}

/// Bytes of a matrix row by row, without gaps.
pub(super) fn bytes_of_matrix(form: MatmulForm, shape: MatmulShape, side: MatmulSide) -> usize {
    let (rows, columns) = match side {
        MatmulSide::Left => (shape.rows, shape.inner),
        MatmulSide::Right => (shape.inner, shape.columns),
        MatmulSide::Result => (shape.rows, shape.columns),
    };
    let elements = rows.checked_mul(columns);
    elements
        .and_then(|elements| form.kind.elements()[side as usize].bytes(elements))
        .unwrap_or(usize::MAX)
}

/// Bytes that the library says a matrix needs, if that can be.
pub(super) fn size_of_matrix(
    form: MatmulForm,
    shape: MatmulShape,
    side: MatmulSide,
    attributes: &rknn_matmul_io_attr,
) -> Result<usize, Error> {
    let attribute = side.of(attributes);
    let needed = bytes_of_matrix(form, shape, side);
    let size = attribute.size as usize;
    if size < needed {
        return Err(Error::BadAttribute {
            what: format!("matrix '{}'", text_of(&attribute.name)),
            field: "size",
            found: attribute.size.into(),
            expected: format!("its elements have {needed} bytes"),
        });
    }
    Ok(size)
}
