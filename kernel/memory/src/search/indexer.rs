//! The thread that keeps the indexes of all beings.

use super::error::WordsError;
use super::searcher::Searcher;
use super::shared::Shared;
use super::texts::Texts;
use super::upkeep::Upkeep;
use super::words_table::WordsTable;
use crate::affinity::confine;
use crate::catalog::Catalog;
use crate::crystals::CrystalReader;
use crate::wear::Medium;
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
    /// Rows in RAM of one being at most, each of 408 bytes (when the oldest third is let go, for a while up
    /// to two thirds more; twice as many where a third came while nothing was indexed). Older moments are
    /// read from the disk to be compared: they are found all the same, but more slowly.
    pub most_rows: usize,
}

impl Default for IndexerOptions {
    fn default() -> Self {
        Self {
            cores: Vec::new(),
            interval: Duration::from_millis(500),
            words_interval: Duration::from_secs(10),
            most_rows: 1 << 20,
        }
    }
}

enum Request {
    Watch(Arc<Shared>),
    /// Look at once, write what waits and answer.
    Settle(Sender<()>),
    /// Write the words that wait, of this being or of all, and answer.
    Words(Option<Arc<Shared>>, Sender<Result<(), WordsError>>),
    /// Write the words of this being, let go of it and answer.
    Forget(Arc<Shared>, Sender<Result<(), WordsError>>),
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
    /// crystals themselves. Told words are stored all the same, and whoever settles is served.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Begins to index the crystals of `being`, whose directory must stay locked while it is watched.
    /// Without a catalogue only words of the present run and of summaries are found. Searching works
    /// at once. The index file goes to `medium`. The being is no longer watched when
    /// [`Indexer::forget`] was called.
    #[must_use]
    pub fn watch(
        &self,
        directory: &Path,
        being: BeingId,
        crystals: CrystalReader,
        texts: Texts,
        catalog: Option<Catalog>,
        medium: Medium,
    ) -> Searcher {
        let shared = Arc::new(Shared::new(
            being,
            directory.to_owned(),
            crystals,
            texts,
            catalog.map(WordsTable::new),
            medium,
        ));
        // A thread that has ended indexes nothing; what is searched is then read from the crystals.
        let _ = self.requests.send(Request::Watch(Arc::clone(&shared)));
        Searcher::new(shared)
    }

    /// Ends the watching of the being that `searcher` searches: writes the words that wait, and
    /// returns when nothing of the being is touched any more, so that it may be closed or erased.
    ///
    /// # Errors
    /// See [`WordsError`]; the being is not watched any more then, either.
    pub fn forget(&self, searcher: &Searcher) -> Result<(), WordsError> {
        let shared = Arc::clone(searcher.shared());
        self.ask(|reply| Request::Forget(shared, reply))
            .unwrap_or(Err(WordsError::Stopped))
    }

    /// Returns when everything that was appended before the call is indexed and its words are
    /// written, or that has failed; [`Searcher::statistics`] tells.
    pub fn settle(&self) {
        let _ = self.ask(Request::Settle);
    }

    /// Returns when the words of everything that was appended before the call are written, however
    /// far the indexes are.
    ///
    /// # Errors
    /// See [`WordsError`]: that of the first being whose words are not written; those of the others are.
    pub fn write_words(&self) -> Result<(), WordsError> {
        self.ask(|reply| Request::Words(None, reply))
            .unwrap_or(Err(WordsError::Stopped))
    }

    /// The same for the being that `searcher` searches alone.
    ///
    /// # Errors
    /// See [`WordsError`].
    pub fn write_words_of(&self, searcher: &Searcher) -> Result<(), WordsError> {
        let shared = Arc::clone(searcher.shared());
        self.ask(|reply| Request::Words(Some(shared), reply))
            .unwrap_or(Err(WordsError::Stopped))
    }

    /// Asks the thread and waits for its answer; nothing when it has ended.
    fn ask<T>(&self, request: impl FnOnce(Sender<T>) -> Request) -> Option<T> {
        let (reply, answer) = channel();
        self.requests.send(request(reply)).ok()?;
        answer.recv().ok()
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
        let settle = !settling.is_empty();
        let words_only = !settle && paused.load(Ordering::Relaxed);
        let mut busy = false;
        for one in &mut watched {
            busy |= one.turn(options.words_interval, settle, words_only);
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
            Ok(Request::Watch(shared)) => watched.push(Upkeep::new(shared, options.most_rows)),
            Ok(Request::Settle(reply)) => settling.push(reply),
            Ok(Request::Words(only, reply)) => {
                let is_meant = |one: &&mut Upkeep| {
                    let only = only.as_ref();
                    only.is_none_or(|shared| one.is_of(shared))
                };
                // All are tried before one that failed is told.
                let meant = watched.iter_mut().filter(is_meant);
                let written = meant.map(|one| one.write_words(false));
                let _ = reply.send(written.fold(Ok(()), Result::and));
            }
            Ok(Request::Forget(shared, reply)) => {
                let place = watched.iter().position(|one| one.is_of(&shared));
                let written = place.map(|place| watched.swap_remove(place).write_words(true));
                let _ = reply.send(written.unwrap_or(Ok(())));
            }
            Ok(Request::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    // What waits is written, since the texts themselves are nowhere else.
    for one in &mut watched {
        if let Err(error) = one.write_words(true) {
            log::error!("memory: {error}");
        }
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
