//! Why a call fails: the code that the caller gets, and the words that it does not.

use rknpu2_sys as sys;
use std::ffi::c_int;
use std::io::Write;
use std::sync::LazyLock;

/// A call that fails.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: c_int,
    pub(crate) why: String,
}

impl Refusal {
    pub(crate) fn new(code: c_int, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { code, why }
    }

    pub(crate) fn failed(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_FAIL, why)
    }

    pub(crate) fn parameter(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_PARAM_INVALID, why)
    }

    pub(crate) fn model(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_MODEL_INVALID, why)
    }

    pub(crate) fn context() -> Self {
        let why = "there is no such context: it was destroyed, or never made";
        Self::new(sys::RKNN_ERR_CTX_INVALID, why)
    }

    pub(crate) fn input(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_INPUT_INVALID, why)
    }

    pub(crate) fn output(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_OUTPUT_INVALID, why)
    }

    pub(crate) fn memory(why: impl Into<String>) -> Self {
        Self::new(sys::RKNN_ERR_MALLOC_FAIL, why)
    }
}

/// Tells whoever reads standard error; the C interface has only numbers.
pub(crate) fn say(line: &str) {
    static SILENT: LazyLock<bool> =
        LazyLock::new(|| std::env::var("RKNN_LOG_LEVEL").is_ok_and(|level| level.trim() == "0"));
    if !*SILENT {
        // Nobody may be reading: that is no fault of the call.
        let _written = writeln!(std::io::stderr(), "RKNN (soft runtime): {line}");
    }
}
