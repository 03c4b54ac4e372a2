//! One multiplication of matrices on the NPU, without a model: result = left x right.

mod form;
mod multiplication;

pub use form::{MatmulForm, MatmulKind, MatmulLayout, MatmulScales, MatmulShape, MatmulSide};
pub use multiplication::Matmul;
