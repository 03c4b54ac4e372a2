//! A sequence lock: one writer that never waits, readers that try again.

use super::atomic::{AtomicU64, Ordering, fence};
use super::spin_loop;

/// Words that are written together and read whole (Boehm, "Can seqlocks get along with
/// programming language memory models?", 2012, with atomic payload): a reader that met a write
/// tries again.
#[derive(Debug)]
pub(crate) struct SequenceLock<const WORDS: usize> {
    /// Even between writes, odd during one.
    sequence: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl<const WORDS: usize> SequenceLock<WORDS> {
    pub(crate) fn new(words: [u64; WORDS]) -> Self {
        Self {
            sequence: AtomicU64::new(0),
            words: words.map(AtomicU64::new),
        }
    }

    /// Replaces the words. Only one thread may write.
    pub(crate) fn write(&self, words: impl IntoIterator<Item = u64>) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence
            .store(sequence.wrapping_add(1), Ordering::Relaxed);
        // Whoever sees one of the new words also sees the odd sequence.
        fence(Ordering::Release);
        for (word, new) in self.words.iter().zip(words) {
            word.store(new, Ordering::Relaxed);
        }
        self.sequence
            .store(sequence.wrapping_add(2), Ordering::Release);
    }

    /// The newest words, all of one write.
    pub(crate) fn read(&self) -> [u64; WORDS] {
        loop {
            let before = self.sequence.load(Ordering::Acquire);
            if before.is_multiple_of(2) {
                let words = std::array::from_fn(|index| self.words[index].load(Ordering::Relaxed));
                fence(Ordering::Acquire);
                if self.sequence.load(Ordering::Relaxed) == before {
                    return words;
                }
            }
            spin_loop();
        }
    }
}
