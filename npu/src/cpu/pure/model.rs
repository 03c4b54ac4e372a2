//! One ONNX model, run in pure Rust.

use crate::check::check_call;
use crate::error::{DeviceFault, RunError};
use crate::model::{Model, ModelDescription, Timing};
use crate::tensor::{TensorDescription, TensorMut, TensorRef, TensorSlice, TensorSliceMut};
use rten::{NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueView};
use rten_tensor::{AsView, Layout, TensorView};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

pub(super) struct PureRustModel {
    inputs: Vec<NodeId>,
    outputs: Vec<NodeId>,
    graph: rten::Model,
    description: ModelDescription,
    options: RunOptions,
}

impl PureRustModel {
    /// `inputs` and `outputs` are the nodes of the description's tensors.
    pub(super) fn new(
        inputs: Vec<NodeId>,
        outputs: Vec<NodeId>,
        graph: rten::Model,
        description: ModelDescription,
        worker: Arc<ThreadPool>,
    ) -> Self {
        let options = RunOptions::default().with_thread_pool(Some(worker));
        Self {
            inputs,
            outputs,
            graph,
            description,
            options,
        }
    }

    fn compute(&self, inputs: &[TensorRef<'_>]) -> Result<Vec<Value>, RunError> {
        let values: Vec<(NodeId, ValueOrView<'_>)> = self
            .inputs
            .iter()
            .zip(inputs)
            .map(|(&node, input)| Ok((node, ValueOrView::View(value(input)?))))
            .collect::<Result<_, RunError>>()?;
        let run = || {
            self.graph
                .run(values, &self.outputs, Some(self.options.clone()))
        };
        // The model keeps no state between runs that a panic could leave half changed.
        catch_unwind(AssertUnwindSafe(run))
            .map_err(|_| failed("it panicked".to_owned()))?
            .map_err(|error| failed(error.to_string()))
    }
}

fn failed(reason: String) -> RunError {
    DeviceFault::Failed(reason).into()
}

impl Model for PureRustModel {
    fn describe(&self) -> &ModelDescription {
        &self.description
    }

    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError> {
        let start = Instant::now();
        check_call(&self.description, inputs, outputs)?;
        let called = Instant::now();
        let values = self.compute(inputs)?;
        let compute = called.elapsed();
        for ((value, description), output) in
            values.iter().zip(&self.description.outputs).zip(outputs)
        {
            fill(description, value, output)?;
        }
        Ok(Timing {
            total: start.elapsed(),
            compute,
        })
    }
}

fn value<'a>(input: &TensorRef<'a>) -> Result<ValueView<'a>, RunError> {
    let wrong = |error: rten_tensor::errors::FromDataError| failed(error.to_string());
    Ok(match input.elements {
        TensorSlice::F32(data) => TensorView::try_from_data(input.shape, data)
            .map_err(wrong)?
            .into(),
        TensorSlice::I8(data) => TensorView::try_from_data(input.shape, data)
            .map_err(wrong)?
            .into(),
    })
}

fn fill(
    description: &TensorDescription,
    value: &Value,
    output: &mut TensorMut<'_>,
) -> Result<(), RunError> {
    match (value, &mut output.elements) {
        (Value::FloatTensor(tensor), TensorSliceMut::F32(elements))
            if tensor.shape() == output.shape =>
        {
            for (index, (element, &result)) in elements.iter_mut().zip(tensor.iter()).enumerate() {
                if !result.is_finite() {
                    let tensor = description.name.clone();
                    return Err(RunError::OutputNotFinite { tensor, index });
                }
                *element = result;
            }
            Ok(())
        }
        (Value::Int8Tensor(tensor), TensorSliceMut::I8(elements))
            if tensor.shape() == output.shape =>
        {
            for (element, &result) in elements.iter_mut().zip(tensor.iter()) {
                *element = result;
            }
            Ok(())
        }
        _ => Err(RunError::UnexpectedOutput {
            tensor: description.name.clone(),
            expected: format!("{} {:?}", description.element, description.shape),
            found: format!("{} {:?}", value.dtype(), value.shape().as_slice()),
        }),
    }
}
