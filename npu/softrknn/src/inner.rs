//! What computes in place of an NPU.

use crate::refusal::say;
use std::ffi::OsString;
use std::sync::Arc;
use triune_npu::{
    Backend, CpuBackends, CpuSettings, LibraryWish, Provider, ProviderWish, PureRustBackend,
};

/// Names ONNX Runtime's library.
const VARIABLE: &str = "TRIUNE_SOFTRKNN_ONNXRUNTIME";

/// The backend within.
pub(crate) struct Inner {
    /// Nothing for pure Rust.
    onnx_runtime: Option<Arc<dyn Backend>>,
    name: String,
}

impl Inner {
    pub(crate) fn from_environment() -> Self {
        let wish = wish(std::env::var_os(VARIABLE));
        let is_named = matches!(wish, LibraryWish::File(_));
        let found = CpuBackends::find(&CpuSettings {
            library: wish,
            provider: ProviderWish::Only(Provider::Cpu),
        });
        if is_named {
            // Who names a file wants to know why it is not taken.
            for tried in &found.tried {
                say(&format!("{VARIABLE}: {tried}"));
            }
        }
        Self {
            name: found.chosen.name().to_owned(),
            onnx_runtime: found.library.is_some().then_some(found.chosen),
        }
    }

    /// As the backend calls itself.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is to compute the next model. Each of pure Rust has a thread of its own, so that contexts
    /// run beside each other; ONNX Runtime computes on the thread that calls.
    pub(crate) fn backend(&self, pure_rust: bool) -> Arc<dyn Backend> {
        match &self.onnx_runtime {
            Some(backend) if !pure_rust => Arc::clone(backend),
            _ => Arc::new(PureRustBackend::new()),
        }
    }
}

fn wish(variable: Option<OsString>) -> LibraryWish {
    match variable {
        Some(named) if named == "none" => LibraryWish::None,
        Some(named) if named != "search" && !named.is_empty() => LibraryWish::File(named.into()),
        _ => LibraryWish::Search,
    }
}

#[cfg(test)]
mod tests {
    use super::wish;
    use triune_npu::LibraryWish;

    #[test]
    fn the_variable_names_a_file_or_says_what_to_do() {
        assert_eq!(wish(None), LibraryWish::Search);
        for (text, expected) in [
            ("", LibraryWish::Search),
            ("search", LibraryWish::Search),
            ("none", LibraryWish::None),
            ("/lib/x.so", LibraryWish::File("/lib/x.so".into())),
        ] {
            assert_eq!(wish(Some(text.into())), expected, "{text}");
        }
    }
}
