//! A being's consent, shown and changed.

use super::extract::ValidJson;
use super::problem::Problem;
use super::shared::Shared;
use super::source::ConsentError;
use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use triune_core::{BeingId, Consent, InvalidBeingId, Sense};

/// The JSON of `/v1/beings/{id}/consent`: what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentView {
    /// Sound reaches the being.
    pub hear: bool,
    /// Pictures reach the being.
    pub see: bool,
    /// The state of the board reaches the being.
    pub feel: bool,
    /// Moments are kept and recalled.
    pub remember: bool,
    /// Crystals may be given to other beings.
    pub share: bool,
    /// The being may express itself.
    pub speak: bool,
}

/// The body of `PATCH /v1/beings/{id}/consent`; what is not named stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentChange {
    /// Sound reaches the being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hear: Option<bool>,
    /// Pictures reach the being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub see: Option<bool>,
    /// The state of the board reaches the being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feel: Option<bool>,
    /// Moments are kept and recalled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// Crystals may be given to other beings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<bool>,
    /// The being may express itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speak: Option<bool>,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            hear: consent.allows(Sense::Hear),
            see: consent.allows(Sense::See),
            feel: consent.allows(Sense::Feel),
            remember: consent.allows(Sense::Remember),
            share: consent.allows(Sense::Share),
            speak: consent.allows(Sense::Speak),
        }
    }
}

impl ConsentView {
    /// Every sense, and whether it is allowed.
    #[must_use]
    pub fn senses(self) -> [(Sense, bool); 6] {
        [
            (Sense::Hear, self.hear),
            (Sense::See, self.see),
            (Sense::Feel, self.feel),
            (Sense::Remember, self.remember),
            (Sense::Share, self.share),
            (Sense::Speak, self.speak),
        ]
    }
}

impl ConsentChange {
    /// `consent` with what is named here allowed or refused.
    #[must_use]
    pub fn apply(&self, consent: Consent) -> Consent {
        [
            (Sense::Hear, self.hear),
            (Sense::See, self.see),
            (Sense::Feel, self.feel),
            (Sense::Remember, self.remember),
            (Sense::Share, self.share),
            (Sense::Speak, self.speak),
        ]
        .into_iter()
        .fold(consent, |consent, (sense, allowed)| match allowed {
            Some(allowed) => consent.with(sense, allowed),
            None => consent,
        })
    }
}

pub(super) async fn shown(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<ConsentView>, Problem> {
    let being = being(&id)?;
    let source = Arc::clone(&shared.source);
    let consent = tokio::task::spawn_blocking(move || source.consent(being))
        .await
        .map_err(|_| Problem::failed("the work ended early; the log says why"))?
        .map_err(|error| problem(&error))?;
    Ok(Json(consent.into()))
}

pub(super) async fn changed(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    ValidJson(change): ValidJson<ConsentChange>,
) -> Result<Json<ConsentView>, Problem> {
    let being = being(&id)?;
    // On a thread of its own, apart from the pictures': a refusal waits for nobody.
    let source = Arc::clone(&shared.source);
    let changed = tokio::task::spawn_blocking(move || source.change_consent(being, &change)).await;
    let consent = changed
        .map_err(|_| Problem::failed("the change ended early; the log says why"))?
        .map_err(|error| problem(&error))?;
    Ok(Json(consent.into()))
}

pub(super) fn being(id: &str) -> Result<BeingId, Problem> {
    id.parse()
        .map_err(|error: InvalidBeingId| Problem::bad_request(error.to_string()))
}

fn problem(error: &ConsentError) -> Problem {
    let detail = error.to_string();
    match error {
        ConsentError::NoSuchBeing(_) => Problem::no_such(detail),
        ConsentError::Full | ConsentError::InUse(_) => Problem::unavailable(detail, 1),
        ConsentError::NotInForce { .. } | ConsentError::NotDurable { .. } => {
            Problem::failed(detail)
        }
    }
}
