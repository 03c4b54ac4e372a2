//! Words told to the kernel.

use super::extract::{ValidJson, parsed};
use super::problem::Problem;
use super::shared::Shared;
use super::source::ToldError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use triune_core::BeingId;

/// Longest text told at once, bytes.
const TEXT_BYTES: usize = 4_096;

/// The body of `POST /v1/events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What is said.
    pub words: String,
    /// Id of the being that it is said to; the first being when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub being: Option<String>,
}

/// The answer to `POST /v1/events`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// How many words the kernel takes.
    pub accepted: usize,
}

pub(super) async fn told(
    State(shared): State<Arc<Shared>>,
    ValidJson(body): ValidJson<Words>,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    if body.words.len() > TEXT_BYTES {
        return Err(Problem::too_large(TEXT_BYTES));
    }
    let being = body.being.as_deref().map_or(Ok(BeingId::FIRST), parsed)?;
    match shared.source.told(being, &body.words) {
        Ok(accepted) => Ok((StatusCode::ACCEPTED, Json(Accepted { accepted }))),
        Err(error @ ToldError::NoWords) => Err(Problem::bad_request(error.to_string())),
        Err(error @ ToldError::NoSuchBeing(_)) => Err(Problem::no_such(error.to_string())),
        Err(error @ (ToldError::Waits(_) | ToldError::Asleep(_))) => {
            Err(Problem::conflict(error.to_string()))
        }
        Err(error @ ToldError::Full) => Err(Problem::unavailable(error.to_string(), 1)),
    }
}
