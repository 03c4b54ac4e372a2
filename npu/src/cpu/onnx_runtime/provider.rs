//! What ONNX Runtime computes with: it calls these execution providers.

use super::environment::Started;
use super::error::OnnxRuntimeError;
use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use ort::session::Session;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What ONNX Runtime computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// The processor itself: in every build.
    Cpu,
    /// Intel's OpenVINO, on the NPU of an Intel processor.
    OpenVino,
    /// CUDA, on an NVIDIA graphics processor.
    Cuda,
}

impl Provider {
    /// The accelerators, the preferred first: an NPU leaves the graphics processor to others.
    pub(crate) const ACCELERATORS: [Self; 2] = [Self::OpenVino, Self::Cuda];

    /// The kind of processor that it is.
    #[must_use]
    pub fn processor(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::OpenVino => "npu",
            Self::Cuda => "gpu",
        }
    }

    /// What a session is to be given; nothing for the processor itself, which is always there.
    pub(super) fn registration(self) -> Option<ExecutionProviderDispatch> {
        match self {
            Self::Cpu => None,
            Self::OpenVino => Some(ep::OpenVINO::default().with_device_type("NPU").build()),
            Self::Cuda => Some(ep::CUDA::default().build()),
        }
        // Without this the library would go on, on the processor, and not say so.
        .map(ExecutionProviderDispatch::error_on_failure)
    }

    /// Whether the library has it and a session accepts it.
    pub(super) fn check(self, started: &Started) -> Result<(), OnnxRuntimeError> {
        let path = || started.library.path.clone();
        let fails = |reason: String| OnnxRuntimeError::ProviderFails {
            path: path(),
            provider: self,
            reason,
        };
        let there = match self {
            Self::Cpu => Ok(true),
            Self::OpenVino => ep::OpenVINO::is_available(),
            Self::Cuda => ep::CUDA::is_available(),
        };
        if !there.map_err(|error| fails(error.to_string()))? {
            return Err(OnnxRuntimeError::NoProvider {
                path: path(),
                provider: self,
            });
        }
        let register = || {
            let builder = Session::builder(&started.environment)?;
            builder.with_execution_providers(self.registration().as_slice())?;
            Ok(())
        };
        catch_unwind(AssertUnwindSafe(register))
            .map_err(|_| fails("it panicked".to_owned()))?
            .map_err(|error: ort::Error| fails(error.to_string()))
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cpu => "the CPU provider",
            Self::OpenVino => "OpenVINO",
            Self::Cuda => "CUDA",
        })
    }
}
