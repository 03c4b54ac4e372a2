//! What the indexer does for one being.

use super::error::WordsError;
use super::rows_upkeep::RowsUpkeep;
use super::shared::Shared;
use super::words_upkeep::WordsUpkeep;
use crate::index::Rows;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A turn is over after this long, so that every being has its own and stopping is quick.
pub(super) const TURN: Duration = Duration::from_millis(20);
/// Pause after a failure.
pub(super) const RETRY: Duration = Duration::from_secs(60);

pub(super) fn is_due(not_before: Option<Instant>) -> bool {
    not_before.is_none_or(|instant| Instant::now() >= instant)
}

/// One being's upkeep.
pub(super) struct Upkeep {
    shared: Arc<Shared>,
    rows: RowsUpkeep,
    words: WordsUpkeep,
    /// Whether a defect was met.
    failed: bool,
}

impl Upkeep {
    pub(super) fn new(shared: Arc<Shared>, most_rows: usize) -> Self {
        Self {
            rows: RowsUpkeep::new(Arc::clone(&shared), most_rows),
            words: WordsUpkeep::new(Arc::clone(&shared)),
            shared,
            failed: false,
        }
    }

    pub(super) fn is_of(&self, shared: &Arc<Shared>) -> bool {
        Arc::ptr_eq(&self.shared, shared)
    }

    /// Does a piece of the work; whether there is more. `now` writes words that could wait for
    /// `words_interval`.
    pub(super) fn turn(&mut self, words_interval: Duration, now: bool, words_only: bool) -> bool {
        let more = self.guarded(|upkeep| {
            let words = upkeep.words.turn(words_interval, now);
            let rows = !words_only && upkeep.rows.turn();
            words || rows
        });
        more.unwrap_or(false)
    }

    /// Writes the words of all that is there; `last` when nothing is tried after it.
    pub(super) fn write_words(&mut self, last: bool) -> Result<(), WordsError> {
        let being = self.shared.being;
        let written = self
            .guarded(|upkeep| upkeep.words.close())
            .ok_or(WordsError::Failed(being))?;
        written.map_err(|source| {
            if last {
                WordsError::Lost { being, source }
            } else {
                WordsError::Waiting { being, source }
            }
        })
    }

    /// Does something for the being. A defect there must not end the indexing of the others: nothing is
    /// returned then, and nothing is tried for this being any more.
    fn guarded<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.failed {
            return None;
        }
        let done = catch_unwind(AssertUnwindSafe(|| act(self)));
        if done.is_err() {
            self.failed = true;
            // They may be half changed.
            self.shared.change(|rows| *rows = Rows::new());
            self.shared.file_failed.store(true, Ordering::Relaxed);
            self.shared.words_failed.store(true, Ordering::Relaxed);
            log::error!(
                "memory: the indexing of being {} failed; searches read its crystals themselves",
                self.shared.being
            );
        }
        done.ok()
    }
}
