//! What the indexer does for the rows of one being, their graph and its file, a little at a time.

use super::shared::Shared;
use super::upkeep::{RETRY, TURN, is_due};
use crate::crystals::Crystal;
use crate::index::{Code, GRAPH_FROM, Moment, Rows, Walk, file_bytes, load, path_in, save};
use crate::wear::WearSource;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Crystals that are read in one piece.
const READ: usize = 256;
/// The file is written again when half as many rows again are linked: a crystal's row is written three
/// times in the long run.
const GROWTH: usize = 2;
/// The graph is built anew when a third of its rows are gone.
const GONE_SHARE: usize = 3;
/// The pause is doubled up to this while the index file fails: each attempt may cost the flash as much as
/// a success.
const LONGEST_RETRY: Duration = Duration::from_secs(3600);

/// The upkeep of one being's rows.
pub(super) struct RowsUpkeep {
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
    /// Where there was no memory for rows.
    not_before: Option<Instant>,
}

impl RowsUpkeep {
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
            not_before: None,
        }
    }

    /// Does a piece of the work; whether there is more.
    pub(super) fn turn(&mut self) -> bool {
        if !is_due(self.not_before) {
            return false;
        }
        if !self.shared.loaded.load(Ordering::Acquire) {
            self.load();
            self.shared.loaded.store(true, Ordering::Release);
        }
        match self.index(Instant::now() + TURN) {
            Ok(true) => true,
            Ok(false) => {
                self.not_before = None;
                self.save();
                false
            }
            Err(error) => {
                self.fail_rows(&error);
                false
            }
        }
    }

    fn load(&mut self) {
        let being = self.shared.being;
        match load(&self.path, being, &self.shared.crystals) {
            // Rows of which none is wanted would only be let go again, when all that came since has one.
            Ok(Some(rows)) if rows.last() < self.first_wanted() => {}
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
        let mut more = true;
        while more && self.has_room() {
            more = self.take_in()?;
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
        Ok(self.link_present(end)? || more)
    }

    /// Whether more rows may be made before the oldest are let go. Where there are none left, so many are
    /// too old that the rows are built anew: those that came while nothing was indexed must not take room
    /// without bound first.
    fn has_room(&self) -> bool {
        let beyond = READ.max(self.most_rows / GONE_SHARE);
        self.shared.rows().len() < self.most_rows.saturating_add(beyond)
    }

    /// The oldest moment that has a row when the rows are built anew: the oldest that is kept; where those
    /// are too many, only so many that there is room for as many to come as were let go at once.
    fn first_wanted(&self) -> u64 {
        let crystals = &self.shared.crystals;
        let oldest = crystals.first_sequence().unwrap_or(0);
        let end = crystals.newest_sequence().unwrap_or(0) + 1;
        let most = self.most_rows as u64;
        if end.saturating_sub(oldest) <= most && self.shared.rows().len() <= self.most_rows {
            return oldest;
        }
        oldest.max(end.saturating_sub(most - most / GONE_SHARE as u64))
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
        let last = self.shared.rows().last();
        let last = match last {
            0 => self.first_wanted().saturating_sub(1),
            last => last,
        };
        let view = self.shared.crystals.around(last);
        let new: Vec<(Moment, Code)> = view
            .iter()
            .filter(|crystal| crystal.sequence() > last && crystal.is_whole())
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
        self.not_before = Some(Instant::now() + RETRY);
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
