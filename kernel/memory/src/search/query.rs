//! What is asked of a memory, and what is answered.

use crate::catalog::CatalogError;
use crate::crystals::Crystal;
use std::ops::Range;
use triune_core::{CrystalKind, Embedding};

/// What a crystal must be to be found; what is not set is not asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Wall time in nanoseconds since 1970, the end excluded.
    pub time: Option<Range<u64>>,
    /// Any of these kinds.
    pub kinds: Option<Vec<CrystalKind>>,
    /// All of these words were told at that moment, in any order; `*` at the end of a word stands
    /// for any ending. Case does not matter.
    pub words: Option<String>,
    /// The nearer to this the better.
    pub near: Option<Embedding>,
    /// At least this salience, 0 to 1.
    pub salience: f32,
    /// Crystals that are returned at most.
    pub limit: usize,
}

impl Default for Query {
    /// The newest ten.
    fn default() -> Self {
        Self {
            time: None,
            kinds: None,
            words: None,
            near: None,
            salience: 0.0,
            limit: 10,
        }
    }
}

/// A crystal that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The crystal.
    pub crystal: Crystal,
    /// Cosine similarity to [`Query::near`], -1 to 1.
    pub similarity: Option<f32>,
    /// How well the text answers [`Query::words`]: BM25 without regard to length, more is better.
    pub relevance: Option<f32>,
    /// The text told at that moment, as far as it is known.
    pub told: Option<String>,
}

/// Why a search could not be answered. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The being's catalogue, which holds the words, cannot be read.
    #[error("words cannot be searched: {0}")]
    Words(#[from] CatalogError),
}
