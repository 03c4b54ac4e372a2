//! A server of its own for each test.

use super::client::Request;
use super::kernel::RehearsedKernel;
use super::source::{Knobs, Rehearsal};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use triune::http::{AccessToken, Listener, ServerOptions, serve};

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) token: AccessToken,
    pub(crate) source: Arc<Rehearsal>,
    pub(crate) kernel: Arc<RehearsedKernel>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start() -> Self {
        Self::with(Knobs::default(), |_| {}, None)
    }

    pub(crate) fn with_knobs(knobs: Knobs) -> Self {
        Self::with(knobs, |_| {}, None)
    }

    pub(crate) fn with_options(change: impl FnOnce(&mut ServerOptions)) -> Self {
        Self::with(Knobs::default(), change, None)
    }

    pub(crate) fn with(
        knobs: Knobs,
        change: impl FnOnce(&mut ServerOptions),
        control: Option<PathBuf>,
    ) -> Self {
        Self::at(
            SocketAddr::from(([127, 0, 0, 1], 0)),
            knobs,
            change,
            control,
        )
    }

    pub(crate) fn at(
        address: SocketAddr,
        knobs: Knobs,
        change: impl FnOnce(&mut ServerOptions),
        control: Option<PathBuf>,
    ) -> Self {
        let token = AccessToken::generate().expect("a token");
        let mut options = ServerOptions {
            tokens: vec![token.clone()],
            ..ServerOptions::default()
        };
        change(&mut options);
        let (source, kernel) = (Rehearsal::new(knobs), RehearsedKernel::new());
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let (served, kernel_served) = (Arc::clone(&source), Arc::clone(&kernel));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = Listener::tcp(address).await.expect("a free port");
                tell.send(listener.local_address().expect("its address"))
                    .expect("a listener");
                let mut listeners = vec![listener];
                listeners.extend(control.map(|path| Listener::control(&path).expect("a socket")));
                let shutdown = async {
                    // Both a message and a sender that is gone mean the end.
                    let _ = stopped.await;
                };
                serve(listeners, served, kernel_served, options, shutdown)
                    .await
                    .expect("serving");
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        });
        let address = told.recv().expect("the server's address");
        Self {
            address,
            token,
            source,
            kernel,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// A request without any right.
    pub(crate) fn ask(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    /// A request with the token.
    pub(crate) fn ask_with_token(&self, method: &str, target: &str) -> Request {
        let bearer = format!("Bearer {}", self.token.reveal());
        self.ask(method, target).header("Authorization", &bearer)
    }

    /// Stops the server and says how long that took.
    pub(crate) fn stop(mut self) -> Duration {
        let begun = Instant::now();
        self.end();
        begun.elapsed()
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server's thread");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
