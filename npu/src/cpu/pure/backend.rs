//! Loads ONNX models for the library in pure Rust.

use super::model::PureRustModel;
use crate::backend::Backend;
use crate::check::check_file;
use crate::cpu::envelope;
use crate::cpu::file_tensors::{Axis, FileElement, FileTensor, match_tensors};
use crate::error::LoadError;
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription};
use crate::model_file::FileFormat;
use crate::tensor::ElementType;
use crate::trial::try_out;
use rten::{DataType, Dimension, NodeId, ThreadPool, ValueType};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What computes, as `triune status` shows it.
const NAME: &str = "cpu (rten 0.27)";

/// Runs ONNX models on one thread of the CPU.
///
/// All models of one backend share one worker thread. It and the idle threads of the
/// library's own pool inherit the processor affinity of the thread that first makes a
/// `PureRustBackend` or loads a model: do both on a core that the cycle leaves free.
pub struct PureRustBackend {
    worker: Arc<ThreadPool>,
}

impl PureRustBackend {
    /// A backend with its worker thread.
    #[must_use]
    pub fn new() -> Self {
        Self {
            worker: Arc::new(ThreadPool::with_num_threads(1)),
        }
    }
}

impl Default for PureRustBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl Backend for PureRustBackend {
    fn name(&self) -> &str {
        NAME
    }

    fn formats(&self) -> &[FileFormat] {
        &[FileFormat::Onnx]
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        let file = check_file(NAME, self.formats(), bytes, manifest)?;
        let graph = read(bytes, manifest)?;
        let places = |role, described, ids| -> Result<Vec<NodeId>, LoadError> {
            let found = file_tensors(&graph, ids);
            let places = match_tensors(&manifest.name, role, described, &found)?;
            Ok(places.into_iter().map(|place| ids[place]).collect())
        };
        let inputs = places("input", &manifest.inputs, graph.input_ids())?;
        let outputs = places("output", &manifest.outputs, graph.output_ids())?;
        let description = ModelDescription {
            name: manifest.name.clone(),
            hash: file.sha256,
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        };
        let mut model = PureRustModel::new(
            inputs,
            outputs,
            graph,
            description,
            Arc::clone(&self.worker),
        );
        try_out(&mut model)?;
        Ok(Box::new(model))
    }
}

/// A file may have the manifest's hash and have been damaged before it was hashed: what the
/// library cannot take is an error then, even where it would panic.
fn read(bytes: &[u8], manifest: &Manifest) -> Result<rten::Model, LoadError> {
    let unreadable = |reason: String| LoadError::Unreadable {
        backend: NAME.to_owned(),
        model: manifest.name.clone(),
        reason,
    };
    envelope::check(bytes).map_err(|fault| unreadable(fault.to_owned()))?;
    catch_unwind(AssertUnwindSafe(|| rten::Model::load(bytes.to_vec())))
        .map_err(|_| unreadable("its reader panicked".to_owned()))?
        .map_err(|error| unreadable(error.to_string()))
}

/// The tensors of these nodes.
fn file_tensors(graph: &rten::Model, ids: &[NodeId]) -> Vec<FileTensor> {
    ids.iter()
        .map(|&id| {
            let info = graph.node_info(id);
            let name = info.as_ref().and_then(|info| info.name());
            let axes = info.as_ref().and_then(|info| info.shape());
            FileTensor {
                name: name.unwrap_or_default().to_owned(),
                shape: axes.map(|axes| axes.into_iter().map(axis).collect()),
                element: info.and_then(|info| info.dtype()).map(element),
            }
        })
        .collect()
}

fn axis(dimension: Dimension) -> Axis {
    match dimension {
        Dimension::Fixed(size) => Axis::Fixed(size),
        Dimension::Symbolic(name) => Axis::Open(name),
    }
}

fn element(value: ValueType) -> FileElement {
    match value {
        ValueType::Tensor(DataType::Float) => FileElement::Known(ElementType::F32),
        ValueType::Tensor(DataType::Int8) => FileElement::Known(ElementType::I8),
        other => FileElement::Other(other.to_string()),
    }
}
