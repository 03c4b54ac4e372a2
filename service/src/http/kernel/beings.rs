//! Beings: shown, made, changed, erased; their parameters; the bridge between them.

use super::answer::{answer, ask};
use crate::http::extract::{ValidJson, ValidPath, ValidQuery};
use crate::http::figures::within;
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{
    BeingChange, BeingView, BeingsView, BridgeLogView, ConsentLogView, ErasedView, GiftView,
    GivenView, NewBeingView, ParametersView,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use triune_core::BeingId;

/// Changes in an answer when nothing else is asked for.
const CHANGES: usize = 50;
/// Most changes in an answer.
const MOST_CHANGES: usize = 1_000;

pub(super) async fn all(State(shared): State<Arc<Shared>>) -> Result<Json<BeingsView>, Problem> {
    answer(&shared, |kernel| kernel.beings()).await
}

pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<BeingView>, Problem> {
    answer(&shared, move |kernel| kernel.being(being)).await
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    ValidJson(wanted): ValidJson<NewBeingView>,
) -> Result<(StatusCode, Json<BeingView>), Problem> {
    let being = ask(&shared, move |kernel| kernel.add_being(&wanted)).await?;
    Ok((StatusCode::CREATED, Json(being)))
}

pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidJson(change): ValidJson<BeingChange>,
) -> Result<Json<BeingView>, Problem> {
    answer(&shared, move |kernel| kernel.change_being(being, &change)).await
}

pub(super) async fn erase(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<ErasedView>, Problem> {
    let drawn = Arc::clone(&shared);
    answer(&shared, move |kernel| {
        let erased = kernel.erase_being(being);
        // Nothing that was drawn of it is shown again, whether or not anybody still waits for the
        // answer.
        drawn.frames.forget();
        erased
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogAsked {
    limit: Option<usize>,
}

pub(super) async fn consent_log(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidQuery(asked): ValidQuery<LogAsked>,
) -> Result<Json<ConsentLogView>, Problem> {
    let limit = within("limit", asked.limit.unwrap_or(CHANGES), 1, MOST_CHANGES)?;
    answer(&shared, move |kernel| kernel.consent_log(being, limit)).await
}

pub(super) async fn bridge_log(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidQuery(asked): ValidQuery<LogAsked>,
) -> Result<Json<BridgeLogView>, Problem> {
    let limit = within("limit", asked.limit.unwrap_or(CHANGES), 1, MOST_CHANGES)?;
    answer(&shared, move |kernel| kernel.bridge_log(being, limit)).await
}

pub(super) async fn parameters(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<ParametersView>, Problem> {
    answer(&shared, move |kernel| kernel.parameters(being)).await
}

pub(super) async fn tune(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
    ValidJson(values): ValidJson<BTreeMap<String, f32>>,
) -> Result<Json<ParametersView>, Problem> {
    answer(&shared, move |kernel| {
        kernel.change_parameters(being, &values)
    })
    .await
}

pub(super) async fn give(
    State(shared): State<Arc<Shared>>,
    ValidJson(gift): ValidJson<GiftView>,
) -> Result<Json<GivenView>, Problem> {
    answer(&shared, move |kernel| kernel.give(&gift)).await
}
