//! Whether the service lives and is ready: for supervisors, without a token.

use super::shared::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The JSON of `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// Whether the service does what it was configured to do.
    pub ready: bool,
    /// What stands in the way or is not as it should be.
    pub reasons: Vec<String>,
}

pub(super) async fn live() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<Readiness>) {
    let status = shared.source.status();
    let mut reasons: Vec<String> = status
        .degraded
        .iter()
        .map(|trouble| format!("{}: {}", trouble.what, trouble.why))
        .collect();
    if !status.ready && reasons.is_empty() {
        reasons.push("starting: the first cycles have not run yet".to_owned());
    }
    let code = if status.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        code,
        Json(Readiness {
            ready: status.ready,
            reasons,
        }),
    )
}
