//! The thread that keeps the indexes of all beings.

use super::searcher::Searcher;
use super::shared::Shared;
use super::texts::Texts;
use super::upkeep::Upkeep;
use super::words_table::WordsTable;
use crate::affinity::confine;
use crate::catalog::Catalog;
use crate::crystals::CrystalReader;
use crate::wear::Wear;
use rustix::process::setpriority_process;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use triune_core::BeingId;

/// Settings of the indexer; the default suits the board.
#[derive(Clone, Debug)]
pub struct IndexerOptions {
    /// Processors that the thread may use; empty leaves it where it is started.
    pub cores: Vec<usize>,
    /// How often new crystals are looked for.
    pub interval: Duration,
    /// The words of new texts are written this often at most.
    pub words_interval: Duration,
}

impl Default for IndexerOptions {
    fn default() -> Self {
        Self {
            cores: Vec::new(),
            interval: Duration::from_millis(500),
            words_interval: Duration::from_secs(10),
        }
    }
}

enum Request {
    Watch(Arc<Shared>),
    /// Look at once, write what waits and answer.
    Settle(Sender<()>),
    /// Write the words that wait and answer.
    Words(Sender<()>),
    /// Let go of those that are no longer watched and answer.
    Forget(Sender<()>),
    Stop,
}

/// Keeps the indexes of all beings of a process from one thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Indexer {
    requests: Sender<Request>,
    paused: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Indexer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system's when it has no more threads.
    pub fn start(options: IndexerOptions) -> io::Result<Self> {
        let (requests, received) = channel();
        let paused = Arc::new(AtomicBool::new(false));
        let pausing = Arc::clone(&paused);
        let thread = std::thread::Builder::new()
            .name("memory-indexer".to_owned())
            .spawn(move || {
                step_back(&options.cores);
                run(&options, &received, &pausing);
            })?;
        Ok(Self {
            requests,
            paused,
            thread: Some(thread),
        })
    }

    /// Leaves the processor to others, or goes on. What is searched meanwhile is read from the
    /// crystals themselves; whoever settles is served all the same.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Begins to index the crystals of `being`, whose directory must stay locked while it is watched.
    /// Without a catalogue only words of the present run and of summaries are found. Searching works
    /// at once. What the index file takes is counted in `wear`. The being is no longer watched when
    /// [`Indexer::forget`] was called.
    #[must_use]
    pub fn watch(
        &self,
        directory: &Path,
        being: BeingId,
        crystals: CrystalReader,
        texts: Texts,
        catalog: Option<Catalog>,
        wear: Wear,
    ) -> Searcher {
        let shared = Arc::new(Shared::new(
            being,
            directory.to_owned(),
            crystals,
            texts,
            catalog.map(WordsTable::new),
            wear,
        ));
        // A thread that has ended indexes nothing; what is searched is then read from the crystals.
        let _ = self.requests.send(Request::Watch(Arc::clone(&shared)));
        Searcher::new(shared)
    }

    /// Ends the watching of the being that `searcher` searches: writes the words that wait, and
    /// returns when nothing of the being is touched any more, so that it may be closed or erased.
    pub fn forget(&self, searcher: &Searcher) {
        searcher.shared().ended.store(true, Ordering::Release);
        self.ask(Request::Forget);
    }

    /// Returns when everything that was appended before the call is indexed and its words are
    /// written.
    pub fn settle(&self) {
        self.ask(Request::Settle);
    }

    /// Returns when the words of everything that was appended before the call are written, however
    /// far the indexes are.
    pub fn write_words(&self) {
        self.ask(Request::Words);
    }

    /// Asks the thread and waits for its answer, or for its end.
    fn ask(&self, request: fn(Sender<()>) -> Request) {
        let (reply, answer) = channel();
        if self.requests.send(request(reply)).is_ok() {
            let _ = answer.recv();
        }
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        let _ = self.requests.send(Request::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("memory: the indexer had failed; searches read the crystals themselves");
        }
    }
}

fn run(options: &IndexerOptions, requests: &Receiver<Request>, paused: &AtomicBool) {
    let mut watched: Vec<Upkeep> = Vec::new();
    let mut settling: Vec<Sender<()>> = Vec::new();
    loop {
        let mut busy = false;
        if !settling.is_empty() || !paused.load(Ordering::Relaxed) {
            for upkeep in &mut watched {
                busy |= upkeep.turn(options.words_interval, !settling.is_empty());
            }
        }
        if !busy {
            for reply in settling.drain(..) {
                let _ = reply.send(());
            }
        }
        // While there is work the next turn follows at once, but for a request.
        let wait = if busy {
            Duration::ZERO
        } else {
            options.interval
        };
        match requests.recv_timeout(wait) {
            Ok(Request::Watch(shared)) => watched.push(Upkeep::new(shared)),
            Ok(Request::Settle(reply)) => settling.push(reply),
            Ok(Request::Words(reply)) => {
                for upkeep in &mut watched {
                    upkeep.close();
                }
                let _ = reply.send(());
            }
            Ok(Request::Forget(reply)) => {
                watched.retain_mut(|upkeep| {
                    let ended = upkeep.has_ended();
                    if ended {
                        upkeep.close();
                    }
                    !ended
                });
                let _ = reply.send(());
            }
            Ok(Request::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    // What waits is written, since the texts themselves are nowhere else.
    for upkeep in &mut watched {
        upkeep.close();
    }
}

/// Leaves the processor to everyone else.
fn step_back(cores: &[usize]) {
    const NICE: i32 = 10;
    // On Linux the calling thread's alone.
    if let Err(error) = setpriority_process(None, NICE) {
        log::debug!("memory: the indexer keeps its priority: {error}");
    }
    confine("indexer", cores);
}
