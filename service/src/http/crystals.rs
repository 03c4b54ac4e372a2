//! Kept moments.

use super::extract::ValidQuery;
use super::figures::within;
use super::problem::Problem;
use super::shared::Shared;
use super::source::{CrystalQuery, Crystals, CrystalsError};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use triune_core::CrystalKind;

/// Moments in an answer when nothing else is asked for.
const CRYSTALS: usize = 50;
/// Most moments in an answer.
const MOST_CRYSTALS: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrystalsAsked {
    limit: Option<usize>,
    before: Option<u64>,
    kind: Option<String>,
}

pub(super) async fn crystals(
    State(shared): State<Arc<Shared>>,
    ValidQuery(asked): ValidQuery<CrystalsAsked>,
) -> Result<Json<Crystals>, Problem> {
    let query = CrystalQuery {
        limit: within("limit", asked.limit.unwrap_or(CRYSTALS), 1, MOST_CRYSTALS)?,
        before: asked.before,
        kind: asked.kind.as_deref().map(kind).transpose()?,
    };
    match shared
        .blocking(move |source| source.crystals(&query))
        .await?
    {
        Ok(crystals) => Ok(Json(crystals)),
        Err(error @ CrystalsError::Absent { .. }) => {
            Err(Problem::unavailable(error.to_string(), 30))
        }
        Err(error @ CrystalsError::Failed { .. }) => Err(Problem::failed(error.to_string())),
    }
}

fn kind(name: &str) -> Result<CrystalKind, Problem> {
    CrystalKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| {
            let known: Vec<&str> = CrystalKind::ALL
                .into_iter()
                .map(CrystalKind::name)
                .collect();
            Problem::bad_request(format!(
                "no moment is of kind '{name}': use {}",
                known.join(", ")
            ))
        })
}
