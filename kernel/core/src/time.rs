//! Time as the kernel sees it: integers of nanoseconds.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A span of time in nanoseconds.
pub type Nanoseconds = u64;

/// The age of something that never was.
pub const AGE_NEVER: Nanoseconds = u64::MAX;

/// An instant, in nanoseconds since the machine booted (the monotonic clock).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    FromBytes,
    IntoBytes,
    KnownLayout,
    Immutable,
)]
#[repr(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The span from `earlier` to this instant; 0 when `earlier` lies later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Nanoseconds {
        self.0.saturating_sub(earlier.0)
    }

    /// The instant `span` nanoseconds after this one.
    #[must_use]
    pub const fn after(self, span: Nanoseconds) -> Self {
        Self(self.0.saturating_add(span))
    }

    /// Seconds since boot, for people to read.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}
