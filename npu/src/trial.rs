//! A run at loading: some faults of a model show only when it runs.

use crate::error::LoadError;
use crate::model::Model;
use crate::tensor::Tensor;

/// Runs a model that was just read, on zeros.
pub(crate) fn try_out(model: &mut dyn Model) -> Result<(), LoadError> {
    let description = model.describe().clone();
    let inputs: Vec<Tensor> = description.inputs.iter().map(Tensor::zero).collect();
    let mut outputs: Vec<Tensor> = description.outputs.iter().map(Tensor::zero).collect();
    let inputs: Vec<_> = inputs.iter().map(Tensor::view).collect();
    let mut outputs: Vec<_> = outputs.iter_mut().map(Tensor::view_mut).collect();
    model
        .run(&inputs, &mut outputs)
        .map(|_| ())
        .map_err(|reason| LoadError::TrialRun {
            model: description.name,
            reason,
        })
}
