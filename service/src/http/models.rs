//! The models that are loaded: the JSON of `/v1/models`.

use super::extract::ValidPath;
use super::problem::Problem;
use super::shared::Shared;
use super::source::ReleaseError;
use crate::status::NpuModel;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The JSON of `/v1/models`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelsView {
    /// Where they run; `None` when nowhere.
    pub backend: Option<String>,
    /// In the order in which they were loaded.
    pub models: Vec<ModelView>,
}

/// One model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelView {
    /// As in the status.
    #[serde(flatten)]
    pub model: NpuModel,
    /// Under which terms it may be used (SPDX).
    pub licence: String,
    /// How it was trained and on what.
    pub training: String,
    /// What it takes.
    pub inputs: Vec<TensorView>,
    /// What it yields.
    pub outputs: Vec<TensorView>,
}

/// One input or output of a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TensorView {
    /// Its name.
    pub name: String,
    /// Elements along each axis, the slowest first.
    pub shape: Vec<usize>,
    /// Type of the elements: `f32` or `i8`.
    pub element: String,
    /// What the elements along the last axis stand for; empty where nothing is told.
    pub labels: Vec<String>,
}

pub(super) async fn models(State(shared): State<Arc<Shared>>) -> Json<ModelsView> {
    Json(shared.source.models())
}

/// Lets a model that was set aside run again where it was: 202, since its worker has to start.
pub(super) async fn release(
    State(shared): State<Arc<Shared>>,
    ValidPath(name): ValidPath<String>,
) -> Result<(StatusCode, Json<ModelsView>), Problem> {
    let released = shared.source.release_model(&name);
    released.map_err(|error| match error {
        ReleaseError::NoSuchModel(_) => Problem::no_such(error.to_string()),
        ReleaseError::NotSetAside(_) => Problem::conflict(error.to_string()),
    })?;
    Ok((StatusCode::ACCEPTED, Json(shared.source.models())))
}
