//! How urgent a request is.

use std::fmt;

/// Whom a request serves. Classes share the lanes by their weights; within a class the earliest
/// deadline goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// What a cycle of the kernel waits for.
    Cycle,
    /// What a sense waits for.
    Sense,
    /// What nobody waits for.
    Background,
}

impl Class {
    /// Every class, the heaviest first.
    pub const ALL: [Self; 3] = [Self::Cycle, Self::Sense, Self::Background];

    /// Its share of the lanes, beside the other classes' weights, while all have work.
    #[must_use]
    pub const fn weight(self) -> u32 {
        match self {
            Self::Cycle => 8,
            Self::Sense => 4,
            Self::Background => 1,
        }
    }

    /// How far a nanosecond of work moves the class behind the others.
    pub(super) const fn stride(self) -> i64 {
        (Self::Cycle.weight() / self.weight()) as i64
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cycle => "cycle",
            Self::Sense => "sense",
            Self::Background => "background",
        })
    }
}
