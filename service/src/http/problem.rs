//! Errors as the server tells them: problem details in JSON (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// The body of every error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of problem, as a name that stays the same: `urn:triune:problem:...`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind for people to read.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What was wrong this time, and what to do.
    pub detail: String,
    /// Seconds after which it may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:triune:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            retry_after_s: None,
        }
    }

    fn after(self, seconds: u64) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }

    pub(super) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "A token is needed",
            detail,
        )
    }

    pub(super) fn too_many_failures(seconds: u64) -> Self {
        let detail = "too many wrong tokens came from this address: wait, then try the right one";
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "too-many-failures", "Too many wrong tokens", detail).after(seconds)
    }

    pub(super) fn foreign_origin(origin: &str) -> Self {
        let detail =
            format!("a page of {origin} may not act here: use the board's own page, or a token");
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign-origin",
            "Another page asked",
            detail,
        )
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Not for this user",
            detail,
        )
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request is wrong",
            detail,
        )
    }

    pub(super) fn not_found(path: &str) -> Self {
        let detail =
            format!("there is nothing at {path}: the page at / and /v1/status are where to begin");
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Nothing is here",
            detail,
        )
    }

    pub(super) fn no_such(detail: impl Into<String>) -> Self {
        let status = StatusCode::NOT_FOUND;
        Self::new(status, "not-found", "Nothing is here", detail)
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        let status = StatusCode::CONFLICT;
        Self::new(status, "conflict", "Not as things are now", detail)
    }

    pub(super) fn refused(detail: impl Into<String>) -> Self {
        let status = StatusCode::CONFLICT;
        Self::new(status, "refused", "It was refused", detail)
    }

    pub(super) fn method_not_allowed(method: &str, path: &str) -> Self {
        let detail = format!("{path} does not take {method}: the Allow header says what it takes");
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "method-not-allowed", "Wrong method", detail)
    }

    pub(super) fn timed_out(seconds: u64) -> Self {
        let detail = format!("the request was not done within {seconds} s: send it again");
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "timed-out",
            "It took too long",
            detail,
        )
    }

    /// Work that was begun and is not given up because nobody waits for it any longer.
    pub(super) fn still_going(seconds: u64) -> Self {
        let detail = format!(
            "the work was not done within {seconds} s and may still be done: look how things are \
             before asking for it again"
        );
        let status = StatusCode::GATEWAY_TIMEOUT;
        Self::new(status, "still-going", "It takes too long", detail)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let detail = format!("the body is longer than {limit} bytes: send less at a time");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too long",
            detail,
        )
    }

    pub(super) fn wrong_media_type() -> Self {
        let detail = "send the body as JSON, with the header Content-Type: application/json";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "wrong-media-type", "The body is not JSON", detail)
    }

    pub(super) fn misdirected(host: &str) -> Self {
        let detail = format!(
            "this board does not answer to the name '{host}': use its address, or add the name to the configuration"
        );
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected",
            "Unknown host name",
            detail,
        )
    }

    pub(super) fn failed(detail: impl Into<String>) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "failed", "It could not be done", detail)
    }

    pub(super) fn unavailable(detail: impl Into<String>, retry_seconds: u64) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "unavailable", "Not available now", detail).after(retry_seconds)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"triune\"");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
