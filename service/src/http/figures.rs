//! Status, state, detections and metrics.

use super::extract::ValidQuery;
use super::problem::Problem;
use super::shared::Shared;
use super::source::{DetectionQuery, Detections};
use super::state_view::StateView;
use crate::metrics;
use crate::status::Status;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use std::sync::Arc;

/// Detections in an answer when nothing else is asked for.
const DETECTIONS: usize = 100;
/// Most detections in an answer.
pub(super) const MOST_DETECTIONS: usize = 1_000;

pub(super) async fn status(State(shared): State<Arc<Shared>>) -> Json<Status> {
    Json(shared.source.status())
}

pub(super) async fn state(State(shared): State<Arc<Shared>>) -> Result<Json<StateView>, Problem> {
    let none = || Problem::unavailable("no cycle has run yet", 1);
    shared.source.state().map(Json).ok_or_else(none)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DetectionsAsked {
    #[serde(default)]
    since_ns: u64,
    limit: Option<usize>,
}

pub(super) async fn detections(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<DetectionsAsked>,
) -> Result<Json<Detections>, Problem> {
    let limit = within(
        "limit",
        asked.limit.unwrap_or(DETECTIONS),
        1,
        MOST_DETECTIONS,
    )?;
    let query = DetectionQuery {
        since_ns: asked.since_ns,
        limit,
    };
    Ok(Json(shared.source.detections(&query)))
}

pub(super) async fn metrics(
    State(shared): State<Arc<Shared>>,
) -> Result<impl IntoResponse, Problem> {
    let text = metrics::render(&shared.source.status())
        .map_err(|error| Problem::failed(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}

/// A number of a query, if it lies within its bounds.
pub(super) fn within<T: Copy + PartialOrd + std::fmt::Display>(
    name: &str,
    value: T,
    low: T,
    high: T,
) -> Result<T, Problem> {
    if value >= low && value <= high {
        Ok(value)
    } else {
        Err(Problem::bad_request(format!(
            "{name} = {value} is outside {low} to {high}"
        )))
    }
}
