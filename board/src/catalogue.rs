//! The boards that are built in.

use crate::board::Board;
use crate::error::BoardError;
use crate::nearest::nearest;

/// Name and text of each built-in board. The board that any machine is comes first.
pub(crate) const BUILT_IN: [(&str, &str); 3] = [
    ("host", include_str!("../boards/host/board.toml")),
    (
        "qemu-aarch64",
        include_str!("../boards/qemu-aarch64/board.toml"),
    ),
    (
        "orangepi-5-plus",
        include_str!("../boards/orangepi-5-plus/board.toml"),
    ),
];

impl Board {
    /// The names of all built-in boards.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The built-in board of that name.
    ///
    /// # Errors
    /// [`BoardError::UnknownBoard`] with all names and the nearest one.
    pub fn by_name(name: &str) -> Result<Self, BoardError> {
        match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((known, text)) => Self::from_toml(&format!("boards/{known}/board.toml"), text),
            None => Err(BoardError::UnknownBoard {
                name: name.to_owned(),
                nearest: nearest(name, Self::names()).map(str::to_owned),
                known: Self::names().map(str::to_owned).collect(),
            }),
        }
    }
}
