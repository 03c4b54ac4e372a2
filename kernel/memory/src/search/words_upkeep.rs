//! What the indexer does for the told words of one being, a little at a time.

use super::shared::Shared;
use super::texts::WAITING;
use super::upkeep::{RETRY, TURN, is_due};
use super::words::told_at;
use crate::catalog::CatalogError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// So many crystals without words are looked through before that is written down.
const LOOKED_THROUGH: u64 = 100_000;

/// The upkeep of one being's words.
pub(super) struct WordsUpkeep {
    shared: Arc<Shared>,
    /// Up to here the catalogue has everything; nothing until it was asked.
    indexed: Option<u64>,
    written: Instant,
    not_before: Option<Instant>,
    /// Moments before this one were removed from the catalogue.
    removed_before: u64,
    /// How often texts had been given up when those that wait were read.
    given_up: u64,
    /// The cycle of the last moment whose text was met in RAM.
    cycle: u64,
}

impl WordsUpkeep {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            indexed: None,
            written: Instant::now(),
            not_before: None,
            removed_before: 0,
            given_up: 0,
            cycle: 0,
        }
    }

    /// Does a piece of the work; whether there is more. `now` writes what could wait for
    /// `interval`.
    pub(super) fn turn(&mut self, interval: Duration, now: bool) -> bool {
        let interval = if now { Duration::ZERO } else { interval };
        let done = self.read(Instant::now() + TURN).and_then(|more| {
            self.write(interval)?;
            Ok(more)
        });
        done.unwrap_or_else(|error| {
            self.fail(&error);
            false
        })
    }

    /// Writes the words of all that is there, also where that failed a moment ago.
    ///
    /// # Errors
    /// See [`CatalogError`]; what was not written waits.
    pub(super) fn close(&mut self) -> Result<(), CatalogError> {
        let done = self.write_all();
        if let Err(error) = &done {
            self.fail(error);
        }
        done
    }

    fn write_all(&mut self) -> Result<(), CatalogError> {
        let mut more = true;
        while more {
            self.not_before = None;
            more = self.read(Instant::now() + TURN)?;
            self.write(Duration::ZERO)?;
        }
        Ok(())
    }

    /// Learns up to where the catalogue has the words; whether that is known.
    fn find(&mut self) -> Result<bool, CatalogError> {
        if self.indexed.is_some() {
            return Ok(true);
        }
        let indexed = match &self.shared.words {
            Some(_) if !is_due(self.not_before) => return Ok(false),
            Some(table) => table.indexed()?,
            None => 0,
        };
        // A catalogue ahead of the crystals speaks of some that were lost.
        let newest = self.shared.crystals.newest_sequence().unwrap_or(0);
        let seen = indexed.min(newest);
        self.indexed = Some(seen);
        self.shared.words_seen.store(seen, Ordering::Release);
        self.shared.words_failed.store(false, Ordering::Relaxed);
        Ok(true)
    }

    /// Looks through new crystals for told words until `end`; whether there are more.
    fn read(&mut self, end: Instant) -> Result<bool, CatalogError> {
        if !self.find()? {
            return Ok(false);
        }
        let mut seen = self.shared.words_seen.load(Ordering::Acquire);
        let view = self.shared.crystals.around(seen);
        for crystal in view.iter() {
            if crystal.sequence() <= seen {
                continue;
            }
            if let Some(told) = told_at(crystal, &self.shared.texts) {
                let mut pending = self.shared.pending();
                if pending.len() >= WAITING {
                    // The rest is searched where it lies until these are written.
                    return Ok(self.shared.words.is_some() && is_due(self.not_before));
                }
                let is_whole = told.whole;
                pending.insert(crystal.sequence(), told);
                if is_whole {
                    self.cycle = crystal.cycle();
                    self.shared.texts.hand_on(self.cycle);
                }
            }
            seen = crystal.sequence();
            // After the text is pending, so that a search finds it in one place or the other.
            self.shared.words_seen.store(seen, Ordering::Release);
            if Instant::now() >= end {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn write(&mut self, interval: Duration) -> Result<(), CatalogError> {
        let (Some(table), Some(indexed)) = (&self.shared.words, self.indexed) else {
            return Ok(());
        };
        // Held until they are written: whoever gives texts up waits for that, or finds them gone.
        let texts = self.shared.texts.clone();
        let given_up = texts.given_up();
        if *given_up != self.given_up {
            self.keep_quotes();
            self.given_up = *given_up;
        }
        let seen = self.shared.words_seen.load(Ordering::Acquire);
        let batch = self.shared.pending().clone();
        let many = seen - indexed >= LOOKED_THROUGH || batch.len() >= WAITING / 2;
        if !is_due(self.not_before)
            || (!many && self.written.elapsed() < interval)
            || (batch.is_empty() && !many && !self.has_removable())
        {
            return Ok(());
        }
        self.written = Instant::now();
        if !batch.is_empty() || many {
            table.add(&batch, seen)?;
            self.indexed = Some(seen);
            let mut pending = self.shared.pending();
            for sequence in batch.keys() {
                pending.remove(sequence);
            }
            drop(pending);
            texts.release(self.cycle);
        }
        drop(given_up);
        let oldest = self.shared.crystals.first_sequence().unwrap_or(0);
        // A few at a time, so that nobody else's change waits for all of them.
        while table.remove_before(oldest)? {}
        self.removed_before = oldest;
        self.not_before = None;
        self.shared.words_failed.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Of texts that were given up keeps what the crystals quote, which is on the disk already. What was
    /// told since then is still known, and stays whole.
    fn keep_quotes(&self) {
        let mut pending = self.shared.pending();
        let sequences: Vec<u64> = pending.keys().copied().collect();
        for sequence in sequences {
            let crystal = self.shared.crystals.get(sequence);
            match crystal.and_then(|crystal| told_at(&crystal, &self.shared.texts)) {
                Some(told) => pending.insert(sequence, told),
                None => pending.remove(&sequence),
            };
        }
    }

    /// Whether retention has moved on since words were removed last.
    fn has_removable(&self) -> bool {
        let oldest = self.shared.crystals.first_sequence().unwrap_or(0);
        oldest > self.removed_before
    }

    fn fail(&mut self, error: &dyn std::error::Error) {
        if !self.shared.words_failed.swap(true, Ordering::Relaxed) {
            let being = self.shared.being;
            log::warn!(
                "memory: being {being}: words cannot be indexed: {error}; it is tried again each minute"
            );
        }
        self.not_before = Some(Instant::now() + RETRY);
    }
}
