//! The writer thread: turns a partition until it is told to stop.

use super::adoption::{Adopted, Adoption};
use super::partition::{Durable, Partition, SyncError};
use super::statistics::Shared;
use crate::crystals::AppendError;
use rustix::thread::{CpuSet, sched_setaffinity};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

/// Why closing did not make everything durable.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The last flush failed.
    #[error("closing the memory: {0}")]
    Flush(#[from] SyncError),
    /// The writer thread had panicked.
    #[error(
        "the memory's writer had failed before it was closed: see the log; what was durable still is"
    )]
    Panicked,
}

type Reply = SyncSender<Result<Durable, SyncError>>;

enum Request {
    /// Make everything durable.
    Sync(Reply),
    /// The same as the last act.
    Stop(Reply),
    /// Take in what another being gives.
    Adopt(Adoption, SyncSender<Result<Adopted, AppendError>>),
    /// Stop and write nothing.
    Abandon,
}

/// The running writer of one being.
pub(crate) struct Writer {
    requests: Sender<Request>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the writer on `cores`, or wherever it is when there are none.
    pub(crate) fn start(partition: Partition, cores: Vec<usize>) -> io::Result<Self> {
        let (requests, received) = channel();
        let shared = Arc::clone(&partition.shared);
        shared.running.store(true, Ordering::Release);
        let thread = std::thread::Builder::new()
            .name("memory-writer".to_owned())
            .spawn(move || {
                let _running = Running(shared);
                confine(&cores);
                run(partition, &received);
            })?;
        Ok(Self {
            requests,
            thread: Some(thread),
        })
    }

    pub(crate) fn sync(&self) -> Result<Durable, SyncError> {
        self.ask(Request::Sync)
    }

    /// Nothing when the writer has stopped.
    pub(crate) fn adopt(&self, adoption: Adoption) -> Option<Result<Adopted, AppendError>> {
        let (reply, answer) = sync_channel(1);
        self.requests.send(Request::Adopt(adoption, reply)).ok()?;
        answer.recv().ok()
    }

    /// Makes everything durable and ends the thread; the second call does nothing.
    pub(crate) fn stop(&mut self) -> Result<(), CloseError> {
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        let flushed = self.ask(Request::Stop);
        thread.join().map_err(|_| CloseError::Panicked)?;
        flushed?;
        Ok(())
    }

    /// Ends the thread without writing anything more.
    pub(crate) fn abandon(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = self.requests.send(Request::Abandon);
            let _ = thread.join();
        }
    }

    fn ask(&self, request: impl FnOnce(Reply) -> Request) -> Result<Durable, SyncError> {
        let (reply, answer) = sync_channel(1);
        self.requests
            .send(request(reply))
            .map_err(|_| SyncError::Stopped)?;
        answer.recv().map_err(|_| SyncError::Stopped)?
    }
}

/// Tells the others when the thread ends, however it ends.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.store(false, Ordering::Release);
    }
}

fn run(mut partition: Partition, requests: &Receiver<Request>) {
    loop {
        let wait = partition.turn(Instant::now());
        match requests.recv_timeout(wait) {
            Ok(Request::Sync(reply)) => {
                let _ = reply.send(partition.flush(false));
            }
            Ok(Request::Adopt(adoption, reply)) => {
                let _ = reply.send(partition.adopt(&adoption));
            }
            Ok(Request::Stop(reply)) => {
                let _ = reply.send(partition.flush(true));
                return;
            }
            Ok(Request::Abandon) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn confine(cores: &[usize]) {
    if cores.is_empty() {
        return;
    }
    let mut set = CpuSet::new();
    for &core in cores {
        if core < CpuSet::MAX_CPU {
            set.set(core);
        }
    }
    if let Err(error) = sched_setaffinity(None, &set) {
        log::warn!("memory: the writer cannot be confined to processors {cores:?}: {error}");
    }
}
