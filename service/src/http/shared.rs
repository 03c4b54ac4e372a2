//! What all requests share.

use super::failures::FailedTokens;
use super::frame::FrameCache;
use super::options::ServerOptions;
use super::problem::Problem;
use super::source::Source;
use super::token::TokenSet;
use crate::kernel_api::KernelSource;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Calls into the source that may block, at a time.
const BLOCKING_CALLS: usize = 2;
/// Calls into the kernel that may block, at a time, beside changes of consent.
const KERNEL_CALLS: usize = 16;
/// Consents of sleepers that are told or changed at a time: each may wait for whoever comes or goes.
const SLEEPERS_CONSENTS: usize = 4;
/// Beings on their way in or out at a time: each takes the room of a whole memory on the disk.
const TRANSFERS: usize = 4;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    /// Someone on the network.
    Tcp(IpAddr),
    /// The service's own user, or root, on the control socket.
    Control,
}

/// What all requests share.
pub(super) struct Shared {
    pub(super) source: Arc<dyn Source>,
    pub(super) kernel: Arc<dyn KernelSource>,
    pub(super) options: ServerOptions,
    pub(super) tokens: TokenSet,
    pub(super) failures: FailedTokens,
    pub(super) frames: FrameCache,
    pub(super) closing: watch::Receiver<bool>,
    pub(super) kernel_calls: Arc<Semaphore>,
    pub(super) transfers: Arc<Semaphore>,
    pub(super) sleepers_consents: Arc<Semaphore>,
    blocking: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(
        source: Arc<dyn Source>,
        kernel: Arc<dyn KernelSource>,
        options: ServerOptions,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self {
            tokens: TokenSet::new(&options.tokens),
            source,
            kernel,
            options,
            failures: FailedTokens::default(),
            frames: FrameCache::default(),
            closing,
            kernel_calls: Arc::new(Semaphore::new(KERNEL_CALLS)),
            transfers: Arc::new(Semaphore::new(TRANSFERS)),
            sleepers_consents: Arc::new(Semaphore::new(SLEEPERS_CONSENTS)),
            blocking: Arc::new(Semaphore::new(BLOCKING_CALLS)),
        }
    }

    /// Runs work that may block on a thread for it. The permit goes with the work, so that
    /// clients who ask and leave cannot pile it up.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Source) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let closed = || Problem::unavailable("the service is stopping", 5);
        let permit = Arc::clone(&self.blocking)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let source = Arc::clone(&self.source);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(source.as_ref())
        });
        task.await.map_err(|error| {
            log::error!("a request's work ended early: {error}");
            Problem::failed("the work ended early; the log says why")
        })
    }
}
