//! Gathers entries into the plain bytes of a block.

use super::columns::to_columns;
use super::entry::{BeingStart, CycleRecord, StepRecord};
use super::format::{BLOCK, BLOCK_SPAN, BlockHead, FULL_BLOCK, MOST_ENTRIES, OWN_ROW};
use super::packing::pack;
use super::roster::Roster;
use super::timeless::turn_ages;
use triune_core::{BeingId, Parameters, Percept, Timestamp};
use zerocopy::IntoBytes;

pub(super) const JOINED: u8 = 1;
pub(super) const LEFT: u8 = 2;
pub(super) const PARAMETERS: u8 = 3;
pub(super) const CYCLE: u8 = 4;

/// A block that is being filled. Independent of the blocks before it.
#[derive(Debug, Default)]
pub(super) struct BlockBuilder {
    keyframe: Vec<u8>,
    beings: u32,
    tags: Vec<u8>,
    events: Vec<u8>,
    cycles: Vec<u8>,
    cycle_count: u32,
    before: Deadline,
    expected: Vec<u8>,
    own: Vec<u8>,
    percepts: Vec<u8>,
    roster: Roster,
    first_time: Option<Timestamp>,
    last_time: Timestamp,
}

/// The deadline of the newest cycle, from which the next one's is foretold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Deadline(u64);

impl Deadline {
    /// How far the cycle's deadline lies from where it was to be expected.
    pub(super) fn depart(&mut self, record: &CycleRecord) -> u64 {
        let deadline = record.tick.time.0.wrapping_sub(record.lateness);
        let expected = self.0.wrapping_add(record.tick.elapsed);
        self.0 = deadline;
        deadline.wrapping_sub(expected)
    }

    /// The start of the cycle that departs so far. Undoes [`Deadline::depart`].
    pub(super) fn follow(&mut self, departure: u64, record: &CycleRecord) -> Timestamp {
        let expected = self.0.wrapping_add(record.tick.elapsed);
        self.0 = expected.wrapping_add(departure);
        Timestamp(self.0.wrapping_add(record.lateness))
    }
}

impl BlockBuilder {
    /// An empty block that begins with the beings as they stand.
    pub(super) fn new<'a>(beings: impl Iterator<Item = &'a BeingStart>) -> Self {
        let mut block = Self::default();
        for being in beings {
            put_start(being, &mut block.keyframe);
            block.beings += 1;
        }
        block
    }

    /// Bytes that the block has before it is packed.
    pub(super) fn plain_bytes(&self) -> usize {
        self.keyframe.len()
            + self.tags.len()
            + self.events.len()
            + self.cycles.len()
            + self.expected.len()
            + self.own.len()
            + self.percepts.len()
    }

    /// Whether the next entry belongs into another block.
    pub(super) fn is_full(&self) -> bool {
        self.span() >= BLOCK_SPAN
            || self.plain_bytes() >= FULL_BLOCK
            || self.tags.len() >= MOST_ENTRIES
    }

    /// Recorded time from the first cycle to the last.
    fn span(&self) -> u64 {
        self.last_time
            .since(self.first_time.unwrap_or(self.last_time))
    }

    pub(super) fn joined(&mut self, start: &BeingStart) {
        self.tags.push(JOINED);
        put_start(start, &mut self.events);
    }

    pub(super) fn left(&mut self, being: BeingId) {
        self.tags.push(LEFT);
        self.events.extend_from_slice(being.as_bytes());
    }

    pub(super) fn parameters(&mut self, being: BeingId, parameters: &Parameters) {
        self.tags.push(PARAMETERS);
        self.events.extend_from_slice(being.as_bytes());
        self.events.extend_from_slice(parameters.as_bytes());
    }

    /// Adds a whole cycle.
    pub(super) fn cycle(&mut self, record: &CycleRecord, steps: &[StepRecord]) {
        self.tags.push(CYCLE);
        let time = record.tick.time;
        self.first_time.get_or_insert(time);
        self.last_time = time;
        let mut row = *record;
        row.tick.time = Timestamp(self.before.depart(record));
        self.cycles.extend_from_slice(row.as_bytes());
        self.cycle_count += 1;
        self.roster.begin_cycle();
        for step in steps {
            let departure = step.being.0 ^ self.roster.expected().0;
            self.expected.extend_from_slice(&departure.to_le_bytes());
            self.roster.step(step.being);
            self.own.extend_from_slice(step.consent.as_bytes());
            self.own.extend_from_slice(step.state.hash().as_bytes());
            self.own.extend_from_slice(&step.state.field_checks());
            let percept = turn_ages(&step.percept, time);
            self.percepts.extend_from_slice(percept.as_bytes());
        }
    }

    /// Head and packed bytes. `cycles_before` and `newest` say where the block stands.
    pub(super) fn close(self, cycles_before: u64, newest: Timestamp) -> (BlockHead, Vec<u8>) {
        let mut plain = Vec::with_capacity(self.plain_bytes());
        plain.extend_from_slice(&self.keyframe);
        plain.extend_from_slice(&self.tags);
        plain.extend_from_slice(&self.events);
        let roster = &self.roster;
        let previous = |row: usize| [row.checked_sub(1), None, None];
        let alone = |_| [None; 3];
        to_columns(&self.cycles, size_of::<CycleRecord>(), previous, &mut plain);
        to_columns(&self.expected, size_of::<BeingId>(), alone, &mut plain);
        to_columns(&self.own, OWN_ROW, |step| roster.own(step), &mut plain);
        let shared = |step| roster.shared(step);
        to_columns(&self.percepts, size_of::<Percept>(), shared, &mut plain);
        let packed = pack(&plain);
        let head = BlockHead {
            magic: BLOCK,
            packed: packed.len() as u32,
            plain: plain.len() as u32,
            beings: self.beings,
            entries: self.tags.len() as u32,
            cycles: self.cycle_count,
            steps: self.roster.steps() as u32,
            body_checksum: crc32c::crc32c(&packed),
            cycles_before,
            first_time: self.first_time.unwrap_or(newest),
            reserved: 0,
            checksum: 0,
        };
        (head.sealed(), packed)
    }
}

fn put_start(start: &BeingStart, into: &mut Vec<u8>) {
    into.extend_from_slice(start.state.as_bytes());
    into.extend_from_slice(start.consent.as_bytes());
    into.extend_from_slice(start.parameters.as_bytes());
}
