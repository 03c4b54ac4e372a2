//! Why a manifest was refused.

/// Why a manifest was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ManifestError {
    /// It is not TOML, or not of the form of a manifest.
    #[error("the manifest cannot be read: {0}")]
    Unreadable(String),
    /// It was written for a newer program.
    #[error(
        "the manifest has format {found}, this program reads up to {newest}: update the program"
    )]
    TooNew {
        /// The manifest's format.
        found: u64,
        /// Newest format that is understood.
        newest: u64,
    },
    /// It was written for an older program.
    #[error("the manifest has format {found}, this program reads from {oldest} on: make it again")]
    TooOld {
        /// The manifest's format.
        found: u64,
        /// Oldest format that is understood.
        oldest: u64,
    },
    /// A field says something impossible.
    #[error("the manifest's {field} {fault}")]
    Invalid {
        /// Which field.
        field: String,
        /// What is wrong, and what it must be.
        fault: String,
    },
}

impl ManifestError {
    pub(super) fn invalid(field: impl Into<String>, fault: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            fault: fault.into(),
        }
    }
}
