//! Flux positions: where a token falls on the ring of nine.

/// A position on the ring of nine, 1 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FluxPosition(u8);

impl FluxPosition {
    /// The position of a hash: its decimal digital root, `1 + (h - 1) mod 9`, and 9 for 0.
    #[must_use]
    pub const fn of_hash(hash: u64) -> Self {
        if hash == 0 {
            Self(9)
        } else {
            Self(1 + ((hash - 1) % 9) as u8)
        }
    }

    /// The number, 1 to 9.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Positions 3, 6 and 9 are boosted.
    #[must_use]
    pub const fn is_boosted(self) -> bool {
        self.0.is_multiple_of(3)
    }
}
