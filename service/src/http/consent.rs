//! A being's consent, shown and changed.

use super::extract::{ValidJson, ValidPath};
use super::problem::Problem;
use super::shared::Shared;
use super::source::ConsentError;
use crate::kernel_api::{ConsentChange, ConsentView};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use triune_core::BeingId;

pub(super) async fn shown(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<ConsentView>, Problem> {
    let source = Arc::clone(&shared.source);
    let consent = tokio::task::spawn_blocking(move || source.consent(being))
        .await
        .map_err(|_| Problem::failed("the work ended early; the log says why"))?
        .map_err(|error| problem(&error))?;
    Ok(Json(consent.into()))
}

pub(super) async fn changed(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidJson(change): ValidJson<ConsentChange>,
) -> Result<Json<ConsentView>, Problem> {
    // On a thread of its own, apart from the pictures': a refusal waits for nobody.
    let source = Arc::clone(&shared.source);
    let changed = tokio::task::spawn_blocking(move || source.change_consent(being, &change)).await;
    let consent = changed
        .map_err(|_| Problem::failed("the change ended early; the log says why"))?
        .map_err(|error| problem(&error))?;
    // Nothing that was drawn of a refused sense is shown again.
    shared.frames.forget();
    Ok(Json(consent.into()))
}

fn problem(error: &ConsentError) -> Problem {
    let detail = error.to_string();
    match error {
        ConsentError::NoSuchBeing(_) => Problem::no_such(detail),
        ConsentError::Full | ConsentError::InUse(_) => Problem::unavailable(detail, 1),
        ConsentError::NotInForce { .. } | ConsentError::NotDurable { .. } => {
            Problem::failed(detail)
        }
    }
}
