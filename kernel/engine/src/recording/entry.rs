//! What one cycle leaves in a recording.

use triune_core::{Consent, Nanoseconds, Parameters, Percept, StateHash, Tick};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// One cycle: what went in, what the engine decided, and the hash of what came out.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct CycleRecord {
    /// When.
    pub tick: Tick,
    /// What was consented to.
    pub consent: Consent,
    /// Deadlines lost before this cycle.
    pub skipped: u32,
    /// How late it began.
    pub lateness: Nanoseconds,
    /// The percept after the consent gate.
    pub percept: Percept,
    /// Hash of the new state.
    pub hash: StateHash,
}

/// What a recording is a list of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all entries are cycles, and a ring wants one size"
)]
pub enum Entry {
    /// Parameters in force from the next cycle.
    Parameters(Parameters),
    /// A cycle.
    Cycle(CycleRecord),
}
