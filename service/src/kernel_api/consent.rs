//! What a being consents to.

use serde::{Deserialize, Serialize};
use triune_core::{Consent, Sense};

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
