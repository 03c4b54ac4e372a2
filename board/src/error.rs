//! What can be wrong with a board.

use crate::strict_toml::TomlError;
use std::path::PathBuf;

/// Why there is no board to run on.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// No built-in board has this name.
    #[error("no board is called `{name}`{}; the boards are: {}", .nearest.as_ref().map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default(), .known.join(", "))]
    UnknownBoard {
        /// The name asked for.
        name: String,
        /// The board most like it, where one is near.
        nearest: Option<String>,
        /// All boards.
        known: Vec<String>,
    },
    /// The file could not be read.
    #[error("board file {path} cannot be read: {source}; check the path and its permissions", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not a board.
    #[error("{origin}: {source}")]
    NotABoard {
        /// File or built-in board that holds the text.
        origin: String,
        /// What is wrong and where.
        source: TomlError,
    },
    /// The text is a board, with a value that cannot be.
    #[error("{origin}: {key} = {value} {reason}")]
    OutOfRange {
        /// File or built-in board that holds the text.
        origin: String,
        /// Full name of the key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it may say instead.
        reason: String,
    },
}
