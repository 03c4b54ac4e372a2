//! Memories: searched, shown, made durable.

use super::answer::answer;
use crate::http::extract::{ValidJson, ValidQuery, parsed};
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{MemoryView, RecallAnswerView, RecallQuestion, SyncedView};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use triune_core::BeingId;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemoryAsked {
    being: Option<String>,
}

pub(super) async fn recall(
    State(shared): State<Arc<Shared>>,
    ValidJson(question): ValidJson<RecallQuestion>,
) -> Result<Json<RecallAnswerView>, Problem> {
    answer(&shared, move |kernel| kernel.recall(&question)).await
}

pub(super) async fn figures(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<MemoryAsked>,
) -> Result<Json<MemoryView>, Problem> {
    let being = asked.being.as_deref().map_or(Ok(BeingId::FIRST), parsed)?;
    answer(&shared, move |kernel| kernel.memory(being)).await
}

pub(super) async fn sync(State(shared): State<Arc<Shared>>) -> Result<Json<SyncedView>, Problem> {
    answer(&shared, |kernel| kernel.sync_memory()).await
}
