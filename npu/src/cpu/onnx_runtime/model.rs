//! One ONNX model in ONNX Runtime.

use super::call::{self, BorrowedTensor};
use crate::check::check_call;
use crate::error::{DeviceFault, RunError};
use crate::model::{Model, ModelDescription, Timing};
use crate::tensor::{TensorDescription, TensorMut, TensorRef, TensorSlice, TensorSliceMut};
use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};
use ort::session::Session;
use std::ffi::{CStr, CString};
use std::time::Instant;

pub(super) struct OnnxRuntimeModel {
    session: Session,
    /// Says that the callers' tensors lie in ordinary memory.
    memory: MemoryInfo<'static>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    /// Outputs that are an input, and which: the library leaves the memory of these as it is.
    passed: Vec<(usize, usize)>,
    description: ModelDescription,
}

/// A tensor of the description as the library wants to hear of it.
struct Port {
    name: CString,
    shape: Vec<i64>,
}

impl OnnxRuntimeModel {
    /// `description` is what the session takes and yields.
    pub(super) fn new(session: Session, description: ModelDescription) -> Result<Self, String> {
        let ports = |tensors: &[TensorDescription]| -> Result<Vec<Port>, String> {
            tensors.iter().map(Port::of).collect()
        };
        let memory = MemoryInfo::new(
            AllocationDevice::CPU,
            0,
            AllocatorType::Device,
            MemoryType::Default,
        );
        Ok(Self {
            session,
            memory: memory.map_err(|error| error.to_string())?,
            inputs: ports(&description.inputs)?,
            outputs: ports(&description.outputs)?,
            passed: passed(&description),
            description,
        })
    }

    fn compute(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> ort::Result<()> {
        let memory = &self.memory;
        let inputs = inputs.iter().zip(&self.inputs);
        let inputs = inputs.map(|(tensor, Port { shape, .. })| match tensor.elements {
            TensorSlice::F32(elements) => BorrowedTensor::to_read(memory, shape, elements),
            TensorSlice::I8(elements) => BorrowedTensor::to_read(memory, shape, elements),
        });
        let inputs = inputs.collect::<ort::Result<Vec<_>>>()?;
        let outputs = outputs.iter_mut().zip(&self.outputs);
        let outputs = outputs.map(|(tensor, Port { shape, .. })| match &mut tensor.elements {
            TensorSliceMut::F32(elements) => BorrowedTensor::to_fill(memory, shape, elements),
            TensorSliceMut::I8(elements) => BorrowedTensor::to_fill(memory, shape, elements),
        });
        let mut outputs = outputs.collect::<ort::Result<Vec<_>>>()?;
        call::run(
            &mut self.session,
            &names(&self.inputs),
            &inputs,
            &names(&self.outputs),
            &mut outputs,
        )
    }
}

impl Port {
    fn of(tensor: &TensorDescription) -> Result<Self, String> {
        let name = CString::new(tensor.name.as_str());
        let shape = tensor.shape.iter().map(|&size| i64::try_from(size));
        Ok(Self {
            name: name.map_err(|error| format!("'{}': {error}", tensor.name))?,
            shape: shape
                .collect::<Result<_, _>>()
                .map_err(|error| format!("'{}': {error}", tensor.name))?,
        })
    }
}

/// Places of outputs and inputs of one name: in a graph they are one tensor.
fn passed(description: &ModelDescription) -> Vec<(usize, usize)> {
    let place = |output: &TensorDescription| {
        let mut inputs = description.inputs.iter();
        inputs.position(|input| input.name == output.name)
    };
    let outputs = description.outputs.iter().enumerate();
    outputs
        .filter_map(|(output, tensor)| Some((output, place(tensor)?)))
        .collect()
}

/// Gives an input as an output.
fn pass(input: &TensorRef<'_>, output: &mut TensorMut<'_>) -> Option<()> {
    match (input.elements, &mut output.elements) {
        (TensorSlice::F32(from), TensorSliceMut::F32(to)) if from.len() == to.len() => {
            to.copy_from_slice(from);
        }
        (TensorSlice::I8(from), TensorSliceMut::I8(to)) if from.len() == to.len() => {
            to.copy_from_slice(from);
        }
        _ => return None,
    }
    (input.shape == output.shape).then_some(())
}

fn names(ports: &[Port]) -> Vec<&CStr> {
    ports.iter().map(|port| port.name.as_c_str()).collect()
}

impl Model for OnnxRuntimeModel {
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
        self.compute(inputs, outputs)
            .map_err(|error| DeviceFault::Failed(error.to_string()))?;
        for &(output, input) in &self.passed {
            let (description, input) = (&self.description.outputs[output], &inputs[input]);
            pass(input, &mut outputs[output]).ok_or_else(|| RunError::UnexpectedOutput {
                tensor: description.name.clone(),
                expected: format!("{} {:?}", description.element, description.shape),
                found: format!("the input, of {:?}", input.shape),
            })?;
        }
        let compute = called.elapsed();
        for (output, description) in outputs.iter().zip(&self.description.outputs) {
            if let TensorSliceMut::F32(elements) = &output.elements
                && let Some(index) = elements.iter().position(|element| !element.is_finite())
            {
                let tensor = description.name.clone();
                return Err(RunError::OutputNotFinite { tensor, index });
            }
        }
        Ok(Timing {
            total: start.elapsed(),
            compute,
        })
    }
}
