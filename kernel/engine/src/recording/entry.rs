//! What the kernel leaves in a recording.

use triune_core::{BeingId, Consent, LoopSet, Nanoseconds, Parameters, Percept, State, Tick};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A being as it stands when it joins a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeingStart {
    /// Where it stands.
    pub state: State,
    /// What it may sense, keep and share.
    pub consent: Consent,
    /// Keeps the layout free of hidden bytes.
    pub reserved: u32,
    /// How its loops are tuned.
    pub parameters: Parameters,
}

/// One cycle of the kernel: what the engine decided for all beings.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct CycleRecord {
    /// When.
    pub tick: Tick,
    /// The period that led to this cycle: `tick.elapsed` is `skipped + 1` of it.
    pub period: Nanoseconds,
    /// How late it began.
    pub lateness: Nanoseconds,
    /// Deadlines lost before this cycle.
    pub skipped: u64,
    /// The loops that were in time.
    pub joined: LoopSet,
    /// Beings that cycled: so many steps follow.
    pub beings: u32,
    /// The governor's level: the rate was divided by 2 to this power.
    pub level: u32,
    /// 1 while a burst lasted, otherwise 0.
    pub burst: u32,
}

/// One cycle of one being: what went in and what came out.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct StepRecord {
    /// Whose.
    pub being: BeingId,
    /// What was consented to.
    pub consent: Consent,
    /// Keeps the layout free of hidden bytes.
    pub reserved: u32,
    /// The percept after the consent gate.
    pub percept: Percept,
    /// The new state.
    pub state: State,
}

/// What a recording is a list of: what changed, then a cycle, then a step for each being.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all entries are steps, and a ring wants one size"
)]
pub enum Entry {
    /// A being is there from the next cycle.
    Joined(BeingStart),
    /// A being is gone from the next cycle.
    Left(BeingId),
    /// A being's parameters from the next cycle.
    Parameters(BeingId, Parameters),
    /// A cycle.
    Cycle(CycleRecord),
    /// One being's part of the cycle before.
    Step(StepRecord),
}
