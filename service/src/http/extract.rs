//! Paths, queries and bodies, with errors as problems.

use super::problem::Problem;
use super::shared::Shared;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

/// The one part of a path that is not fixed, as `T`.
pub(super) struct ValidPath<T>(pub(super) T);

impl<T: FromStr<Err: Display>, S: Send + Sync> FromRequestParts<S> for ValidPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => parsed(&text).map(Self),
            Err(rejection) => Err(Problem::bad_request(rejection.body_text())),
        }
    }
}

/// The two parts of a path that are not fixed, as `A` and `B`.
pub(super) struct ValidPaths<A, B>(pub(super) A, pub(super) B);

impl<A, B, S> FromRequestParts<S> for ValidPaths<A, B>
where
    A: FromStr<Err: Display>,
    B: FromStr<Err: Display>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((one, other))) => Ok(Self(parsed(&one)?, parsed(&other)?)),
            Err(rejection) => Err(Problem::bad_request(rejection.body_text())),
        }
    }
}

/// What a path, a query or a body names, such as a being.
pub(super) fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, Problem> {
    text.parse()
        .map_err(|error: T::Err| Problem::bad_request(error.to_string()))
}

/// A query string as `T`.
pub(super) struct ValidQuery<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Problem::bad_request(rejection.body_text())),
        }
    }
}

/// A JSON body as `T`. It must have come within the time of a short request, however long the work
/// may take.
pub(super) struct ValidJson<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Shared>> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let time = shared.options.request_time;
        let Ok(read) = tokio::time::timeout(time, Json::<T>::from_request(request, shared)).await
        else {
            return Err(Problem::timed_out(time.as_secs()));
        };
        match read {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::wrong_media_type()),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large(shared.options.body_bytes))
            }
            Err(rejection) => Err(Problem::bad_request(rejection.body_text())),
        }
    }
}
