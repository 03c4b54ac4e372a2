//! Reads the appliance's HTTP API, with short patience: the host's side of the forwarded
//! port accepts before the guest listens.

use std::time::Duration;

use serde::de::DeserializeOwned;

const READY_PATIENCE: Duration = Duration::from_millis(300);
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// Why the API gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("GET {path} failed: {reason}")]
    Request { path: String, reason: String },
    #[error("GET {path} answered something else than agreed: {reason}")]
    Answer { path: String, reason: String },
}

/// A running appliance's API.
pub(crate) struct Api {
    base: String,
    token: String,
    agent: ureq::Agent,
}

impl Api {
    pub(crate) fn new(port: u16, token: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            // A proxy set for the network has no business on the loopback address.
            .proxy(None)
            .build()
            .into();
        Self {
            base: format!("http://127.0.0.1:{port}"),
            token: token.to_owned(),
            agent,
        }
    }

    /// The page's address, with the token that it needs.
    pub(crate) fn link(&self) -> String {
        format!("{}/?token={}", self.base, self.token)
    }

    /// Whether the service says that it is ready.
    pub(crate) fn ready(&self) -> bool {
        self.agent
            .get(format!("{}/readyz", self.base))
            .config()
            .timeout_global(Some(READY_PATIENCE))
            .build()
            .call()
            .is_ok()
    }

    /// Gets a JSON document.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        let failed = |error: ureq::Error| ApiError::Request {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let mut response = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .config()
            .timeout_global(Some(ANSWER_PATIENCE))
            // An error's body says more than its number.
            .http_status_as_error(false)
            .build()
            .call()
            .map_err(failed)?;
        let text = response.body_mut().read_to_string().map_err(failed)?;
        if !response.status().is_success() {
            return Err(ApiError::Request {
                path: path.to_owned(),
                reason: format!("{}; {}", response.status(), beginning(&text)),
            });
        }
        serde_json::from_str(&text).map_err(|error| ApiError::Answer {
            path: path.to_owned(),
            reason: format!("{error}; it was {}", beginning(&text)),
        })
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(300).collect()
}
