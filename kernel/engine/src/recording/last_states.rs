//! What all beings of a recording came to, in one number.

use std::collections::BTreeMap;
use triune_core::{BeingId, StateHash};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

/// The hash of the newest state of every being that ever took part.
#[derive(Clone, Debug, Default)]
pub(super) struct LastStates(BTreeMap<BeingId, StateHash>);

impl LastStates {
    pub(super) fn note(&mut self, being: BeingId, hash: StateHash) {
        self.0.insert(being, hash);
    }

    /// One being: its state's hash. Otherwise XXH3-64 over number and hash of each, by number.
    pub(super) fn hash(&self) -> StateHash {
        match self.0.first_key_value() {
            Some((_, &hash)) if self.0.len() == 1 => hash,
            _ => {
                let pairs: Vec<[u64; 2]> = self
                    .0
                    .iter()
                    .map(|(being, hash)| [being.0, hash.0])
                    .collect();
                StateHash(xxh3_64(pairs.as_bytes()))
            }
        }
    }
}
