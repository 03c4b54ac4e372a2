//! Loads ONNX models for the CPU.

use super::envelope;
use super::form::{Node, match_tensors};
use super::model::CpuModel;
use crate::backend::Backend;
use crate::check::check_file;
use crate::error::LoadError;
use crate::manifest::Manifest;
use crate::model::{Model, ModelDescription};
use crate::model_file::FileFormat;
use crate::tensor::Tensor;
use rten::ThreadPool;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What computes, as `triune status` shows it.
const NAME: &str = "cpu (rten 0.27)";

/// Runs ONNX models on one thread of the CPU.
///
/// All models of one backend share one worker thread. It and the idle threads of the
/// library's own pool inherit the processor affinity of the thread that first makes a
/// `CpuBackend` or loads a model: do both on a core that the cycle leaves free.
pub struct CpuBackend {
    worker: Arc<ThreadPool>,
}

impl CpuBackend {
    /// A backend with its worker thread.
    #[must_use]
    pub fn new() -> Self {
        Self {
            worker: Arc::new(ThreadPool::with_num_threads(1)),
        }
    }
}

impl Default for CpuBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl Backend for CpuBackend {
    fn name(&self) -> &str {
        NAME
    }

    fn formats(&self) -> &[FileFormat] {
        &[FileFormat::Onnx]
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        let file = check_file(NAME, self.formats(), bytes, manifest)?;
        let graph = read(bytes, manifest)?;
        let inputs = nodes(&graph, graph.input_ids());
        let outputs = nodes(&graph, graph.output_ids());
        let description = ModelDescription {
            name: manifest.name.clone(),
            hash: file.sha256,
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        };
        let mut model = CpuModel::new(
            match_tensors(&manifest.name, "input", &manifest.inputs, &inputs)?,
            match_tensors(&manifest.name, "output", &manifest.outputs, &outputs)?,
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

fn nodes(graph: &rten::Model, ids: &[rten::NodeId]) -> Vec<Node> {
    ids.iter()
        .map(|&id| {
            let info = graph.node_info(id);
            Node {
                id,
                name: info
                    .as_ref()
                    .and_then(|info| info.name())
                    .unwrap_or_default()
                    .to_owned(),
                shape: info.as_ref().and_then(|info| info.shape()),
                element: info.and_then(|info| info.dtype()),
            }
        })
        .collect()
}

/// Some faults of a model show only when it runs: better at loading than in use.
fn try_out(model: &mut CpuModel) -> Result<(), LoadError> {
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
