//! The server: takes connections until it is told to stop.

use super::connection::{serve_connection, turn_away};
use super::control_listener::ControlListener;
use super::listener::Listener;
use super::options::ServerOptions;
use super::problem::Problem;
use super::routes::router;
use super::shared::{Peer, Shared};
use super::source::Source;
use crate::kernel_api::KernelSource;
use axum::Router;
use axum::http::StatusCode;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};

/// Connections served on a control socket at a time: apart from the network's, so that a
/// crowd there never locks out the console.
const CONTROL_CONNECTIONS: usize = 32;
/// People turned away at a time who are told why; further ones are cut off.
const FAREWELLS: usize = 64;
/// Pause after the system could not give a connection, as when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the server did not serve.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServeError {
    /// There is nothing to listen on.
    #[error("the server has no address and no control socket: give it at least one")]
    NoListener,
}

/// Serves `source` and `kernel` on all listeners until `shutdown` completes; then takes no more connections,
/// ends all streams, gives requests under way the grace time and returns.
///
/// Runs on the tokio runtime of its caller, which must have time and I/O enabled.
///
/// # Errors
/// [`ServeError::NoListener`] when there is nothing to listen on.
pub async fn serve(
    listeners: Vec<Listener>,
    source: Arc<dyn Source>,
    kernel: Arc<dyn KernelSource>,
    options: ServerOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    if listeners.is_empty() {
        return Err(ServeError::NoListener);
    }
    let (close, closing) = watch::channel(false);
    let shared = Arc::new(Shared::new(source, kernel, options, closing));
    let router = router(&shared);
    let network = Arc::new(Semaphore::new(shared.options.connections));
    let mut doors = JoinSet::new();
    for listener in listeners {
        let (shared, router) = (Arc::clone(&shared), router.clone());
        match listener {
            Listener::Tcp(listener) => {
                doors.spawn(tcp_door(
                    listener,
                    Door::new(shared, router, Arc::clone(&network)),
                ));
            }
            Listener::Control(listener) => {
                let places = Arc::new(Semaphore::new(CONTROL_CONNECTIONS));
                doors.spawn(control_door(listener, Door::new(shared, router, places)));
            }
        }
    }
    shutdown.await;
    close.send_replace(true);
    while doors.join_next().await.is_some() {}
    Ok(())
}

async fn tcp_door(listener: TcpListener, mut door: Door) {
    while let Some(accepted) = door.next(|context| listener.poll_accept(context)).await {
        let (stream, address) = accepted;
        // Events are small and should leave at once.
        if let Err(error) = stream.set_nodelay(true) {
            log::debug!("a connection of {address} keeps its delay: {error}");
        }
        door.admit(stream, Peer::Tcp(address.ip()));
    }
    // Nobody new may come while those inside finish.
    drop(listener);
    door.close().await;
}

async fn control_door(listener: ControlListener, mut door: Door) {
    let own = rustix::process::geteuid().as_raw();
    while let Some((stream, _)) = door
        .next(|context| listener.listener.poll_accept(context))
        .await
    {
        match stream.peer_cred().map(|credentials| credentials.uid()) {
            Ok(user) if user == own || user == 0 => door.admit(stream, Peer::Control),
            Ok(user) => {
                log::warn!("user {user} was refused at the control socket");
                let detail = "this socket is for the service's own user and root: use sudo";
                door.refuse(stream, StatusCode::FORBIDDEN, Problem::forbidden(detail));
            }
            Err(error) => log::warn!("someone at the control socket cannot be known: {error}"),
        }
    }
    drop(listener);
    door.close().await;
}

/// One listener's connections.
struct Door {
    shared: Arc<Shared>,
    router: Router,
    places: Arc<Semaphore>,
    farewells: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
    connections: JoinSet<()>,
}

impl Door {
    fn new(shared: Arc<Shared>, router: Router, places: Arc<Semaphore>) -> Self {
        let (closing, farewells) = (shared.closing.clone(), Arc::new(Semaphore::new(FAREWELLS)));
        Self {
            shared,
            router,
            places,
            farewells,
            closing,
            connections: JoinSet::new(),
        }
    }

    /// The next connection; `None` when the server stops.
    async fn next<T>(
        &mut self,
        mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Option<T> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            tokio::select! {
                _ = self.closing.changed() => {}
                Some(ended) = self.connections.join_next() => report(ended),
                accepted = poll_fn(&mut accept) => match accepted {
                    Ok(accepted) => return Some(accepted),
                    Err(error) => {
                        log::warn!("a connection could not be taken: {error}");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
    }

    /// Serves the connection if there is a place for it.
    fn admit(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: Peer) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let problem = Problem::unavailable("all connections are in use", 5);
            return self.refuse(stream, StatusCode::SERVICE_UNAVAILABLE, problem);
        };
        let (router, closing) = (self.router.clone(), self.closing.clone());
        let options = self.shared.options.clone();
        self.connections.spawn(async move {
            let _place = place;
            serve_connection(stream, peer, router, options, closing).await;
        });
    }

    /// Says why the connection is not served, unless too many are being told already.
    fn refuse(
        &mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        status: StatusCode,
        problem: Problem,
    ) {
        if let Ok(place) = Arc::clone(&self.farewells).try_acquire_owned() {
            self.connections.spawn(async move {
                let _place = place;
                turn_away(stream, status, problem).await;
            });
        }
    }

    /// Waits for the connections to end, and ends those that do not in time.
    async fn close(mut self) {
        let all = async { while self.connections.join_next().await.is_some() {} };
        if tokio::time::timeout(self.shared.options.grace, all)
            .await
            .is_err()
        {
            log::info!(
                "{} connections did not end in time and were cut off",
                self.connections.len()
            );
            self.connections.shutdown().await;
        }
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        log::error!("a connection's task ended early: {error}");
    }
}
