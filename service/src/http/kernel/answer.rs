//! Asks the kernel on a thread that may block, and tells its refusals as problems.

use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{KernelError, KernelSource};
use axum::Json;
use std::sync::Arc;

/// Asks the kernel. Not queued behind pictures: a refusal of consent waits for nobody.
pub(super) async fn ask<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&dyn KernelSource) -> Result<T, KernelError> + Send + 'static,
) -> Result<T, Problem> {
    let kernel = Arc::clone(&shared.kernel);
    tokio::task::spawn_blocking(move || work(kernel.as_ref()))
        .await
        .map_err(|error| {
            log::error!("a request's work ended early: {error}");
            Problem::failed("the work ended early; the log says why")
        })?
        .map_err(|error| problem(&error))
}

/// The same, answered as JSON.
pub(super) async fn answer<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&dyn KernelSource) -> Result<T, KernelError> + Send + 'static,
) -> Result<Json<T>, Problem> {
    ask(shared, work).await.map(Json)
}

/// The being that a path or a body names.
pub(super) use crate::http::consent::being as named;

fn problem(error: &KernelError) -> Problem {
    let detail = error.to_string();
    match error {
        KernelError::NoSuchBeing(_) => Problem::no_such(detail),
        KernelError::Exists(_) | KernelError::Asleep(_) | KernelError::Full { .. } => {
            Problem::conflict(detail)
        }
        KernelError::Refused { .. } => Problem::refused(detail),
        KernelError::Invalid { .. } => Problem::bad_request(detail),
        KernelError::Busy | KernelError::InUse(_) => Problem::unavailable(detail, 1),
        KernelError::Failed { .. } => Problem::failed(detail),
    }
}
