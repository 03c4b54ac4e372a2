//! What is seen.

use crate::judgement::Judgement;
use crate::time::Nanoseconds;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Columns of the luminance grid, from left to right.
pub const GRID_COLUMNS: usize = 8;
/// Rows of the luminance grid, from top to bottom.
pub const GRID_ROWS: usize = 6;
/// Cells of the luminance grid, row by row.
pub const GRID_CELLS: usize = GRID_COLUMNS * GRID_ROWS;

/// A coarse picture: mean luminance of each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct LuminanceGrid(pub [u8; GRID_CELLS]);

/// What is seen.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct SightPercept {
    /// Mean luminance, 0 (black) to 1 (white).
    pub brightness: Judgement,
    /// Share of the picture that changed since the frame before, 0 to 1.
    pub motion: Judgement,
    /// Coarse picture; all 0 when `brightness` is absent.
    pub grid: LuminanceGrid,
}

impl SightPercept {
    /// No picture is known.
    pub const ABSENT: Self = Self {
        brightness: Judgement::ABSENT,
        motion: Judgement::ABSENT,
        grid: LuminanceGrid([0; GRID_CELLS]),
    };

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            brightness: self.brightness.aged(elapsed),
            motion: self.motion.aged(elapsed),
            grid: self.grid,
        }
    }
}
