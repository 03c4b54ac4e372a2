//! What the board feels of itself.

use crate::judgement::Judgement;
use crate::time::Nanoseconds;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What the board feels of itself.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct BodyPercept {
    /// Share of the processor that is busy, 0 to 1.
    pub load: Judgement,
    /// Hottest sensor in degrees Celsius.
    pub temperature: Judgement,
    /// Share of memory in use, 0 to 1.
    pub memory: Judgement,
    /// Share of time in which some task waited for the processor (PSI `some avg10`), 0 to 1.
    pub pressure: Judgement,
}

impl BodyPercept {
    /// Nothing is felt.
    pub const ABSENT: Self = Self {
        load: Judgement::ABSENT,
        temperature: Judgement::ABSENT,
        memory: Judgement::ABSENT,
        pressure: Judgement::ABSENT,
    };

    /// The same, `elapsed` nanoseconds later.
    #[must_use]
    pub const fn aged(self, elapsed: Nanoseconds) -> Self {
        Self {
            load: self.load.aged(elapsed),
            temperature: self.temperature.aged(elapsed),
            memory: self.memory.aged(elapsed),
            pressure: self.pressure.aged(elapsed),
        }
    }
}
