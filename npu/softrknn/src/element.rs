//! The types of elements in the caller's buffers.

use half::f16;
use rknpu2_sys::{_rknn_tensor_type as code, rknn_tensor_type};

/// Types that are read from a caller's buffer; `F32`, `F16` and `I8` are written too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    F32,
    F16,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
}

impl Element {
    pub(crate) fn of(value: rknn_tensor_type) -> Option<Self> {
        Some(match value {
            code::RKNN_TENSOR_FLOAT32 => Self::F32,
            code::RKNN_TENSOR_FLOAT16 => Self::F16,
            code::RKNN_TENSOR_INT8 => Self::I8,
            code::RKNN_TENSOR_UINT8 => Self::U8,
            code::RKNN_TENSOR_INT16 => Self::I16,
            code::RKNN_TENSOR_UINT16 => Self::U16,
            code::RKNN_TENSOR_INT32 => Self::I32,
            code::RKNN_TENSOR_UINT32 => Self::U32,
            code::RKNN_TENSOR_INT64 => Self::I64,
            _ => return None,
        })
    }

    pub(crate) fn code(self) -> rknn_tensor_type {
        match self {
            Self::F32 => code::RKNN_TENSOR_FLOAT32,
            Self::F16 => code::RKNN_TENSOR_FLOAT16,
            Self::I8 => code::RKNN_TENSOR_INT8,
            Self::U8 => code::RKNN_TENSOR_UINT8,
            Self::I16 => code::RKNN_TENSOR_INT16,
            Self::U16 => code::RKNN_TENSOR_UINT16,
            Self::I32 => code::RKNN_TENSOR_INT32,
            Self::U32 => code::RKNN_TENSOR_UINT32,
            Self::I64 => code::RKNN_TENSOR_INT64,
        }
    }

    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::F16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::I64 => 8,
        }
    }

    /// The real value in one slot of a buffer.
    pub(crate) fn read(self, buffer: &[u8], slot: usize) -> f32 {
        match self {
            Self::F32 => f32::from_ne_bytes(take(buffer, slot)),
            Self::F16 => f16::from_ne_bytes(take(buffer, slot)).to_f32(),
            Self::I8 => f32::from(buffer[slot] as i8),
            Self::U8 => f32::from(buffer[slot]),
            Self::I16 => f32::from(i16::from_ne_bytes(take(buffer, slot))),
            Self::U16 => f32::from(u16::from_ne_bytes(take(buffer, slot))),
            Self::I32 => i32::from_ne_bytes(take(buffer, slot)) as f32,
            Self::U32 => u32::from_ne_bytes(take(buffer, slot)) as f32,
            Self::I64 => i64::from_ne_bytes(take(buffer, slot)) as f32,
        }
    }

    /// Writes a real value; only for floating point.
    pub(crate) fn write(self, buffer: &mut [u8], slot: usize, value: f32) {
        match self {
            Self::F32 => put(buffer, slot, value.to_ne_bytes()),
            Self::F16 => put(buffer, slot, f16::from_f32(value).to_ne_bytes()),
            _ => unreachable!("integers are written as they are"),
        }
    }
}

fn take<const N: usize>(buffer: &[u8], slot: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&buffer[slot * N..(slot + 1) * N]);
    bytes
}

fn put<const N: usize>(buffer: &mut [u8], slot: usize, bytes: [u8; N]) {
    buffer[slot * N..(slot + 1) * N].copy_from_slice(&bytes);
}
