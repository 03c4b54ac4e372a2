//! Between real numbers and the integers and half floats that the NPU computes on.
//!
//! value = scale (integer - zero point), as ONNX defines `QuantizeLinear`: halves go to the even
//! integer, and what lies outside the integer's range becomes its end. What is not a number becomes the
//! zero point.

use half::f16;

/// An 8-bit integer that stands for a real number.
pub trait Quantised: Copy {
    /// The integer nearest to `value`, which is finite.
    fn saturating(value: f32) -> Self;
    /// The integer as a real number.
    fn real(self) -> f32;
}

impl Quantised for i8 {
    fn saturating(value: f32) -> Self {
        // Conversions from floats saturate in Rust.
        value as Self
    }

    fn real(self) -> f32 {
        self.into()
    }
}

impl Quantised for u8 {
    fn saturating(value: f32) -> Self {
        value as Self
    }

    fn real(self) -> f32 {
        self.into()
    }
}

/// The integers that stand for `values`, as far as both slices reach.
pub fn quantise<T: Quantised>(values: &[f32], scale: f32, zero_point: i32, integers: &mut [T]) {
    let zero_point = zero_point as f32;
    for (integer, value) in integers.iter_mut().zip(values) {
        let steps = (value / scale).round_ties_even() + zero_point;
        *integer = T::saturating(if steps.is_nan() { zero_point } else { steps });
    }
}

/// What the integers stand for, as far as both slices reach.
pub fn dequantise<T: Quantised>(integers: &[T], scale: f32, zero_point: i32, values: &mut [f32]) {
    let zero_point = zero_point as f32;
    for (value, integer) in values.iter_mut().zip(integers) {
        *value = scale * (integer.real() - zero_point);
    }
}

/// The half floats nearest to `values`, halves to even, as far as both slices reach; what is too large
/// becomes the largest finite one, as the NPU spreads infinities.
pub fn to_half(values: &[f32], halves: &mut [f16]) {
    for (half, &value) in halves.iter_mut().zip(values) {
        let nearest = f16::from_f32(value);
        *half = if nearest.is_infinite() && value.is_finite() {
            f16::MAX.copysign(nearest)
        } else {
            nearest
        };
    }
}

/// The values of half floats, exactly, as far as both slices reach.
pub fn from_half(halves: &[f16], values: &mut [f32]) {
    for (value, half) in values.iter_mut().zip(halves) {
        *value = half.to_f32();
    }
}
