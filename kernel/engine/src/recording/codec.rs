//! Bytes of a recording's parts.

use super::entry::{BeingStart, CycleRecord, Entry, StepRecord};
use triune_core::{Being, BeingId, Consent, Nanoseconds, Parameters, State};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Version of the format; it changes with every change of the recorded types.
pub const RECORDING_VERSION: u32 = 2;

pub(super) const MAGIC: [u8; 8] = *b"TRIUNREC";
pub(super) const BLOCK: [u8; 4] = *b"BLCK";
pub(super) const END: [u8; 4] = *b"ENDM";

const PARAMETERS_TAG: u8 = 1;
const CYCLE_TAG: u8 = 2;
const STEP_TAG: u8 = 3;
const JOINED_TAG: u8 = 4;
const LEFT_TAG: u8 = 5;

/// Longest block that is believed, uncompressed: ten times what a writer makes.
pub(super) const LONGEST_BLOCK: usize = 10 * ENTRIES_IN_BLOCK * (size_of::<StepRecord>() + 1);
/// Entries after which a writer closes a block: a second at 250 Hz.
pub(super) const ENTRIES_IN_BLOCK: usize = 250;

// The bytes of the recorded types are the format, on every machine.
const _: () = assert!(
    cfg!(target_endian = "little"),
    "recordings are little-endian"
);

/// What a recording begins with: the being as it stood before the first cycle.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct RecordingHeader {
    /// Time between two cycles.
    pub period: Nanoseconds,
    /// Wall clock at the beginning, nanoseconds since 1970-01-01 UTC.
    pub wall_clock: u64,
    /// What was consented to.
    pub consent: Consent,
    /// Keeps the layout free of hidden bytes.
    pub reserved: u32,
    /// How the loops were tuned.
    pub parameters: Parameters,
    /// Keeps the layout free of hidden bytes.
    pub reserved_too: u32,
    /// The state before the first cycle.
    pub state: State,
}

impl RecordingHeader {
    /// The header for a recording of `being` that begins now.
    #[must_use]
    pub fn new(being: &Being, period: Nanoseconds, wall_clock: u64) -> Self {
        Self {
            period,
            wall_clock,
            consent: being.consent,
            reserved: 0,
            parameters: being.parameters,
            reserved_too: 0,
            state: being.state,
        }
    }
}

pub(super) fn encode(entry: &Entry, into: &mut Vec<u8>) {
    match entry {
        Entry::Joined(start) => {
            into.push(JOINED_TAG);
            into.extend_from_slice(start.state.as_bytes());
            into.extend_from_slice(start.consent.as_bytes());
            into.extend_from_slice(start.parameters.as_bytes());
        }
        Entry::Left(being) => {
            into.push(LEFT_TAG);
            into.extend_from_slice(being.as_bytes());
        }
        Entry::Parameters(being, parameters) => {
            into.push(PARAMETERS_TAG);
            into.extend_from_slice(being.as_bytes());
            into.extend_from_slice(parameters.as_bytes());
        }
        Entry::Cycle(record) => {
            into.push(CYCLE_TAG);
            into.extend_from_slice(record.as_bytes());
        }
        Entry::Step(record) => {
            into.push(STEP_TAG);
            into.extend_from_slice(record.as_bytes());
        }
    }
}

/// Decodes the entry at the front of `bytes`; gives it and what follows it.
pub(super) fn decode(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    match tag {
        JOINED_TAG => {
            let (state, rest) = State::read_from_prefix(rest).ok()?;
            let (consent, rest) = Consent::read_from_prefix(rest).ok()?;
            let (parameters, rest) = Parameters::read_from_prefix(rest).ok()?;
            let start = BeingStart {
                state,
                consent,
                reserved: 0,
                parameters,
            };
            Some((Entry::Joined(start), rest))
        }
        LEFT_TAG => {
            let (being, rest) = BeingId::read_from_prefix(rest).ok()?;
            Some((Entry::Left(being), rest))
        }
        PARAMETERS_TAG => {
            let (being, rest) = BeingId::read_from_prefix(rest).ok()?;
            let (parameters, rest) = Parameters::read_from_prefix(rest).ok()?;
            Some((Entry::Parameters(being, parameters), rest))
        }
        CYCLE_TAG => {
            let (record, rest) = CycleRecord::read_from_prefix(rest).ok()?;
            Some((Entry::Cycle(record), rest))
        }
        STEP_TAG => {
            let (record, rest) = StepRecord::read_from_prefix(rest).ok()?;
            Some((Entry::Step(record), rest))
        }
        _ => None,
    }
}
