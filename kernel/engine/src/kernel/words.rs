//! Words on their way to one being's analytical loop.

use triune_core::{LoopKind, LoopSet, Timestamp, ToldPercept};

/// Told percepts that wait while the loop is late. They are never merged: memory finds their
/// text by the fingerprint of the whole.
const WAITING: usize = 8;

/// Told percepts in the order in which they were told, each with the time at which it was given.
#[derive(Clone, Debug)]
pub(super) struct Words {
    waiting: [(ToldPercept, Timestamp); WAITING],
    count: usize,
}

/// There was no room for more words.
#[derive(Clone, Copy, Debug)]
pub(super) struct WordsLost;

impl Words {
    pub(super) const NONE: Self = Self {
        waiting: [(ToldPercept::ABSENT, Timestamp(0)); WAITING],
        count: 0,
    };

    /// Takes in what is told now; the words of this cycle are those of [`Words::first`].
    pub(super) fn tell(&mut self, told: ToldPercept, now: Timestamp) -> Result<(), WordsLost> {
        if told.count == 0 {
            return Ok(());
        }
        let free = self.waiting.get_mut(self.count).ok_or(WordsLost)?;
        *free = (told, now);
        self.count += 1;
        Ok(())
    }

    /// The oldest words that the loop has not had, as old as they are by now.
    pub(super) fn first(&self, now: Timestamp) -> ToldPercept {
        match self.waiting[..self.count].first() {
            Some((told, given)) => told.aged(now.since(*given)),
            None => ToldPercept::ABSENT,
        }
    }

    /// Learns which loops were in time; a late analytical loop is offered the same words again.
    pub(super) fn settle(&mut self, joined: LoopSet) {
        if self.count > 0 && joined.contains(LoopKind::Analytical) {
            self.waiting.copy_within(1..self.count, 0);
            self.count -= 1;
        }
    }
}
