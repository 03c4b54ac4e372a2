//! What the indexer does for one being, a little at a time.

use super::shared::Shared;
use super::texts::WAITING;
use super::words::{quote_of, told_at};
use crate::catalog::CatalogError;
use crate::crystals::Crystal;
use crate::index::{Code, GRAPH_FROM, Moment, Rows, Walk, file_bytes, load, path_in, save};
use crate::wear::WearSource;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use triune_core::BeingId;

/// A turn is over after this long, so that every being has its own and stopping is quick.
const TURN: Duration = Duration::from_millis(20);
/// Crystals that are read in one piece.
const READ: usize = 256;
/// The file is written again when half as many rows again are linked: a crystal's row is written three
/// times in the long run.
const GROWTH: usize = 2;
/// The graph is built anew when a third of its rows are gone.
const GONE_SHARE: usize = 3;
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(60);
/// The pause is doubled up to this while the index file fails: each attempt may cost the flash as much as
/// a success.
const LONGEST_RETRY: Duration = Duration::from_secs(3600);
/// So many crystals without words are looked through before that is written down.
const LOOKED_THROUGH: u64 = 100_000;

/// One being's upkeep.
pub(super) struct Upkeep {
    shared: Arc<Shared>,
    path: PathBuf,
    /// Rows at most.
    most_rows: usize,
    walk: Walk,
    /// Rows that replace the present ones when all of theirs are linked.
    next: Option<Rows>,
    /// Rows in the file.
    saved: usize,
    save_not_before: Option<Instant>,
    /// Pause after the next failure to write the file.
    save_retry: Duration,
    rows_not_before: Option<Instant>,
    words: WordsUpkeep,
}

struct WordsUpkeep {
    /// Up to here the catalogue has everything; nothing until it was asked.
    indexed: Option<u64>,
    written: Instant,
    not_before: Option<Instant>,
    /// Moments before this one were removed from the catalogue.
    removed_before: u64,
    /// How often texts had been given up when those that wait were read.
    given_up: u64,
    /// The latest cycle of the being's own moments that were looked through.
    cycle: u64,
}

fn is_due(not_before: Option<Instant>) -> bool {
    not_before.is_none_or(|instant| Instant::now() >= instant)
}

impl Upkeep {
    pub(super) fn new(shared: Arc<Shared>, most_rows: usize) -> Self {
        Self {
            path: path_in(&shared.directory),
            shared,
            most_rows,
            walk: Walk::default(),
            next: None,
            saved: 0,
            save_not_before: None,
            save_retry: RETRY,
            rows_not_before: None,
            words: WordsUpkeep {
                indexed: None,
                written: Instant::now(),
                not_before: None,
                removed_before: 0,
                given_up: 0,
                cycle: 0,
            },
        }
    }

    pub(super) fn is_of(&self, shared: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
    }

    pub(super) fn being(&self) -> BeingId {
        self.shared.being
    }

    /// Takes note that nothing is done here any more.
    pub(super) fn note_defect(&self) {
        self.shared.file_failed.store(true, Ordering::Relaxed);
        self.shared.words_failed.store(true, Ordering::Relaxed);
        log::error!(
            "memory: the indexing of being {} failed; searches read its crystals themselves",
            self.shared.being
        );
    }

    /// Does a piece of the rows' work; whether there is more.
    pub(super) fn rows_turn(&mut self) -> bool {
        if !is_due(self.rows_not_before) {
            return false;
        }
        if !self.shared.loaded.load(Ordering::Acquire) {
            self.load();
            self.shared.loaded.store(true, Ordering::Release);
        }
        match self.index(Instant::now() + TURN) {
            Ok(true) => true,
            Ok(false) => {
                self.rows_not_before = None;
                self.save();
                false
            }
            Err(error) => {
                self.fail_rows(&error);
                false
            }
        }
    }

