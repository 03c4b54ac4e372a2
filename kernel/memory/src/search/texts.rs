//! Texts that were just told, until the moments that they make are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A text waits at most this long: from its telling over the cycle, the ring and the writer's flush
/// to the turn of the indexer is far less.
const LIFE: Duration = Duration::from_secs(30);
/// Texts that wait at most; the oldest gives way.
const TEXTS: usize = 64;
/// Bytes of a text that are kept.
pub const TEXT_BYTES: usize = 4096;

/// The cycle knows words as hashes only. Whoever tells a being something notes the text here; by its
/// fingerprint ([`triune_core::ToldPercept::fingerprint`]) the writer and the indexer find it again
/// when the moment is kept. Cheap to clone; never used by the cycle thread.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
    /// How often everything was given up.
    given_up: Arc<Mutex<u64>>,
}

#[derive(Debug)]
struct Waiting {
    fingerprint: u64,
    text: Arc<str>,
    since: Instant,
}

impl Texts {
    /// Takes note of `text`, of which the first [`TEXT_BYTES`] are kept, for half a minute. A
    /// fingerprint of 0, that of no words, is not noted.
    pub fn note(&self, fingerprint: u64, text: &str) {
        if fingerprint == 0 {
            return;
        }
        let text = &text[..text.floor_char_boundary(TEXT_BYTES)];
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut waiting);
        if waiting.len() == TEXTS {
            waiting.pop_front();
        }
        waiting.push_back(Waiting {
            fingerprint,
            text: text.into(),
            since: Instant::now(),
        });
    }

    /// The newest text with this fingerprint. It stays, since more than one asks for it.
    #[must_use]
    pub fn get(&self, fingerprint: u64) -> Option<Arc<str>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut waiting);
        let newest = waiting.iter().rev();
        newest
            .filter(|one| fingerprint != 0 && one.fingerprint == fingerprint)
            .map(|one| Arc::clone(&one.text))
            .next()
    }
}

impl Texts {
    /// Gives up every text that is not in the catalogue yet, because remembering is refused. None of
    /// them is written after the return.
    pub fn give_up(&self) {
        let mut given_up = self.given_up();
        *given_up += 1;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.clear();
    }

    /// How often everything was given up; nothing is given up while this is held.
    pub(super) fn given_up(&self) -> MutexGuard<'_, u64> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(waiting: &mut VecDeque<Waiting>) {
    while waiting
        .front()
        .is_some_and(|one| one.since.elapsed() > LIFE)
    {
        waiting.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_fingerprint_and_bounded() {
        let texts = Texts::default();
        texts.note(0, "nothing");
        assert_eq!(texts.get(0), None);
        for number in 1..=TEXTS as u64 + 1 {
            texts.note(number, &format!("text {number}"));
        }
        assert_eq!(texts.get(1), None);
        assert_eq!(texts.get(2).as_deref(), Some("text 2"));
        texts.note(2, "again");
        assert_eq!(texts.get(2).as_deref(), Some("again"));
        texts.note(7, &"é".repeat(TEXT_BYTES));
        assert_eq!(texts.get(7).map(|text| text.len()), Some(TEXT_BYTES));
    }
}
