//! What recurs in a being and was not taught: listed, named, forgotten.

use super::answer::answer;
use crate::http::extract::{ValidJson, ValidPath, ValidPaths};
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{PatternName, PatternView, PatternsView};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use triune_core::BeingId;

pub(super) async fn all(
    State(shared): State<Arc<Shared>>,
    ValidPath(being): ValidPath<BeingId>,
) -> Result<Json<PatternsView>, Problem> {
    answer(&shared, move |kernel| kernel.patterns(being)).await
}

pub(super) async fn name(
    State(shared): State<Arc<Shared>>,
    ValidPaths(being, number): ValidPaths<BeingId, u32>,
    ValidJson(wanted): ValidJson<PatternName>,
) -> Result<Json<PatternView>, Problem> {
    answer(&shared, move |kernel| {
        kernel.name_pattern(being, number, &wanted.name)
    })
    .await
}

pub(super) async fn forget(
    State(shared): State<Arc<Shared>>,
    ValidPaths(being, number): ValidPaths<BeingId, u32>,
) -> Result<Json<PatternView>, Problem> {
    answer(&shared, move |kernel| kernel.forget_pattern(being, number)).await
}
