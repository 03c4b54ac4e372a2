//! Where a model's tensors stand in the memory that is shared for it.

use super::memory::{SharedMemory, UNIT};
use crate::manifest::Manifest;
use crate::tensor::{ElementType, Tensor, TensorData, TensorDescription};
use zerocopy::IntoBytes;

/// Every tensor begins at a multiple of a cache line.
const ALIGNMENT: usize = 64;

/// Offsets of inputs and outputs; each lane has tensors of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorLayout {
    inputs: Vec<usize>,
    outputs: Vec<usize>,
    lane: usize,
    lanes: usize,
}

impl TensorLayout {
    /// The layout that follows from a manifest, the same on both sides.
    pub(super) fn of(manifest: &Manifest, lanes: usize) -> Self {
        Self::of_tensors(&manifest.inputs, &manifest.outputs, lanes)
    }

    pub(super) fn of_tensors(
        inputs: &[TensorDescription],
        outputs: &[TensorDescription],
        lanes: usize,
    ) -> Self {
        let mut end = 0;
        let mut place = |tensor: &TensorDescription| {
            let offset = end;
            end += bytes_of(tensor).next_multiple_of(ALIGNMENT);
            offset
        };
        let inputs = inputs.iter().map(&mut place).collect();
        let outputs = outputs.iter().map(&mut place).collect();
        Self {
            inputs,
            outputs,
            lane: end,
            lanes,
        }
    }

    /// What all lanes need together.
    pub(super) fn bytes(&self) -> usize {
        self.lane * self.lanes
    }

    /// Copies inputs into the memory of `lane`.
    pub(super) fn give_inputs(&self, memory: &SharedMemory, lane: usize, tensors: &[Tensor]) {
        give(memory, lane * self.lane, &self.inputs, tensors);
    }

    /// Copies inputs out of the memory of `lane`.
    pub(super) fn take_inputs(&self, memory: &SharedMemory, lane: usize, tensors: &mut [Tensor]) {
        take(memory, lane * self.lane, &self.inputs, tensors);
    }

    /// Copies outputs into the memory of `lane`.
    pub(super) fn give_outputs(&self, memory: &SharedMemory, lane: usize, tensors: &[Tensor]) {
        give(memory, lane * self.lane, &self.outputs, tensors);
    }

    /// Copies outputs out of the memory of `lane`.
    pub(super) fn take_outputs(&self, memory: &SharedMemory, lane: usize, tensors: &mut [Tensor]) {
        take(memory, lane * self.lane, &self.outputs, tensors);
    }
}

fn bytes_of(tensor: &TensorDescription) -> usize {
    let element = match tensor.element {
        ElementType::F32 => size_of::<f32>(),
        ElementType::I8 => size_of::<i8>(),
    };
    (tensor.element_count() * element).next_multiple_of(UNIT)
}

fn give(memory: &SharedMemory, base: usize, offsets: &[usize], tensors: &[Tensor]) {
    for (offset, tensor) in offsets.iter().zip(tensors) {
        let bytes = match &tensor.data {
            TensorData::F32(elements) => elements.as_bytes(),
            TensorData::I8(elements) => elements.as_bytes(),
        };
        memory.fill(base + offset, bytes);
    }
}

fn take(memory: &SharedMemory, base: usize, offsets: &[usize], tensors: &mut [Tensor]) {
    for (offset, tensor) in offsets.iter().zip(tensors) {
        let bytes = match &mut tensor.data {
            TensorData::F32(elements) => elements.as_mut_bytes(),
            TensorData::I8(elements) => elements.as_mut_bytes(),
        };
        memory.copy_out(base + offset, bytes);
    }
}
