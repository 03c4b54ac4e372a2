//! What can be wrong with a camera.

use crate::Recovery;
use std::path::PathBuf;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// No such device or file.
    #[error("camera {path} was not found; `ls /dev/video*` lists what there is, `camera.v4l.path` in board.toml names it", path = .path.display())]
    NotFound {
        /// What was opened.
        path: PathBuf,
    },
    /// Somebody else takes pictures with it.
    #[error("camera {path} is in use by another program; close that program", path = .path.display())]
    Busy {
        /// What was opened.
        path: PathBuf,
    },
    /// The user may not.
    #[error("camera {path} may not be opened by this user; add the user to the group `video`", path = .path.display())]
    NotAllowed {
        /// What was opened.
        path: PathBuf,
    },
    /// It is no camera, or has no kind of picture that we read.
    #[error("{path} cannot be used as a camera: {reason}; choose another device or format", path = .path.display())]
    Unsupported {
        /// What was opened.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It was pulled out.
    #[error("camera {path} was unplugged; plug it in again, it is opened by itself", path = .path.display())]
    Unplugged {
        /// What was opened.
        path: PathBuf,
    },
    /// It is there and sends nothing.
    #[error("camera {path} sent no picture for {waited_ms} ms; check its cable and that nothing covers its bus", path = .path.display())]
    Silent {
        /// What was opened.
        path: PathBuf,
        /// How long it was waited for.
        waited_ms: u32,
    },
    /// One frame came damaged or too short.
    #[error("a frame of camera {path} came damaged ({reason}); it was left out", path = .path.display())]
    DamagedFrame {
        /// What was opened.
        path: PathBuf,
        /// In what way.
        reason: String,
    },
    /// The pictures are over.
    #[error("the pictures of {path} are over; set `repeat` to see them again", path = .path.display())]
    EndOfRecording {
        /// File or folder.
        path: PathBuf,
    },
    /// A file is not a picture.
    #[error("{path} is not a picture that can be shown: {reason}; give PNG or JPEG files", path = .path.display())]
    Corrupt {
        /// The file, or a folder without any picture.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file could not be read.
    #[error("{path} cannot be read: {source}; check the path and its permissions", path = .path.display())]
    Unreadable {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else that the system said.
    #[error("camera {path}: {call} failed: {source}; it is opened again by itself", path = .path.display())]
    System {
        /// What was opened.
        path: PathBuf,
        /// What was being done.
        call: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl CameraError {
    /// What a supervisor does about it.
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::DamagedFrame { .. } => Recovery::Again,
            Self::EndOfRecording { .. } => Recovery::Finished,
            Self::Unsupported { .. } | Self::Corrupt { .. } => Recovery::Person,
            Self::NotFound { .. }
            | Self::Busy { .. }
            | Self::NotAllowed { .. }
            | Self::Unplugged { .. }
            | Self::Silent { .. }
            | Self::Unreadable { .. }
            | Self::System { .. } => Recovery::Reopen,
        }
    }
}
