//! A being's consent, shown and changed.

use super::extract::{ValidJson, ValidPath};
use super::problem::Problem;
use super::shared::Shared;
use super::source::ConsentError;
use crate::kernel_api::{ConsentChange, ConsentView};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use triune_core::{BeingId, Consent};

pub(super) async fn shown(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<ConsentView>, Problem> {
    answer(&shared, being, move |shared| shared.source.consent(being)).await
}

pub(super) async fn changed(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidJson(change): ValidJson<ConsentChange>,
) -> Result<Json<ConsentView>, Problem> {
    answer(&shared, being, move |shared| {
        let changed = shared.source.change_consent(being, &change);
        // Nothing that was drawn of a refused sense is shown again, whatever became of the change
        // and whether or not anybody still waits for the answer.
        shared.frames.forget();
        changed
    })
    .await
}

/// Does `work` on a thread of its own, apart from the pictures'. A refusal of somebody awake waits for
/// nobody; what concerns sleepers waits for one of a few places, so that it never takes every thread.
async fn answer(
    shared: &Arc<Shared>,
    being: BeingId,
    work: impl FnOnce(&Shared) -> Result<Consent, ConsentError> + Send + 'static,
) -> Result<Json<ConsentView>, Problem> {
    let place = if shared.source.is_awake(being) {
        None
    } else {
        let waited = Arc::clone(&shared.sleepers_consents).acquire_owned().await;
        Some(waited.map_err(|_| Problem::unavailable("the service is stopping", 5))?)
    };
    let shared = Arc::clone(shared);
    let done = tokio::task::spawn_blocking(move || {
        // It goes with the work, so that clients who ask and leave cannot pile it up.
        let _place = place;
        work(&shared)
    });
    let consent = done
        .await
        .map_err(|error| {
            log::error!("a request's work ended early: {error}");
            Problem::failed("the work ended early; the log says why")
        })?
        .map_err(|error| problem(&error))?;
    Ok(Json(consent.into()))
}

fn problem(error: &ConsentError) -> Problem {
    let detail = error.to_string();
    match error {
        ConsentError::NoSuchBeing(_) => Problem::no_such(detail),
        ConsentError::Full | ConsentError::InUse(_) => Problem::unavailable(detail, 1),
        ConsentError::NotInForce { .. }
        | ConsentError::NotDurable { .. }
        | ConsentError::Unreadable { .. } => Problem::failed(detail),
    }
}
