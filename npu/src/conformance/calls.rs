//! Wrong calls are refused by their cause.

use super::specimen::Specimen;
use super::violation::Violation;
use crate::error::RunError;
use crate::model::Model;
use crate::tensor::{Tensor, TensorData, TensorMut, TensorRef};

pub(super) fn check(model: &mut dyn Model, specimen: &Specimen, violations: &mut Vec<Violation>) {
    let right_inputs = &specimen.inputs;
    let right_outputs: Vec<Tensor> = model.describe().outputs.iter().map(Tensor::zero).collect();
    let mut trial =
        |name: &str, inputs: &[Tensor], outputs: &[Tensor], is_right: fn(&RunError) -> bool| {
            let mut outputs = outputs.to_vec();
            let inputs: Vec<TensorRef<'_>> = inputs.iter().map(Tensor::view).collect();
            let mut views: Vec<TensorMut<'_>> = outputs.iter_mut().map(Tensor::view_mut).collect();
            match model.run(&inputs, &mut views) {
                Err(error) if is_right(&error) => {}
                Err(error) => {
                    violations.push(Violation::new(
                        name,
                        format!("is refused as something else: {error}"),
                    ));
                }
                Ok(_) => violations.push(Violation::new(name, "is not refused")),
            }
        };
    let is_count = |error: &RunError| matches!(error, RunError::WrongCount { .. });
    trial("no input", &[], &right_outputs, is_count);
    trial("no output", right_inputs, &[], is_count);
    let mut more = right_inputs.clone();
    more.extend_from_slice(&right_inputs[..1]);
    trial("an input too many", &more, &right_outputs, is_count);

    let is_shape = |error: &RunError| matches!(error, RunError::WrongShape { .. });
    let is_length = |error: &RunError| matches!(error, RunError::WrongLength { .. });
    let is_element = |error: &RunError| matches!(error, RunError::WrongElement { .. });
    for place in 0..right_inputs.len() {
        let with = |change: fn(&mut Tensor)| changed(right_inputs, place, change);
        trial(
            "an axis too many in an input",
            &with(add_axis),
            &right_outputs,
            is_shape,
        );
        trial(
            "a longer axis in an input",
            &with(lengthen),
            &right_outputs,
            is_shape,
        );
        trial(
            "a short input buffer",
            &with(shorten),
            &right_outputs,
            is_length,
        );
        trial(
            "another element type in an input",
            &with(retype),
            &right_outputs,
            is_element,
        );
        let is_finite = |error: &RunError| matches!(error, RunError::InputNotFinite { .. });
        if right_inputs[place].as_f32().is_some() {
            trial(
                "not a number in an input",
                &with(|t| spoil(t, f32::NAN)),
                &right_outputs,
                is_finite,
            );
            trial(
                "infinity in an input",
                &with(|t| spoil(t, f32::INFINITY)),
                &right_outputs,
                is_finite,
            );
        }
    }
    for place in 0..right_outputs.len() {
        let with = |change: fn(&mut Tensor)| changed(&right_outputs, place, change);
        trial(
            "an axis too many in an output",
            right_inputs,
            &with(add_axis),
            is_shape,
        );
        trial(
            "a longer axis in an output",
            right_inputs,
            &with(lengthen),
            is_shape,
        );
        trial(
            "a short output buffer",
            right_inputs,
            &with(shorten),
            is_length,
        );
        trial(
            "another element type in an output",
            right_inputs,
            &with(retype),
            is_element,
        );
    }
}

fn changed(tensors: &[Tensor], place: usize, change: fn(&mut Tensor)) -> Vec<Tensor> {
    let mut tensors = tensors.to_vec();
    change(&mut tensors[place]);
    tensors
}

fn add_axis(tensor: &mut Tensor) {
    tensor.shape.insert(0, 1);
}

fn lengthen(tensor: &mut Tensor) {
    if let Some(last) = tensor.shape.last_mut() {
        *last += 1;
    }
    let count = tensor.shape.iter().product();
    match &mut tensor.data {
        TensorData::F32(elements) => elements.resize(count, 0.0),
        TensorData::I8(elements) => elements.resize(count, 0),
    }
}

fn shorten(tensor: &mut Tensor) {
    match &mut tensor.data {
        TensorData::F32(elements) => drop(elements.pop()),
        TensorData::I8(elements) => drop(elements.pop()),
    }
}

fn retype(tensor: &mut Tensor) {
    tensor.data = match &tensor.data {
        TensorData::F32(elements) => TensorData::I8(vec![0; elements.len()]),
        TensorData::I8(elements) => TensorData::F32(vec![0.0; elements.len()]),
    };
}

fn spoil(tensor: &mut Tensor, with: f32) {
    if let Some(last) = tensor.as_f32_mut().and_then(|elements| elements.last_mut()) {
        *last = with;
    }
}
