//! Why told words are not on the disk.

use crate::catalog::CatalogError;
use triune_core::BeingId;

/// Why told words are not in the catalogue as they were to be. The moments themselves are kept, with the
/// beginning of what was told.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// They wait.
    #[error(
        "words told to being {being} are not on the disk: {source}; they wait and are tried again each minute, or when the call is repeated"
    )]
    Waiting {
        /// Whose words.
        being: BeingId,
        /// Why its catalogue did not take them.
        source: CatalogError,
    },
    /// The being is not watched any more, so they do not wait either.
    #[error(
        "the newest words told to being {being} are lost but for their beginning: {source}; check the disk before the being is told more"
    )]
    Lost {
        /// Whose words.
        being: BeingId,
        /// Why its catalogue did not take them.
        source: CatalogError,
    },
    /// Indexing this being met a defect.
    #[error("the indexing of being {0} failed, so words told to it are not stored: see the log")]
    Failed(BeingId),
    /// The indexer's thread has ended.
    #[error("the indexer has stopped, so told words are not stored: start the program again")]
    Stopped,
}
