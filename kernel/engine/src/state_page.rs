//! The newest state, for any number of readers that must never slow the cycle.

use crate::sync::SequenceLock;
use triune_core::{BeingId, State};
use zerocopy::{IntoBytes, transmute};

const WORDS: usize = size_of::<State>() / size_of::<u64>();

/// A [`State`] behind a sequence lock: the writer never waits, a reader tries again when it met
/// a write.
#[derive(Debug)]
pub struct StatePage(SequenceLock<WORDS>);

impl StatePage {
    /// A page that shows a being at rest.
    #[must_use]
    pub fn new(being: BeingId) -> Self {
        Self(SequenceLock::new(transmute!(State::at_rest(being))))
    }

    /// Shows `state`. Only one thread may publish.
    pub fn publish(&self, state: &State) {
        let words = state.as_bytes().as_chunks::<8>().0;
        self.0
            .write(words.iter().map(|word| u64::from_ne_bytes(*word)));
    }

    /// The newest state, whole.
    #[must_use]
    pub fn read(&self) -> State {
        transmute!(self.0.read())
    }
}
