//! Right results, every time.

use super::specimen::Specimen;
use super::violation::Violation;
use crate::model::Model;
use crate::tensor::{Tensor, TensorData};

pub(super) fn check(model: &mut dyn Model, specimen: &Specimen, violations: &mut Vec<Violation>) {
    let description = model.describe().clone();
    let manifest = &specimen.manifest;
    if description.name != manifest.name
        || manifest.file_with(&description.hash).is_none()
        || description.inputs != manifest.inputs
        || description.outputs != manifest.outputs
    {
        violations.push(Violation::new("describe", "differs from the manifest"));
        return;
    }
    let mut first: Option<Vec<Tensor>> = None;
    for trial in ["first run", "second run"] {
        let mut outputs: Vec<Tensor> = description.outputs.iter().map(spoilt).collect();
        let inputs: Vec<_> = specimen.inputs.iter().map(Tensor::view).collect();
        let mut views: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
        match model.run(&inputs, &mut views) {
            Err(error) => violations.push(Violation::new(trial, format!("failed: {error}"))),
            Ok(timing) if timing.compute > timing.total => {
                violations.push(Violation::new(trial, "computed longer than it took in all"));
            }
            Ok(_) => {}
        }
        for ((found, expected), tensor) in outputs
            .iter()
            .zip(&specimen.outputs)
            .zip(&description.outputs)
        {
            let off = distance(found, expected);
            if off.is_none_or(|off| off > specimen.tolerance) {
                violations.push(Violation::new(
                    trial,
                    format!(
                        "output '{}' is {found:?} instead of {expected:?}",
                        tensor.name
                    ),
                ));
            }
        }
        match &first {
            None => first = Some(outputs),
            Some(first) if *first != outputs => {
                violations.push(Violation::new(trial, "gave other bits than the first"));
            }
            Some(_) => {}
        }
    }
}

/// A buffer in which whatever the model leaves unwritten shows.
fn spoilt(description: &crate::tensor::TensorDescription) -> Tensor {
    let mut tensor = Tensor::zero(description);
    match &mut tensor.data {
        TensorData::F32(elements) => elements.fill(-1.0e30),
        TensorData::I8(elements) => elements.fill(-77),
    }
    tensor
}

/// Greatest distance of two tensors' elements; `None` if they have not the same form.
fn distance(left: &Tensor, right: &Tensor) -> Option<f32> {
    if left.shape != right.shape {
        return None;
    }
    let greatest = |distances: &mut dyn Iterator<Item = f32>| distances.fold(0.0, f32::max);
    match (&left.data, &right.data) {
        (TensorData::F32(left), TensorData::F32(right)) => Some(greatest(
            &mut left
                .iter()
                .zip(right)
                .map(|(left, right)| (left - right).abs()),
        )),
        (TensorData::I8(left), TensorData::I8(right)) => Some(greatest(
            &mut left
                .iter()
                .zip(right)
                .map(|(&left, &right)| f32::from(left.abs_diff(right))),
        )),
        _ => None,
    }
}
