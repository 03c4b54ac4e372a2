//! The page, its files, and the way in for a browser.

use super::extract::ValidPath;
use super::guard::{check_token, host_of};
use super::host;
use super::problem::Problem;
use super::shared::{Peer, Shared};
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, LazyLock};

/// How long a browser keeps the cookie, seconds: 30 days.
const COOKIE_SECONDS: u32 = 30 * 86_400;

/// A file of the page.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

macro_rules! assets {
    ($($name:literal is $media_type:literal,)+) => {
        [$(Asset {
            name: $name,
            media_type: $media_type,
            content: include_str!(concat!("../../page/", $name)),
        },)+]
    };
}

/// The page and all that it loads. It loads nothing else, from here or elsewhere.
static ASSETS: [Asset; 14] = assets! {
    "index.html" is "text/html; charset=utf-8",
    "style.css" is "text/css; charset=utf-8",
    "icon.svg" is "image/svg+xml",
    "app.js" is "text/javascript; charset=utf-8",
    "beings.js" is "text/javascript; charset=utf-8",
    "live.js" is "text/javascript; charset=utf-8",
    "text.js" is "text/javascript; charset=utf-8",
    "dom.js" is "text/javascript; charset=utf-8",
    "ramp.js" is "text/javascript; charset=utf-8",
    "spark.js" is "text/javascript; charset=utf-8",
    "cycle.js" is "text/javascript; charset=utf-8",
    "mind.js" is "text/javascript; charset=utf-8",
    "senses.js" is "text/javascript; charset=utf-8",
    "moments.js" is "text/javascript; charset=utf-8",
};

/// The entity tag of each file, so that a browser asks again but loads only what changed.
static TAGS: LazyLock<Vec<HeaderValue>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| {
            let digest = Sha256::digest(asset.content.as_bytes());
            let tag: String = digest[..8]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            HeaderValue::from_str(&format!("\"{tag}\""))
                .unwrap_or(HeaderValue::from_static("\"unknown\""))
        })
        .collect()
});

/// The page itself. `/?token=...` is the way in for a browser: the token becomes a cookie that
/// no script can read, and leaves the address bar and the history.
pub(super) async fn index(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let token = query.as_deref().and_then(|query| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("token="))
    });
    match (token, peer) {
        (Some(token), Peer::Tcp(address)) => {
            if let Err(problem) = check_token(&shared, address, token) {
                return refused(problem, &headers);
            }
            let Some(cookie) = shared.tokens.cookie_for(token) else {
                return Problem::failed("the token has no cookie").into_response();
            };
            let name = host::cookie_name(host_of(&headers, &uri));
            let cookie = format!(
                "{name}={cookie}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict"
            );
            let to_page = [
                (header::LOCATION, "/".to_owned()),
                (header::SET_COOKIE, cookie),
            ];
            (StatusCode::SEE_OTHER, to_page).into_response()
        }
        _ => serve(0, &headers),
    }
}

/// A browser gets the page, which says how to come in; anything else gets the problem.
fn refused(problem: Problem, headers: &HeaderMap) -> Response {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains("text/html")) {
        return problem.into_response();
    }
    let status = problem.status;
    let mut response = serve(0, &HeaderMap::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::UNAUTHORIZED);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A file of the page.
pub(super) async fn file(ValidPath(name): ValidPath<String>, headers: HeaderMap) -> Response {
    match ASSETS.iter().position(|asset| asset.name == name) {
        Some(index) => serve(index, &headers),
        None => Problem::not_found(&format!("/page/{name}")).into_response(),
    }
}

fn serve(index: usize, headers: &HeaderMap) -> Response {
    let (asset, tag) = (&ASSETS[index], &TAGS[index]);
    let fixed = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.media_type),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, tag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(tag) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, asset.content).into_response()
}
