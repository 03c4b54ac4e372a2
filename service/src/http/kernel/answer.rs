//! Asks the kernel on a thread that may block, and tells its refusals as problems.

use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{KernelError, KernelSource};
use axum::Json;
use std::sync::Arc;

/// Asks the kernel. So much at a time and no more: a consent is changed beside it, and a refusal
/// finds a thread even while work hangs.
pub(super) async fn ask<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&dyn KernelSource) -> Result<T, KernelError> + Send + 'static,
) -> Result<T, Problem> {
    let place = Arc::clone(&shared.kernel_calls)
        .acquire_owned()
        .await
        .map_err(|_| Problem::unavailable("the service is stopping", 5))?;
    ask_with(shared, move |kernel| {
        // It goes with the work, so that clients who ask and leave cannot pile it up.
        let _place = place;
        work(kernel)
    })
    .await
}

/// Asks the kernel on behalf of somebody who has a place.
pub(super) async fn ask_with<T: Send + 'static>(
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

fn problem(error: &KernelError) -> Problem {
    let detail = error.to_string();
    match error {
        KernelError::NoSuchBeing(_) | KernelError::NoSuchPattern(..) => Problem::no_such(detail),
        KernelError::Exists(_) | KernelError::Asleep(_) | KernelError::Full { .. } => {
            Problem::conflict(detail)
        }
        KernelError::Refused { .. } => Problem::refused(detail),
        KernelError::Invalid { .. } => Problem::bad_request(detail),
        KernelError::Busy | KernelError::InUse(_) => Problem::unavailable(detail, 1),
        KernelError::Failed { .. } => Problem::failed(detail),
    }
}
