//! What a model expects or yields.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    /// IEEE 754 single precision.
    F32,
    /// Signed 8-bit integers; what they mean is told by a [`Quantisation`].
    I8,
}

impl fmt::Display for ElementType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::I8 => "i8",
        })
    }
}

/// Affine quantisation, as ONNX defines it (operator `QuantizeLinear`): the real value is
/// `scale * (integer - zero_point)`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Quantisation {
    /// Real distance of neighbouring integers, above 0.
    pub scale: f32,
    /// The integer that stands for 0.
    pub zero_point: i8,
}

impl Quantisation {
    /// The nearest integer to `value` (ties to even), held within -128 to 127.
    #[must_use]
    pub fn quantise(self, value: f32) -> i8 {
        // `as` saturates and takes what is not a number as 0.
        ((value / self.scale).round_ties_even() + f32::from(self.zero_point)) as i8
    }

    /// The real value of `integer`.
    #[must_use]
    pub fn dequantise(self, integer: i8) -> f32 {
        self.scale * (f32::from(integer) - f32::from(self.zero_point))
    }
}

/// One input or output of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorDescription {
    /// The name in the model file.
    pub name: String,
    /// Elements along each axis, the slowest first; none is 0.
    pub shape: Vec<usize>,
    /// Type of the elements.
    pub element: ElementType,
    /// What integers mean; `None` for floating point and for integers that count.
    pub quantisation: Option<Quantisation>,
}

impl TensorDescription {
    /// Elements in the whole tensor.
    #[must_use]
    pub fn element_count(&self) -> usize {
        self.shape.iter().product()
    }
}
