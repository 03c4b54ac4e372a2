//! What the library's functions return.

use crate::bindings as sys;

/// A return code other than success, with the meaning that the vendor's interface gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// -1: it failed, and says no more.
    Failed,
    /// -2: it took too long.
    Timeout,
    /// -3: the device is gone or was never there.
    DeviceUnavailable,
    /// -4: no memory is left.
    NoMemory,
    /// -5: an argument is wrong.
    ParameterInvalid,
    /// -6: the file is no model, or of a version that the library does not know.
    ModelInvalid,
    /// -7: there is no such context.
    ContextInvalid,
    /// -8: an input is wrong.
    InputInvalid,
    /// -9: an output is wrong.
    OutputInvalid,
    /// -10: the library and the driver do not fit each other.
    DeviceUnmatched,
    /// -11: the model was compiled ahead for another driver.
    PreCompiledModelIncompatible,
    /// -12: the model's level of optimisation is for another driver.
    OptimisationLevelIncompatible,
    /// -13: the model was converted for another chip.
    TargetPlatformUnmatched,
    /// -14: an operator of the model's own was not computed, as nobody has registered it.
    CustomOperatorSkipped,
    /// A code that the interface does not name.
    Other(i32),
}

impl Code {
    /// The meaning of a return code; nothing for success.
    #[must_use]
    pub fn of(code: i32) -> Option<Self> {
        Some(match code {
            0 => return None,
            sys::RKNN_ERR_FAIL => Self::Failed,
            sys::RKNN_ERR_TIMEOUT => Self::Timeout,
            sys::RKNN_ERR_DEVICE_UNAVAILABLE => Self::DeviceUnavailable,
            sys::RKNN_ERR_MALLOC_FAIL => Self::NoMemory,
            sys::RKNN_ERR_PARAM_INVALID => Self::ParameterInvalid,
            sys::RKNN_ERR_MODEL_INVALID => Self::ModelInvalid,
            sys::RKNN_ERR_CTX_INVALID => Self::ContextInvalid,
            sys::RKNN_ERR_INPUT_INVALID => Self::InputInvalid,
            sys::RKNN_ERR_OUTPUT_INVALID => Self::OutputInvalid,
            sys::RKNN_ERR_DEVICE_UNMATCH => Self::DeviceUnmatched,
            sys::RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL => Self::PreCompiledModelIncompatible,
            sys::RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION => {
                Self::OptimisationLevelIncompatible
            }
            sys::RKNN_ERR_TARGET_PLATFORM_UNMATCH => Self::TargetPlatformUnmatched,
            sys::RKNN_WARNING_SKIP_CUSTOM_OP_COMPUTE => Self::CustomOperatorSkipped,
            other => Self::Other(other),
        })
    }

    /// The number that the library returned.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Failed => sys::RKNN_ERR_FAIL,
            Self::Timeout => sys::RKNN_ERR_TIMEOUT,
            Self::DeviceUnavailable => sys::RKNN_ERR_DEVICE_UNAVAILABLE,
            Self::NoMemory => sys::RKNN_ERR_MALLOC_FAIL,
            Self::ParameterInvalid => sys::RKNN_ERR_PARAM_INVALID,
            Self::ModelInvalid => sys::RKNN_ERR_MODEL_INVALID,
            Self::ContextInvalid => sys::RKNN_ERR_CTX_INVALID,
            Self::InputInvalid => sys::RKNN_ERR_INPUT_INVALID,
            Self::OutputInvalid => sys::RKNN_ERR_OUTPUT_INVALID,
            Self::DeviceUnmatched => sys::RKNN_ERR_DEVICE_UNMATCH,
            Self::PreCompiledModelIncompatible => sys::RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL,
            Self::OptimisationLevelIncompatible => {
                sys::RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION
            }
            Self::TargetPlatformUnmatched => sys::RKNN_ERR_TARGET_PLATFORM_UNMATCH,
            Self::CustomOperatorSkipped => sys::RKNN_WARNING_SKIP_CUSTOM_OP_COMPUTE,
            Self::Other(number) => number,
        }
    }

    /// What it means and what helps.
    fn explanation(self) -> &'static str {
        match self {
            Self::Failed => {
                "failed without saying why; the library's log says more with RKNN_LOG_LEVEL=4, and a \
                 library older than the model's converter answers like this too"
            }
            Self::Timeout => {
                "did not finish in time; run again, and load the model again if it repeats"
            }
            Self::DeviceUnavailable => {
                "the NPU is not there; see that its driver is loaded and that this user may open its device"
            }
            Self::NoMemory => "no memory is left for the NPU; unload a model",
            Self::ParameterInvalid => "an argument was refused",
            Self::ModelInvalid => {
                "the file is no model for this library; convert it with a toolkit of the library's version"
            }
            Self::ContextInvalid => "the context is not known; load the model again",
            Self::InputInvalid => "an input was refused",
            Self::OutputInvalid => "an output was refused",
            Self::DeviceUnmatched => {
                "library and driver do not fit each other; install those of the same release"
            }
            Self::PreCompiledModelIncompatible => {
                "the model was compiled ahead for another driver; convert it without that"
            }
            Self::OptimisationLevelIncompatible => {
                "the model's level of optimisation needs another driver; update the driver or convert it again"
            }
            Self::TargetPlatformUnmatched => {
                "the model was converted for another chip; convert it for this one"
            }
            Self::CustomOperatorSkipped => {
                "the model has an operator of its own that nobody computes; convert it without that"
            }
            Self::Other(_) => "the interface does not name this code",
        }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.number(), self.explanation())
    }
}
