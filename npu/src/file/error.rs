//! Why nothing could be read of a model file.

/// Why nothing could be read of a model file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It holds nothing.
    #[error("the file is empty: copy it again")]
    Empty,
    /// It is something else.
    #[error("the file is {found}, no {expected} model: {remedy}")]
    Foreign {
        /// What it is.
        found: &'static str,
        /// What it was taken for.
        expected: &'static str,
        /// What helps.
        remedy: &'static str,
    },
    /// It ends too early.
    #[error(
        "the {format} file is cut short: its {part} needs {needs} bytes, {has} are there; copy it again"
    )]
    Truncated {
        /// The format.
        format: &'static str,
        /// Which part ends too early.
        part: &'static str,
        /// Bytes that it needs, from the file's beginning.
        needs: u64,
        /// Bytes of the file.
        has: u64,
    },
    /// What it says cannot be.
    #[error("the {format} file is damaged, or no {format} file: {fault}; copy or export it again")]
    Damaged {
        /// The format.
        format: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// It is of a version that is not known here.
    #[error(
        "the {format} file has version {found}, this program reads up to {newest}: update the program, or export for an older version"
    )]
    TooNew {
        /// The format.
        format: &'static str,
        /// The file's version.
        found: u64,
        /// The newest that is known.
        newest: u64,
    },
    /// Only the vendor's library can read it.
    #[error(
        "the RKNN file is encrypted: nothing can be read of it; put it into a folder with a manifest.toml, and add the folder"
    )]
    Encrypted,
}

impl HeaderError {
    pub(super) fn damaged(format: &'static str, fault: impl Into<String>) -> Self {
        let fault = fault.into();
        Self::Damaged { format, fault }
    }
}
