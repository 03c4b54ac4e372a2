//! The newest state, for any number of readers that must never slow the cycle.

use std::sync::atomic::{AtomicU64, Ordering, fence};
use triune_core::{BeingId, State};
use zerocopy::{FromBytes, IntoBytes};

const WORDS: usize = size_of::<State>() / size_of::<u64>();

/// A sequence lock over the words of a [`State`] (Boehm, "Can seqlocks get along with
/// programming language memory models?", 2012, with atomic payload): the writer never
/// waits, a reader tries again when it met a write.
#[derive(Debug)]
pub struct StatePage {
    sequence: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl StatePage {
    /// A page that shows a being at rest.
    #[must_use]
    pub fn new(being: BeingId) -> Self {
        let page = Self {
            sequence: AtomicU64::new(0),
            words: [const { AtomicU64::new(0) }; WORDS],
        };
        page.publish(&State::at_rest(being));
        page
    }

    /// Shows `state`. Only one thread may publish.
    pub fn publish(&self, state: &State) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence
            .store(sequence.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        for (word, bytes) in self.words.iter().zip(state.as_bytes().as_chunks::<8>().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        self.sequence
            .store(sequence.wrapping_add(2), Ordering::Release);
    }

    /// The newest state, whole.
    #[must_use]
    pub fn read(&self) -> State {
        loop {
            let before = self.sequence.load(Ordering::Acquire);
            if before.is_multiple_of(2) {
                let mut bytes = [0_u8; WORDS * 8];
                for (word, bytes) in self.words.iter().zip(bytes.as_chunks_mut::<8>().0) {
                    *bytes = word.load(Ordering::Relaxed).to_ne_bytes();
                }
                fence(Ordering::Acquire);
                if self.sequence.load(Ordering::Relaxed) == before
                    && let Ok(state) = State::read_from_bytes(&bytes)
                {
                    return state;
                }
            }
            std::hint::spin_loop();
        }
    }
}
