//! Takes the entries out of a block, trusting nothing in it.

use super::block::{CYCLE, Deadline, JOINED, LEFT, PARAMETERS};
use super::columns::from_columns;
use super::entry::{BeingStart, CycleRecord, Keyframe, Recorded, RecordedStep};
use super::format::{BlockHead, OWN_ROW};
use super::packing::unpack;
use super::roster::Roster;
use super::timeless::turn_ages;
use std::collections::VecDeque;
use triune_core::{BeingId, Consent, Parameters, Percept, STATE_FIELD_COUNT, State, StateHash};
use zerocopy::FromBytes;

/// What is wrong with a block.
pub(super) type Fault = &'static str;

const COLUMNS: Fault = "the columns of a block cannot be read";
const SHORT: Fault = "a block holds less than its head states";

/// The entries of the block with `head`, a possible one, and its packed bytes, whose checksum agrees.
pub(super) fn entries(head: &BlockHead, packed: &[u8]) -> Result<VecDeque<Recorded>, Fault> {
    let plain = unpack(packed, head.plain as usize)
        .ok_or("a block cannot be unpacked to what it states")?;
    let mut rest = plain.as_slice();
    let mut entries = VecDeque::new();
    let mut beings = Vec::new();
    for _ in 0..head.beings {
        beings.push(take_start(&mut rest)?);
    }
    let tags = take_slice(&mut rest, head.entries as usize)?;
    entries.push_back(Recorded::Keyframe(Keyframe {
        cycles: head.cycles_before,
        beings,
    }));
    // Events are as long as their tags say; the columns follow.
    let mut events = rest;
    for &tag in tags {
        match tag {
            JOINED => {
                take_start(&mut rest)?;
            }
            LEFT => {
                take::<BeingId>(&mut rest)?;
            }
            PARAMETERS => {
                take::<BeingId>(&mut rest)?;
                take::<Parameters>(&mut rest)?;
            }
            CYCLE => {}
            _ => return Err("an entry of an unknown kind"),
        }
    }
    let mut cycles = Cycles::take(&mut rest, head)?;
    for &tag in tags {
        let entry = match tag {
            JOINED => Recorded::Joined(take_start(&mut events)?),
            LEFT => Recorded::Left(take(&mut events)?),
            PARAMETERS => Recorded::Parameters(take(&mut events)?, take(&mut events)?),
            _ => {
                cycles.next(&mut entries)?;
                continue;
            }
        };
        entries.push_back(entry);
    }
    if !cycles.are_used_up() || !rest.is_empty() {
        return Err("a block holds more than its entries need");
    }
    Ok(entries)
}

/// The cycles of a block and their steps, row by row.
struct Cycles {
    cycles: Vec<CycleRecord>,
    next_cycle: usize,
    deadline: Deadline,
    beings: Vec<BeingId>,
    own: Vec<u8>,
    percepts: Vec<u8>,
    next_step: usize,
}

impl Cycles {
    fn take(rest: &mut &[u8], head: &BlockHead) -> Result<Self, Fault> {
        let (count, steps) = (head.cycles as usize, head.steps as usize);
        let width = size_of::<CycleRecord>();
        let rows = from_columns(rest, count, width, |row| [row.checked_sub(1), None, None])
            .ok_or(COLUMNS)?;
        let cycles = rows
            .chunks_exact(size_of::<CycleRecord>())
            .map(|row| CycleRecord::read_from_bytes(row).map_err(|_| SHORT))
            .collect::<Result<Vec<_>, _>>()?;
        let width = size_of::<BeingId>();
        let departures = from_columns(rest, steps, width, |_| [None; 3]).ok_or(COLUMNS)?;
        let mut roster = Roster::default();
        let mut beings = Vec::with_capacity(departures.len() / size_of::<BeingId>());
        let (mut departures, _) = departures.as_chunks::<8>();
        for cycle in &cycles {
            roster.begin_cycle();
            let (here, after) = departures
                .split_at_checked(cycle.beings as usize)
                .ok_or("a cycle lacks steps")?;
            for &departure in here {
                let being = BeingId(roster.expected().0 ^ u64::from_le_bytes(departure));
                beings.push(being);
                roster.step(being);
            }
            departures = after;
        }
        if !departures.is_empty() {
            return Err("a step belongs to no cycle");
        }
        let own = from_columns(rest, steps, OWN_ROW, |step| roster.own(step)).ok_or(COLUMNS)?;
        let width = size_of::<Percept>();
        let percepts =
            from_columns(rest, steps, width, |step| roster.shared(step)).ok_or(COLUMNS)?;
        Ok(Self {
            cycles,
            next_cycle: 0,
            deadline: Deadline::default(),
            beings,
            own,
            percepts,
            next_step: 0,
        })
    }

    /// Appends the next cycle and its steps.
    fn next(&mut self, entries: &mut VecDeque<Recorded>) -> Result<(), Fault> {
        let mut record = *self
            .cycles
            .get(self.next_cycle)
            .ok_or("a block has fewer cycles than its entries name")?;
        self.next_cycle += 1;
        record.tick.time = self.deadline.follow(record.tick.time.0, &record);
        entries.push_back(Recorded::Cycle(record));
        for _ in 0..record.beings {
            let being = *self.beings.get(self.next_step).ok_or(SHORT)?;
            let mut own = self.own.get(self.next_step * OWN_ROW..).ok_or(SHORT)?;
            let mut percept = self
                .percepts
                .get(self.next_step * size_of::<Percept>()..)
                .ok_or(SHORT)?;
            self.next_step += 1;
            let consent: Consent = take(&mut own)?;
            let hash: StateHash = take(&mut own)?;
            let checks: [u8; STATE_FIELD_COUNT] = take(&mut own)?;
            let percept: Percept = take(&mut percept)?;
            entries.push_back(Recorded::Step(RecordedStep {
                being,
                consent,
                percept: turn_ages(&percept, record.tick.time),
                hash,
                checks,
            }));
        }
        Ok(())
    }

    fn are_used_up(&self) -> bool {
        self.next_cycle == self.cycles.len()
    }
}

fn take_start(rest: &mut &[u8]) -> Result<BeingStart, Fault> {
    Ok(BeingStart {
        state: take::<State>(rest)?,
        consent: take(rest)?,
        reserved: 0,
        parameters: take(rest)?,
    })
}

fn take<T: FromBytes>(rest: &mut &[u8]) -> Result<T, Fault> {
    let (value, after) = T::read_from_prefix(rest).map_err(|_| SHORT)?;
    *rest = after;
    Ok(value)
}

fn take_slice<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (taken, after) = rest.split_at_checked(length).ok_or(SHORT)?;
    *rest = after;
    Ok(taken)
}
