//! ONNX Runtime's environment, of which a process has one.

use super::error::OnnxRuntimeError;
use super::library::Library;
use ort::environment::Environment;
use ort::logging::LogLevel;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The library in use, with its environment.
#[derive(Clone)]
pub(super) struct Started {
    pub(super) library: Library,
    pub(super) environment: Environment,
}

/// The one that was started first. It is never let go of: the library cannot be started twice.
static STARTED: Mutex<Option<Started>> = Mutex::new(None);

/// Starts the library in this file, or returns it if it was started before.
pub(super) fn start(path: &Path) -> Result<Started, OnnxRuntimeError> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    // Looked at even when another is in use: what is wrong with the file says more than that.
    let library = Library::inspect(path)?;
    if let Some(started) = started.as_ref() {
        if started.library.path == library.path {
            return Ok(started.clone());
        }
        return Err(OnnxRuntimeError::OtherInUse {
            path: library.path,
            loaded: started.library.path.clone(),
        });
    }
    let environment = build(&library).map_err(|reason| OnnxRuntimeError::DoesNotStart {
        path: library.path.clone(),
        reason,
    })?;
    Ok(started
        .insert(Started {
            library,
            environment,
        })
        .clone())
}

fn build(library: &Library) -> Result<Environment, String> {
    let build = || {
        let builder = ort::init_from(&library.path).map_err(|error| error.to_string())?;
        let environment = builder
            .with_name("triune")
            .with_telemetry(false)
            .with_logger(Arc::new(forward))
            .build()
            .map_err(|error| error.to_string())?;
        // It would format all that it could say otherwise.
        environment.set_log_level(LogLevel::Warning);
        Ok(environment)
    };
    // The crate panics on some libraries; nothing of ours is half changed then.
    catch_unwind(AssertUnwindSafe(build)).unwrap_or_else(|_| Err("it panicked".to_owned()))
}

/// Says what the library says, in our own log. Errors come back from its functions as well.
fn forward(level: LogLevel, category: &str, _id: &str, _place: &str, message: &str) {
    let level = match level {
        LogLevel::Fatal | LogLevel::Error => log::Level::Warn,
        LogLevel::Warning => log::Level::Info,
        LogLevel::Info | LogLevel::Verbose => log::Level::Trace,
    };
    log::log!(target: "onnxruntime", level, "{category}: {message}");
}
