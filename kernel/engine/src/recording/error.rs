//! What can be wrong with a recording.

use std::io::ErrorKind;
use triune_core::BeingId;

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
    /// There is no room for more.
    #[error(
        "no room for more of the recording ({source}): what was written before can be read; free space, then begin a new one"
    )]
    Full {
        /// What the system said.
        source: std::io::Error,
    },
    /// A block could not be written before.
    #[error(
        "the recording ended when it could not be written: what was written before can be read; begin a new one"
    )]
    Ended,
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
    /// The recorded types were others.
    #[error(
        "the recording was made by a program whose states or parameters are laid out differently: replay it with the version that made it"
    )]
    Layout,
    /// Bytes were changed after writing.
    #[error("the recording is damaged at byte {offset}: {what}; cycles before it are good")]
    Damaged {
        /// Where in the file.
        offset: u64,
        /// What does not agree.
        what: &'static str,
    },
    /// Whole bytes that cannot mean a run.
    #[error(
        "the recording contradicts itself at cycle {cycle}: {what} ({being}); cycles before it are good, record anew for the others"
    )]
    Inconsistent {
        /// Cycle of the recording, counted from 1.
        cycle: u64,
        /// Which being.
        being: BeingId,
        /// What cannot be.
        what: &'static str,
    },
    /// Entries that cannot mean a run were to be written.
    #[error("entries came in an impossible order: {what}; what was recorded before them is kept")]
    Order {
        /// What cannot be.
        what: &'static str,
    },
    /// More beings than a recording holds.
    #[error("{beings} beings are more than the {most} that a recording holds: record fewer")]
    TooManyBeings {
        /// How many there are.
        beings: usize,
        /// How many there may be.
        most: usize,
    },
}

impl RecordingError {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full { source }
            }
            _ => Self::Io { what, source },
        }
    }
}
