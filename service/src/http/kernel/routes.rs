//! Which path leads where.

use super::{beings, control, memory, patterns, transfer};
use crate::http::shared::Shared;
use axum::Router;
use axum::routing::{get, patch, post};
use std::sync::Arc;

/// What is read and can be asked again.
pub(in crate::http) fn short() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/beings", get(beings::all))
        .route("/v1/beings/{id}", get(beings::one))
        .route("/v1/beings/{id}/consent/log", get(beings::consent_log))
        .route("/v1/beings/{id}/bridge/log", get(beings::bridge_log))
        .route("/v1/beings/{id}/parameters", get(beings::parameters))
        .route("/v1/beings/{id}/patterns", get(patterns::all))
        .route("/v1/memory", get(memory::figures))
        .route("/v1/kernel", get(control::shown))
        .route("/v1/faults", get(control::faults))
}

/// What changes something, searches or moves a whole memory: it waits for cycles and disks.
pub(in crate::http) fn long() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/beings", post(beings::add))
        .route(
            "/v1/beings/{id}",
            patch(beings::change).delete(beings::erase),
        )
        .route("/v1/beings/{id}/parameters", patch(beings::tune))
        .route(
            "/v1/beings/{id}/patterns/{number}",
            patch(patterns::name).delete(patterns::forget),
        )
        .route("/v1/beings/{id}/export", get(transfer::export))
        .route("/v1/beings/import", post(transfer::import))
        .route("/v1/bridge", post(beings::give))
        .route("/v1/recall", post(memory::recall))
        .route("/v1/memory/sync", post(memory::sync))
        .route("/v1/kernel", patch(control::changed))
        .route(
            "/v1/kernel/burst",
            post(control::burst).delete(control::end_burst),
        )
}
