//! What can be wrong with a recording.

/// Why a recording could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not begin as a recording does.
    #[error("this is not a Triune recording: name a file made by 'triune record'")]
    NotARecording,
    /// The file is of another format version.
    #[error(
        "the recording has format version {found}, this program reads {expected}: replay it with the version that made it"
    )]
    Version {
        /// Version of the file.
        found: u32,
        /// Version of this program.
        expected: u32,
    },
    /// Bytes were changed after writing.
    #[error("the recording is damaged at byte {offset}: {what}; cycles before it are good")]
    Damaged {
        /// Where in the file.
        offset: u64,
        /// What does not agree.
        what: &'static str,
    },
}

impl RecordingError {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}
