//! Which path leads where.

use super::shared::Shared;
use super::{
    consent, crystals, figures, frame, guard, health, kernel, models, page, problem::Problem,
    stream, words,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, patch, post};
use std::sync::Arc;

/// The whole interface, the same over TCP and over the control socket.
pub(super) fn router(shared: &Arc<Shared>) -> Router {
    let authorised = || from_fn_with_state(Arc::clone(shared), guard::authorised);
    let short = Router::new()
        .route("/metrics", get(figures::metrics))
        .route("/v1/status", get(figures::status))
        .route("/v1/state", get(figures::state))
        .route("/v1/models", get(models::models))
        .route("/v1/models/{name}/release", post(models::release))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/detections", get(figures::detections))
        .route("/v1/memory/crystals", get(crystals::crystals))
        .route("/v1/frame.png", get(frame::frame))
        .route("/v1/events", post(words::told))
        .route("/v1/beings/{id}/consent", get(consent::shown))
        .merge(kernel::short())
        .route_layer(authorised())
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/", get(page::index))
        .route("/page/{name}", get(page::file))
        .layer(from_fn_with_state(Arc::clone(shared), guard::in_time));
    let long = Router::new()
        .route("/v1/beings/{id}/consent", patch(consent::changed))
        .merge(kernel::long())
        .route_layer(authorised())
        .layer(from_fn_with_state(
            Arc::clone(shared),
            guard::in_transfer_time,
        ));
    // Layers reach what was merged before them, so these come last.
    Router::new()
        .merge(short)
        .merge(long)
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(shared.options.body_bytes))
        .layer(from_fn_with_state(Arc::clone(shared), guard::known_host))
        .layer(from_fn(guard::secure_headers))
        .with_state(Arc::clone(shared))
}

async fn nothing_here(uri: Uri) -> Problem {
    Problem::not_found(uri.path())
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    Problem::method_not_allowed(method.as_str(), uri.path())
}
