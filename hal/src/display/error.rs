//! What can be wrong with a display.

use crate::Recovery;
use std::path::PathBuf;

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum DisplayError {
    /// No graphics card with a screen of ours.
    #[error(
        "no display was found: {reason}; connect a screen, or correct `display.kms` in board.toml"
    )]
    NotFound {
        /// What was looked at and why it does not do.
        reason: String,
    },
    /// Another program draws on it.
    #[error(
        "display {device} belongs to another program (a desktop or another Triune); stop that program"
    )]
    Taken {
        /// Card and connector.
        device: String,
    },
    /// The user may not.
    #[error("display {device} may not be opened by this user; add the user to the group `video`")]
    NotAllowed {
        /// The card.
        device: String,
    },
    /// The screen was pulled out or switched off.
    #[error("the screen at {device} was unplugged; plug it in again, it is opened by itself")]
    Unplugged {
        /// Card and connector.
        device: String,
    },
    /// A picture that is not of the display's size.
    #[error(
        "a picture of {bytes} bytes in rows of {stride} is too small for {width}x{height} pixels of 4 bytes; draw it in the size of `mode()`"
    )]
    WrongSize {
        /// Pixels a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes from row to row.
        stride: usize,
        /// Bytes of the picture.
        bytes: usize,
    },
    /// A picture file could not be written.
    #[error("picture {path} cannot be written: {source}; check the folder and its free space", path = .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else that the system said.
    #[error("display {device}: {call} failed: {source}; it is opened again by itself")]
    System {
        /// Card and connector.
        device: String,
        /// What was being done.
        call: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl DisplayError {
    /// What a supervisor does about it.
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::WrongSize { .. } => Recovery::Again,
            Self::NotFound { .. }
            | Self::Taken { .. }
            | Self::NotAllowed { .. }
            | Self::Unplugged { .. }
            | Self::Unwritable { .. }
            | Self::System { .. } => Recovery::Reopen,
        }
    }
}
