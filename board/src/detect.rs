//! Which board this machine is.

use crate::board::Board;
use crate::error::BoardError;
use std::path::Path;

impl Board {
    /// The built-in board that this machine says it is in its device tree, else `host`.
    ///
    /// # Errors
    /// [`BoardError::NotABoard`] or [`BoardError::OutOfRange`] if a built-in board is broken.
    pub fn detect() -> Result<Self, BoardError> {
        Self::detect_under(Path::new("/"))
    }

    /// As [`Board::detect`], below another root; for tests.
    ///
    /// # Errors
    /// As [`Board::detect`].
    pub fn detect_under(root: &Path) -> Result<Self, BoardError> {
        // The property is a list of NUL-terminated names, the most specific first
        // (Devicetree Specification, section 2.3.1).
        let property = std::fs::read(root.join("proc/device-tree/compatible")).unwrap_or_default();
        let boards: Vec<Self> = Self::names().map(Self::by_name).collect::<Result<_, _>>()?;
        let named = property
            .split(|&byte| byte == 0)
            .filter_map(|name| std::str::from_utf8(name).ok())
            .find_map(|name| {
                boards
                    .iter()
                    .find(|board| board.compatible.iter().any(|known| known == name))
            });
        match named {
            Some(board) => Ok(board.clone()),
            None => Self::by_name("host"),
        }
    }
}
