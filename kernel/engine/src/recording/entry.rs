//! What a recording is made of: as the engine hands it out, and as a reader gives it back.

use triune_core::{
    Being, BeingId, Consent, LoopSet, Nanoseconds, Parameters, Percept, STATE_FIELD_COUNT, State,
    StateHash, Tick,
};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A being as it stands between two cycles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeingStart {
    /// Where it stands.
    pub state: State,
    /// What it consented to.
    pub consent: Consent,
    /// Always 0.
    pub reserved: u32,
    /// How its loops are tuned.
    pub parameters: Parameters,
}

impl From<&Being> for BeingStart {
    fn from(being: &Being) -> Self {
        Self {
            state: being.state,
            consent: being.consent,
            reserved: 0,
            parameters: being.parameters,
        }
    }
}

/// What the engine decided for one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct CycleRecord {
    /// When.
    pub tick: Tick,
    /// Time between two cycles as it was in force.
    pub period: Nanoseconds,
    /// How late the cycle began.
    pub lateness: Nanoseconds,
    /// Deadlines lost before this cycle.
    pub skipped: u64,
    /// The loops that were in time.
    pub joined: LoopSet,
    /// Beings that took part; so many steps follow.
    pub beings: u32,
    /// Level of the governor under the overrun policy "degrade"; 0 is full service.
    pub level: u32,
    /// 1 while a burst lasts, otherwise 0.
    pub burst: u32,
}

/// One being's cycle.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct StepRecord {
    /// Whose.
    pub being: BeingId,
    /// What was consented to.
    pub consent: Consent,
    /// Always 0.
    pub reserved: u32,
    /// The percept after the consent gate.
    pub percept: Percept,
    /// The state after the cycle.
    pub state: State,
}

/// What the engine hands out to be recorded, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all entries are steps, and a ring wants one size"
)]
pub enum Entry {
    /// A being takes part from the next cycle on.
    Joined(BeingStart),
    /// A being takes part no more.
    Left(BeingId),
    /// Parameters of a being in force from the next cycle.
    Parameters(BeingId, Parameters),
    /// What the engine decided; followed by one [`Entry::Step`] for each being that took part.
    Cycle(CycleRecord),
    /// One being's cycle.
    Step(StepRecord),
}

/// One being's cycle as a recording holds it: the state itself is left out, since the step makes
/// it again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedStep {
    /// Whose.
    pub being: BeingId,
    /// What was consented to.
    pub consent: Consent,
    /// The percept after the consent gate.
    pub percept: Percept,
    /// Hash of the state after the cycle.
    pub hash: StateHash,
    /// A byte for each number of the state after the cycle; see [`State::field_checks`].
    pub checks: [u8; STATE_FIELD_COUNT],
}

/// All beings as they stood between two cycles.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyframe {
    /// Cycles of the recording before it.
    pub cycles: u64,
    /// The beings that took part.
    pub beings: Vec<BeingStart>,
}

/// What a reader gives, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// A block begins: replaying may begin here.
    Keyframe(Keyframe),
    /// A being takes part from the next cycle on.
    Joined(BeingStart),
    /// A being takes part no more.
    Left(BeingId),
    /// Parameters of a being in force from the next cycle.
    Parameters(BeingId, Parameters),
    /// What the engine decided; followed by one [`Recorded::Step`] for each being that took part.
    Cycle(CycleRecord),
    /// One being's cycle.
    Step(RecordedStep),
}
