//! Who may ask, for how long, and what every answer carries.

use super::host;
use super::problem::Problem;
use super::shared::{Peer, Shared};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sent with every answer: the page may load and call this server and nothing else, and nobody
/// may frame, sniff or learn the address of anything here.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Adds the headers that every answer carries.
pub(super) async fn secure_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses requests over TCP that were meant for another host.
pub(super) async fn known_host(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if matches!(peer(&request), Some(Peer::Tcp(_))) {
        let host = host_of(request.headers(), request.uri());
        if !host::is_ours(host, &shared.options.host_names) {
            return Problem::misdirected(host).into_response();
        }
    }
    next.run(request).await
}

/// Ends requests that take too long; nothing is lost if they are sent again.
pub(super) async fn in_time(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    within(
        shared.options.request_time,
        Problem::timed_out,
        request,
        next,
    )
    .await
}

/// Ends the wait for changes and transfers that take too long.
pub(super) async fn in_transfer_time(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    within(
        shared.options.transfer_time,
        Problem::still_going,
        request,
        next,
    )
    .await
}

async fn within(
    time: Duration,
    late: fn(u64) -> Problem,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => late(time.as_secs()).into_response(),
    }
}

/// Lets pass who holds a token, its cookie, or the control socket.
pub(super) async fn authorised(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    match authorise(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn authorise(shared: &Shared, request: &Request) -> Result<(), Problem> {
    let address = match peer(request) {
        Some(Peer::Control) => return Ok(()),
        Some(Peer::Tcp(address)) => address,
        None => return Err(no_token(shared)),
    };
    let headers = request.headers();
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(bearer).unwrap_or_default();
        return check_token(shared, address, token);
    }
    let host = host_of(headers, request.uri());
    let name = host::cookie_name(host);
    if !cookies(headers, &name).any(|value| shared.tokens.holds_cookie(value)) {
        return Err(no_token(shared));
    }
    // Another port of the same host is the same site to a browser, so the cookie may come with
    // a request that its page made. Such a page may not act here.
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("an unreadable origin"));
    match origin {
        Some(origin) if !request.method().is_safe() && authority(origin) != Some(host) => {
            Err(Problem::foreign_origin(origin))
        }
        _ => Ok(()),
    }
}

/// Checks a token that was presented, unless too many wrong ones came from there.
pub(super) fn check_token(shared: &Shared, address: IpAddr, token: &str) -> Result<(), Problem> {
    let now = Instant::now();
    if let Some(seconds) = shared.failures.wait(address, now) {
        return Err(Problem::too_many_failures(seconds));
    }
    if shared.tokens.holds(token) {
        return Ok(());
    }
    shared.failures.count(address, now);
    log::warn!("a wrong token came from {address}");
    let hint = &shared.options.token_hint;
    Err(Problem::unauthorized(format!(
        "this token does not open this service: {hint}"
    )))
}

fn no_token(shared: &Shared) -> Problem {
    let hint = &shared.options.token_hint;
    let header = "a program sends it in the header 'Authorization: Bearer <token>'";
    Problem::unauthorized(format!("{hint}; {header}"))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn authority(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, authority)| authority)
}

fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(move |(key, value)| (key == name).then_some(value))
}

pub(super) fn peer(request: &Request) -> Option<Peer> {
    request.extensions().get::<Peer>().copied()
}

/// The host asked for: of an absolute target if there is one (RFC 9112, 3.2.2), else the header.
pub(super) fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default(),
    }
}
