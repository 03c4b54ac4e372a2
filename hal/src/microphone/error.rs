//! What can be wrong with a microphone.

use crate::Recovery;
use std::path::PathBuf;

/// Why there is no sound.
#[derive(Debug, thiserror::Error)]
pub enum MicrophoneError {
    /// No such card or file.
    #[error(
        "microphone {device} was not found; `arecord -L` lists what there is, `microphone.alsa.device` in board.toml names it"
    )]
    NotFound {
        /// What was opened.
        device: String,
    },
    /// Somebody else records from it.
    #[error("microphone {device} is in use by another program; close that program")]
    Busy {
        /// What was opened.
        device: String,
    },
    /// The user may not.
    #[error(
        "microphone {device} may not be opened by this user; add the user to the group `audio`"
    )]
    NotAllowed {
        /// What was opened.
        device: String,
    },
    /// It cannot record as asked.
    #[error(
        "microphone {device} cannot record {wanted}: {reason}; change `microphone` in board.toml or use a `plughw:` device, which converts"
    )]
    Unsupported {
        /// What was opened.
        device: String,
        /// What was asked.
        wanted: String,
        /// What it says instead.
        reason: String,
    },
    /// It was pulled out.
    #[error("microphone {device} was unplugged; plug it in again, it is opened by itself")]
    Unplugged {
        /// What was opened.
        device: String,
    },
    /// Nobody read in time and sound was lost.
    #[error("sound was lost because nobody read it in time (about {} frames); {}", .lost_frames.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string()), if *.recovered { "recording goes on; give the reader a faster core or a longer buffer" } else { "recording stopped; open the microphone again" })]
    Overrun {
        /// Whether recording goes on.
        recovered: bool,
        /// About how many frames are missing, where that can be told.
        lost_frames: Option<u64>,
    },
    /// It is there and sends nothing.
    #[error(
        "microphone {device} sent nothing for {waited_ms} ms; check its cable and that it is not muted or suspended"
    )]
    Silent {
        /// What was opened.
        device: String,
        /// How long it was waited for.
        waited_ms: u32,
    },
    /// The recording is over.
    #[error("the recording {path} is over; set `repeat` to hear it again", path = .path.display())]
    EndOfRecording {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a recording, or ends too early.
    #[error("{path} is not a sound recording that can be played: {reason}; convert it to a 16-bit WAV file", path = .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file could not be read.
    #[error("recording {path} cannot be read: {source}; check the path and its permissions", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The reader's buffer holds less than one frame.
    #[error(
        "a buffer of {samples} samples holds no frame of {channels} channels; give a larger one"
    )]
    NoRoom {
        /// Samples that it holds.
        samples: usize,
        /// Samples a frame.
        channels: u16,
    },
    /// Anything else that the system said.
    #[error("microphone {device}: {call} failed: {source}; it is opened again by itself")]
    System {
        /// What was opened.
        device: String,
        /// What was called.
        call: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl MicrophoneError {
    /// What a supervisor does about it.
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::Overrun {
                recovered: true, ..
            }
            | Self::NoRoom { .. } => Recovery::Again,
            Self::EndOfRecording { .. } => Recovery::Finished,
            Self::Unsupported { .. } | Self::Corrupt { .. } => Recovery::Person,
            Self::NotFound { .. }
            | Self::Busy { .. }
            | Self::NotAllowed { .. }
            | Self::Unplugged { .. }
            | Self::Overrun { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. }
            | Self::System { .. } => Recovery::Reopen,
        }
    }
}
