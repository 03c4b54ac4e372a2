//! ONNX Runtime's environment, of which a process has one.

use super::error::OnnxRuntimeError;
use super::library::Library;
use ort::environment::{Environment, EnvironmentBuilder};
use ort::logging::LogLevel;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The library in use, with its environment.
#[derive(Clone)]
pub(super) struct Started {
    pub(super) library: Library,
    pub(super) environment: Environment,
}

/// What became of the libraries that were to be started.
struct State {
    /// The file that `ort` has loaded: from then on it calls this one, whichever it is given.
    bound: Option<PathBuf>,
    /// The one that was started first. It is never let go of: the library cannot be started twice.
    started: Option<Started>,
}

static STATE: Mutex<State> = Mutex::new(State {
    bound: None,
    started: None,
});

/// Starts the library in this file, or returns it if it was started before.
pub(super) fn start(path: &Path) -> Result<Started, OnnxRuntimeError> {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    // Looked at even when another is in use: what is wrong with the file says more than that.
    let library = Library::inspect(path)?;
    if let Some(bound) = state.bound.as_ref().filter(|bound| **bound != library.path) {
        return Err(OnnxRuntimeError::OtherInUse {
            path: library.path,
            loaded: bound.clone(),
        });
    }
    if let Some(started) = &state.started {
        return Ok(started.clone());
    }
    let fails = |reason| OnnxRuntimeError::DoesNotStart {
        path: library.path.clone(),
        reason,
    };
    let builder = bind(&library).map_err(fails)?;
    state.bound = Some(library.path.clone());
    let environment = build(builder).map_err(fails)?;
    Ok(state
        .started
        .insert(Started {
            library,
            environment,
        })
        .clone())
}

/// From the first success on the process is bound to the library.
fn bind(library: &Library) -> Result<EnvironmentBuilder, String> {
    let bind = || ort::init_from(&library.path).map_err(|error| error.to_string());
    contained(bind)
}

fn build(builder: EnvironmentBuilder) -> Result<Environment, String> {
    let build = || {
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
    contained(build)
}

/// The crate panics on some libraries; nothing of ours is half changed then.
fn contained<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("it panicked".to_owned()))
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
