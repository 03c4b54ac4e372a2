//! Finding crystals: by time, kind, salience, words and nearness, alone or all together.
//!
//! One [`Indexer`] serves all beings of a process from one background thread of low priority. It keeps
//! a row in RAM for each of the newest crystals (what filters ask, and the embedding in 16-bit steps),
//! links the rows to a graph once there are many, stores the graph in a file now and then, and keeps
//! told texts ([`Texts`]) and their words in the being's catalogue. A [`Searcher`] answers from any
//! thread but the cycle's; what has no row, or none yet, it reads from the crystals themselves, so that
//! every answer is whole at any time, only slower while the index is built.

mod error;
mod indexer;
mod query;
mod rows_upkeep;
mod searcher;
mod shared;
mod terms;
mod texts;
mod travel;
mod upkeep;
mod words;
mod words_table;
mod words_upkeep;

pub use crate::index::{IndexFileError, examine_index};
pub use error::WordsError;
pub use indexer::{Indexer, IndexerOptions};
pub use query::{Found, Query, SearchError};
pub use searcher::Searcher;
pub use shared::{IndexState, IndexStatistics};
pub use texts::{TEXT_BYTES, Texts};

pub(crate) use travel::{CarriedTexts, give_texts};
