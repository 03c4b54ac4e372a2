//! Loads ONNX models for ONNX Runtime.

use super::environment::{self, Started};
use super::error::OnnxRuntimeError;
use super::model::OnnxRuntimeModel;
use super::provider::Provider;
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
use ort::session::Session;
use ort::value::{Outlet, TensorElementType, ValueType};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Runs ONNX models, 8-bit ones (`QuantizeLinear`, `DequantizeLinear`) with 8-bit arithmetic.
///
/// On the CPU a model computes on the thread that runs it, and on no other.
pub struct OnnxRuntimeBackend {
    started: Started,
    provider: Provider,
    name: String,
}

impl OnnxRuntimeBackend {
    /// Loads ONNX Runtime from this file, to compute with this provider.
    ///
    /// # Errors
    /// [`OnnxRuntimeError`] if the file is no ONNX Runtime that can be used, if the process has
    /// already loaded another one, or if the provider is not in it or does not work here.
    pub fn open(library: &Path, provider: Provider) -> Result<Self, OnnxRuntimeError> {
        let started = environment::start(library)?;
        provider.check(&started)?;
        let version = &started.library.version;
        let processor = provider.processor();
        let name = match provider {
            Provider::Cpu => format!("{processor} (onnxruntime {version})"),
            other => format!("{processor} (onnxruntime {version}, {other})"),
        };
        Ok(Self {
            started,
            provider,
            name,
        })
    }

    /// The file of the library, links resolved.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.started.library.path
    }

    /// What it computes with.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider
    }

    fn session(&self, bytes: &[u8]) -> ort::Result<Session> {
        Session::builder(&self.started.environment)?
            .with_execution_providers(self.provider.registration().as_slice())?
            .with_intra_threads(1)?
            .with_inter_threads(1)?
            .with_intra_op_spinning(false)?
            .with_inter_op_spinning(false)?
            // Processors of x86-64 without VNNI add 8-bit products in 16 bits, which overflow
            // (onnxruntime.ai/docs/performance/model-optimizations/quantization.html): right before
            // fast, and the same on every machine.
            .with_precise_qmm()?
            .commit_from_memory(bytes)
    }
}

impl Backend for OnnxRuntimeBackend {
    fn name(&self) -> &str {
        &self.name
    }

    fn formats(&self) -> &[FileFormat] {
        &[FileFormat::Onnx]
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        let file = check_file(&self.name, self.formats(), bytes, manifest)?;
        let unreadable = |reason: String| LoadError::Unreadable {
            backend: self.name.clone(),
            model: manifest.name.clone(),
            reason,
        };
        envelope::check(bytes).map_err(|fault| unreadable(fault.to_owned()))?;
        let session = catch_unwind(AssertUnwindSafe(|| self.session(bytes)))
            .map_err(|_| unreadable("its reader panicked".to_owned()))?
            .map_err(|error| unreadable(error.to_string()))?;
        let check = |role, described, outlets: &[Outlet]| {
            let found: Vec<FileTensor> = outlets.iter().map(file_tensor).collect();
            match_tensors(&manifest.name, role, described, &found).map(|_| ())
        };
        check("input", &manifest.inputs, session.inputs())?;
        check("output", &manifest.outputs, session.outputs())?;
        let description = ModelDescription {
            name: manifest.name.clone(),
            hash: file.sha256,
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        };
        let mut model = OnnxRuntimeModel::new(session, description).map_err(unreadable)?;
        try_out(&mut model)?;
        Ok(Box::new(model))
    }
}

fn file_tensor(outlet: &Outlet) -> FileTensor {
    let (shape, element) = match outlet.dtype() {
        ValueType::Tensor {
            ty,
            shape,
            dimension_symbols,
        } => {
            let axes = shape.iter().zip(dimension_symbols.iter());
            let axes = axes.map(|(&size, symbol)| axis(size, symbol)).collect();
            (Some(axes), element(*ty))
        }
        other => (None, FileElement::Other(other.to_string())),
    };
    FileTensor {
        name: outlet.name().to_owned(),
        shape,
        element: Some(element),
    }
}

/// The library gives -1 for a length that the file leaves open.
fn axis(size: i64, symbol: &str) -> Axis {
    usize::try_from(size).map_or_else(|_| Axis::Open(symbol.to_owned()), Axis::Fixed)
}

fn element(of_file: TensorElementType) -> FileElement {
    match of_file {
        TensorElementType::Float32 => FileElement::Known(ElementType::F32),
        TensorElementType::Int8 => FileElement::Known(ElementType::I8),
        other => FileElement::Other(other.to_string()),
    }
}
