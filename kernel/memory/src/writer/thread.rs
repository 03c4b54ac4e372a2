//! The writer thread: gives each being's partition its turns until it is told to end.

use super::adoption::{Adopted, Adoption};
use super::partition::{Durable, Partition, SyncError};
use super::statistics::Shared;
use crate::affinity::confine;
use crate::crystals::AppendError;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune_core::BeingId;

/// How long the thread sleeps at most while there is no being.
const IDLE: Duration = Duration::from_secs(3600);

/// Why closing did not make everything durable.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The last flush failed.
    #[error("closing the memory: {0}")]
    Flush(#[from] SyncError),
    /// The writer had panicked.
    #[error(
        "the memory's writer had failed before it was closed: see the log; what was durable still is"
    )]
    Panicked,
}

type Reply<T> = SyncSender<T>;

enum Request {
    /// Take in a being.
    Add(Box<Partition>),
    /// Make everything of a being durable.
    Sync(BeingId, Reply<Result<Durable, SyncError>>),
    /// Take in what another being gives.
    Adopt(BeingId, Adoption, Reply<Result<Adopted, AppendError>>),
    /// The same as the last act for it.
    Close(BeingId, Reply<Result<Durable, SyncError>>),
    /// Let go of a being and write nothing.
    Abandon(BeingId, Reply<()>),
    /// End the thread.
    End,
}

/// The running writer of all beings; the thread ends when this is dropped.
pub(crate) struct Writer {
    requests: Sender<Request>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the writer on `cores`, or wherever it is when there are none.
    pub(crate) fn start(cores: Vec<usize>) -> io::Result<Self> {
        let (requests, received) = channel();
        let thread = std::thread::Builder::new()
            .name("memory-writer".to_owned())
            .spawn(move || {
                confine("writer", &cores);
                run(&received);
            })?;
        Ok(Self {
            requests,
            thread: Some(thread),
        })
    }

    /// Takes in a being, whose turns begin at once.
    pub(crate) fn add(&self, partition: Partition) -> io::Result<()> {
        let shared = Arc::clone(&partition.shared);
        shared.running.store(true, Ordering::Release);
        self.requests
            .send(Request::Add(Box::new(partition)))
            .map_err(|_| {
                shared.running.store(false, Ordering::Release);
                io::Error::other("the memory's writer has failed: see the log")
            })
    }

    pub(crate) fn sync(&self, being: BeingId) -> Result<Durable, SyncError> {
        self.ask(|reply| Request::Sync(being, reply))
            .ok_or(SyncError::Stopped)?
    }

    /// Nothing when the writer does not have the being any more.
    pub(crate) fn adopt(
        &self,
        being: BeingId,
        adoption: Adoption,
    ) -> Option<Result<Adopted, AppendError>> {
        self.ask(|reply| Request::Adopt(being, adoption, reply))
    }

    /// Makes everything of `being` durable and lets go of it.
    pub(crate) fn close(&self, being: BeingId) -> Result<(), CloseError> {
        self.ask(|reply| Request::Close(being, reply))
            .ok_or(CloseError::Panicked)??;
        Ok(())
    }

    /// Lets go of `being` without writing anything more.
    pub(crate) fn abandon(&self, being: BeingId) {
        let _ = self.ask(|reply| Request::Abandon(being, reply));
    }

    fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Option<T> {
        let (reply, answer) = sync_channel(1);
        self.requests.send(request(reply)).ok()?;
        answer.recv().ok()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.requests.send(Request::End);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("memory: the writer had failed");
        }
    }
}

/// One being's partition and when it is its turn.
struct Seat {
    partition: Partition,
    due: Instant,
    _running: Running,
}

/// Tells the others when a being's writing ends, however it ends.
struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.store(false, Ordering::Release);
    }
}

fn run(requests: &Receiver<Request>) {
    let mut seats: Vec<Seat> = Vec::new();
    loop {
        seats.retain_mut(|seat| {
            let now = Instant::now();
            if now < seat.due {
                return true;
            }
            let wait = guarded(seat, |partition| partition.turn(now));
            // Counted from the beginning: what another being's disk costs is not added to the wait.
            seat.due = now + wait.unwrap_or(IDLE);
            wait.is_some()
        });
        let next = seats.iter().map(|seat| seat.due).min();
        let wait = next.map_or(IDLE, |due| due.saturating_duration_since(Instant::now()));
        match requests.recv_timeout(wait) {
            Ok(Request::Add(partition)) => seats.push(Seat {
                _running: Running(Arc::clone(&partition.shared)),
                partition: *partition,
                due: Instant::now(),
            }),
            Ok(Request::Sync(being, reply)) => {
                if let Some(mut seat) = take(&mut seats, being)
                    && let Some(result) = guarded(&mut seat, |partition| partition.flush(false))
                {
                    let _ = reply.send(result);
                    seats.push(seat);
                }
            }
            Ok(Request::Adopt(being, adoption, reply)) => {
                if let Some(mut seat) = take(&mut seats, being)
                    && let Some(result) = guarded(&mut seat, |partition| partition.adopt(&adoption))
                {
                    let _ = reply.send(result);
                    seats.push(seat);
                }
            }
            Ok(Request::Close(being, reply)) => {
                if let Some(mut seat) = take(&mut seats, being) {
                    let result = guarded(&mut seat, |partition| partition.flush(true));
                    drop(seat);
                    if let Some(result) = result {
                        let _ = reply.send(result);
                    }
                }
            }
            Ok(Request::Abandon(being, reply)) => {
                drop(take(&mut seats, being));
                let _ = reply.send(());
            }
            Ok(Request::End) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn take(seats: &mut Vec<Seat>, being: BeingId) -> Option<Seat> {
    let index = seats
        .iter()
        .position(|seat| seat.partition.being == being)?;
    Some(seats.swap_remove(index))
}

/// Lets a being's partition do something. A defect there must not end the memory of the others:
/// nothing is returned then.
fn guarded<T>(seat: &mut Seat, act: impl FnOnce(&mut Partition) -> T) -> Option<T> {
    let partition = &mut seat.partition;
    let done = catch_unwind(AssertUnwindSafe(|| act(partition)));
    if done.is_err() {
        log::error!(
            "memory: the writing of being {} failed; what was durable still is",
            seat.partition.being
        );
    }
    done.ok()
}