    /// Does a piece of the words' work; whether there is more. `now` writes what could wait for
    /// `interval`.
    pub(super) fn words_turn(&mut self, interval: Duration, now: bool) -> bool {
        let interval = if now { Duration::ZERO } else { interval };
        let done = self.read_words(Instant::now() + TURN).and_then(|more| {
            self.write_words(interval)?;
            Ok(more)
        });
        done.unwrap_or_else(|error| {
            self.fail_words(&error);
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
            self.fail_words(error);
        }
        done
    }

    fn write_all(&mut self) -> Result<(), CatalogError> {
        let mut more = true;
        while more {
            self.words.not_before = None;
            more = self.read_words(Instant::now() + TURN)?;
            self.write_words(Duration::ZERO)?;
        }
        Ok(())
    }

    fn load(&mut self) {
        let being = self.shared.being;
        match load(&self.path, being, &self.shared.crystals) {
            Ok(Some(rows)) => {
                self.saved = rows.linked();
                self.shared.change(|present| *present = rows);
            }
            Ok(None) => {}
            Err(error) => log::warn!(
                "memory: being {being}: the index {} {error}; it is built anew",
                self.path.display()
            ),
        }
    }

    /// Takes in new crystals and links rows until `end`; whether there is more.
    fn index(&mut self, end: Instant) -> io::Result<bool> {
        while self.take_in()? {
            if Instant::now() >= end {
                return Ok(true);
            }
        }
        let oldest = self.first_wanted();
        if self.next.is_none() {
            let rows = self.shared.rows();
            let gone = rows.gone(oldest);
            if gone > READ.min(self.most_rows / GONE_SHARE) && gone > rows.len() / GONE_SHARE {
                self.next = Some(Rows::new());
            }
        }
        if let Some(next) = &mut self.next
            && (!fill(next, &self.shared.rows(), oldest, end)? || !link(next, &mut self.walk, end)?)
        {
            return Ok(true);
        }
        if let Some(next) = self.next.take() {
            self.saved = 0;
            self.shared.change(|rows| *rows = next);
        }
        self.link_present(end)
    }

    /// The oldest moment that has a row when the rows are built anew: what is kept, but no more than leaves
    /// room for as many to come as are let go at once.
    fn first_wanted(&self) -> u64 {
        let crystals = &self.shared.crystals;
        let oldest = crystals.first_sequence().unwrap_or(0);
        let newest = crystals.newest_sequence().unwrap_or(0);
        let wanted = self.most_rows - self.most_rows / GONE_SHARE;
        oldest.max((newest + 1).saturating_sub(wanted as u64))
    }

    /// Links present rows; whether there is more.
    fn link_present(&mut self, end: Instant) -> io::Result<bool> {
        if self.shared.rows().len() < GRAPH_FROM {
            return Ok(false);
        }
        while Instant::now() < end {
            // Only this thread changes rows, so the plan still fits when others have read between.
            let Some(plan) = self.shared.rows().plan(&mut self.walk) else {
                return Ok(false);
            };
            self.shared.change(|rows| rows.link(&plan))?;
        }
        Ok(true)
    }

    /// Makes rows of the next new crystals; whether there were any.
    fn take_in(&self) -> io::Result<bool> {
        let last = match self.shared.rows().last() {
            0 => self.first_wanted().saturating_sub(1),
            last => last,
        };
        let view = self.shared.crystals.around(last);
        let new: Vec<(Moment, Code)> = view
            .iter()
            .skip_while(|crystal| crystal.sequence() <= last)
            .take(READ)
            .map(row_of)
            .collect();
        self.shared.change(|rows| {
            for &(moment, code) in &new {
                rows.push(moment, code)?;
            }
            Ok(!new.is_empty())
        })
    }

    fn save(&mut self) {
        let medium = &self.shared.medium;
        let saved = {
            let rows = self.shared.rows();
            let linked = rows.linked();
            let grown = linked >= GRAPH_FROM && linked > self.saved + self.saved / GROWTH;
            if !grown || !is_due(self.save_not_before) {
                return;
            }
            // The file can be made again: what a day may cost is the moments' first.
            if !medium.wear.has_room(WearSource::Index, file_bytes(&rows)) {
                self.save_not_before = Some(Instant::now() + RETRY);
                return;
            }
            save(medium, &self.path, self.shared.being, &rows).map(|bytes| (bytes, linked))
        };
        match saved {
            Ok((bytes, linked)) => {
                self.saved = linked;
                self.save_not_before = None;
                self.save_retry = RETRY;
                self.shared.file_bytes.fetch_add(bytes, Ordering::Relaxed);
                self.shared.file_failed.store(false, Ordering::Relaxed);
            }
            Err(error) => self.fail_file(&error),
        }
    }

    fn fail_file(&mut self, error: &io::Error) {
        if !self.shared.file_failed.swap(true, Ordering::Relaxed) {
            log::warn!(
                "memory: the index {} cannot be written: {error}; it is tried again after a minute, then more rarely",
                self.path.display()
            );
        }
        self.save_not_before = Some(Instant::now() + self.save_retry);
        self.save_retry = (self.save_retry * 2).min(LONGEST_RETRY);
    }

    fn fail_rows(&mut self, error: &io::Error) {
        if !self.shared.file_failed.swap(true, Ordering::Relaxed) {
            log::warn!(
                "memory: being {}: there is no memory for more of its index: {error}; searches read the crystals, and it is tried again each minute",
                self.shared.being
            );
        }
        self.rows_not_before = Some(Instant::now() + RETRY);
    }

    /// Learns up to where the catalogue has the words; whether that is known.
    fn find_words(&mut self) -> Result<bool, CatalogError> {
        if self.words.indexed.is_some() {
            return Ok(true);
        }
        let indexed = match &self.shared.words {
            Some(_) if !is_due(self.words.not_before) => return Ok(false),
            Some(table) => table.indexed()?,
            None => 0,
        };
        // A catalogue ahead of the crystals speaks of some that were lost.
        let newest = self.shared.crystals.newest_sequence().unwrap_or(0);
        let seen = indexed.min(newest);
        self.words.indexed = Some(seen);
        self.shared.words_seen.store(seen, Ordering::Release);
        Ok(true)
    }

    /// Looks through new crystals for told words until `end`; whether there are more.
    fn read_words(&mut self, end: Instant) -> Result<bool, CatalogError> {
        if !self.find_words()? {
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
                    return Ok(self.shared.words.is_some() && is_due(self.words.not_before));
                }
                pending.insert(crystal.sequence(), told);
            }
            if crystal.provenance().being == self.shared.being {
                self.words.cycle = self.words.cycle.max(crystal.cycle());
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

    fn write_words(&mut self, interval: Duration) -> Result<(), CatalogError> {
        let (Some(table), Some(indexed)) = (&self.shared.words, self.words.indexed) else {
            return Ok(());
        };
        // Held until they are written: whoever gives texts up waits for that, or finds them gone.
        let texts = self.shared.texts.clone();
        let given_up = texts.given_up();
        if *given_up != self.words.given_up {
            self.keep_quotes();
            self.words.given_up = *given_up;
        }
        let seen = self.shared.words_seen.load(Ordering::Acquire);
        let batch = self.shared.pending().clone();
        let many = seen - indexed >= LOOKED_THROUGH || batch.len() >= WAITING / 2;
        if !is_due(self.words.not_before)
            || (!many && self.words.written.elapsed() < interval)
            || (batch.is_empty() && !many && !self.has_removable())
        {
            return Ok(());
        }
        self.words.written = Instant::now();
        if !batch.is_empty() || many {
            table.add(&batch, seen)?;
            self.words.indexed = Some(seen);
            let mut pending = self.shared.pending();
            for sequence in batch.keys() {
                pending.remove(sequence);
            }
            drop(pending);
            texts.release(self.words.cycle);
        }
        drop(given_up);
        let oldest = self.shared.crystals.first_sequence().unwrap_or(0);
        // A few at a time, so that nobody else's change waits for all of them.
        while table.remove_before(oldest)? {}
        self.words.removed_before = oldest;
        self.words.not_before = None;
        self.shared.words_failed.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Of texts that were given up keeps what the crystals quote, which is on the disk already.
    fn keep_quotes(&self) {
        let mut pending = self.shared.pending();
        let sequences: Vec<u64> = pending.keys().copied().collect();
        for sequence in sequences {
            let crystal = self.shared.crystals.get(sequence);
            match crystal.and_then(|crystal| quote_of(&crystal)) {
                Some(quote) => pending.insert(sequence, quote),
                None => pending.remove(&sequence),
            };
        }
    }

    /// Whether retention has moved on since words were removed last.
    fn has_removable(&self) -> bool {
        let oldest = self.shared.crystals.first_sequence().unwrap_or(0);
        oldest > self.words.removed_before
    }

    fn fail_words(&mut self, error: &dyn std::error::Error) {
        if !self.shared.words_failed.swap(true, Ordering::Relaxed) {
            let being = self.shared.being;
            log::warn!(
                "memory: being {being}: words cannot be indexed: {error}; it is tried again each minute"
            );
        }
        self.words.not_before = Some(Instant::now() + RETRY);
    }
}

/// Copies rows of kept crystals from `present` to `next` until `end`; whether all are there.
fn fill(next: &mut Rows, present: &Rows, oldest: u64, end: Instant) -> io::Result<bool> {
    let from = present.first_from(oldest.max(next.last() + 1));
    for (count, row) in (from..present.len()).enumerate() {
        let (moment, code) = present.row(row);
        next.push(moment, code)?;
        if count % READ == 0 && Instant::now() >= end {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Links rows that no one reads yet until `end`; whether all are linked that are to be.
fn link(rows: &mut Rows, walk: &mut Walk, end: Instant) -> io::Result<bool> {
    if rows.len() < GRAPH_FROM {
        return Ok(true);
    }
    while let Some(plan) = rows.plan(walk) {
        rows.link(&plan)?;
        if Instant::now() >= end {
            return Ok(false);
        }
    }
    Ok(true)
}

fn row_of(crystal: &Crystal) -> (Moment, Code) {
    let code = Code::of(crystal.embedding()).unwrap_or(Code::ZERO);
    (Moment::of(crystal), code)
}
