//! One connection, from its first byte to its last.

use super::options::ServerOptions;
use super::problem::Problem;
use super::shared::Peer;
use super::stall::StallGuard;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// Most bytes of a request's head.
const HEAD_BYTES: usize = 16 * 1024;
/// How long someone who is turned away may take to read why.
const FAREWELL: Duration = Duration::from_millis(500);

/// Serves requests until the client leaves, stalls, or the server stops.
pub(super) async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    router: Router,
    options: ServerOptions,
    mut closing: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(Body::new))
    });
    let stream = TokioIo::new(StallGuard::new(stream, options.stalled_write_time));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.request_time)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(stream, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = async { closing.wait_for(|closing| *closing).await.is_ok() } => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = ended {
        log::debug!("a connection of {peer:?} ended: {error}");
    }
}

/// Tells someone who cannot be served why, and hangs up.
pub(super) async fn turn_away(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    status: StatusCode,
    problem: Problem,
) {
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let retry = problem
        .retry_after_s
        .map_or_else(String::new, |s| format!("retry-after: {s}\r\n"));
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         {retry}cache-control: no-store\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let farewell = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // What was sent is read to its end: closing before would make the system drop the answer.
        let mut rest = [0_u8; 4_096];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    if !matches!(tokio::time::timeout(FAREWELL, farewell).await, Ok(Ok(()))) {
        log::debug!("someone who was turned away did not wait for the reason");
    }
}
