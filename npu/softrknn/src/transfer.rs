//! Between a caller's buffer and a model's tensor.

use crate::element::Element;
use crate::layout::Layout;
use crate::refusal::Refusal;
use triune_npu::{Tensor, TensorData, TensorDescription};

/// Fills a model's input from a buffer that holds `layout.slots()` elements.
///
/// Integers that are the model's own type are taken as they are; everything else is a real
/// value, which a quantised model gets rounded (ties to even) and saturated.
pub(crate) fn gather(
    target: &mut Tensor,
    description: &TensorDescription,
    layout: &Layout,
    element: Element,
    buffer: &[u8],
) {
    let read = |index| element.read(buffer, layout.slot(index));
    match &mut target.data {
        TensorData::F32(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                *value = read(index);
            }
        }
        TensorData::I8(values) if element == Element::I8 => {
            for (index, value) in values.iter_mut().enumerate() {
                *value = buffer[layout.slot(index)] as i8;
            }
        }
        TensorData::I8(values) => {
            let quantise = |value: f32| match description.quantisation {
                Some(quantisation) => quantisation.quantise(value),
                None => value.round_ties_even() as i8,
            };
            for (index, value) in values.iter_mut().enumerate() {
                *value = quantise(read(index));
            }
        }
    }
}

/// Whether a model's output can be given as `element`.
pub(crate) fn check_wanted(
    description: &TensorDescription,
    element: Element,
) -> Result<(), Refusal> {
    let integers = description.element == triune_npu::ElementType::I8;
    match element {
        Element::F32 | Element::F16 => Ok(()),
        Element::I8 if integers => Ok(()),
        _ => Err(Refusal::output(format!(
            "output '{}' cannot be given as {element:?}",
            description.name
        ))),
    }
}

/// Fills a buffer of `layout.slots()` elements from a model's output; gaps become 0.
/// `element` has passed [`check_wanted`].
pub(crate) fn scatter(
    source: &Tensor,
    description: &TensorDescription,
    layout: &Layout,
    element: Element,
    buffer: &mut [u8],
) {
    buffer.fill(0);
    match &source.data {
        TensorData::F32(values) => {
            for (index, &value) in values.iter().enumerate() {
                element.write(buffer, layout.slot(index), value);
            }
        }
        TensorData::I8(values) if element == Element::I8 => {
            for (index, &value) in values.iter().enumerate() {
                buffer[layout.slot(index)] = value as u8;
            }
        }
        TensorData::I8(values) => {
            let real = |value| match description.quantisation {
                Some(quantisation) => quantisation.dequantise(value),
                None => f32::from(value),
            };
            for (index, &value) in values.iter().enumerate() {
                element.write(buffer, layout.slot(index), real(value));
            }
        }
    }
}
