//! What the cycle thread and a loop's thread pass to each other: every being's part of a cycle.

use super::BeingWork;
use triune_core::{Being, BeingId, LoopKind, Loops, Nanoseconds, Parameters, Percept, State};

/// What a loop needs of one being, and what it makes of it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    state: State,
    percept: Percept,
    parameters: Parameters,
    loops: Loops,
}

/// What a loop is given for one cycle.
#[derive(Debug)]
pub(super) struct Batch {
    elapsed: Nanoseconds,
    /// Slots in use, from the first.
    used: usize,
    slots: Box<[Slot]>,
}

impl Batch {
    /// Room for so many beings, all of it touched.
    pub(super) fn new(beings: usize) -> Self {
        let being = Being::new(BeingId::FIRST);
        let slot = Slot {
            state: being.state,
            percept: Percept::ABSENT,
            parameters: being.parameters,
            loops: Loops::of(&being.state),
        };
        Self {
            elapsed: 1,
            used: 0,
            slots: vec![slot; beings].into_boxed_slice(),
        }
    }

    /// Every slot is in use, with what it holds.
    pub(super) fn use_all(&mut self) {
        self.used = self.slots.len();
    }

    /// Copies what the loop needs of each being.
    pub(super) fn fill(&mut self, works: &[BeingWork], elapsed: Nanoseconds) {
        self.elapsed = elapsed;
        self.used = works.len();
        for (slot, work) in self.slots.iter_mut().zip(works) {
            slot.state = work.being.state;
            slot.percept = work.percept;
            slot.parameters = work.being.parameters;
        }
    }

    /// Runs the loop for every slot in use.
    pub(super) fn run(&mut self, kind: LoopKind) {
        for slot in self.slots.iter_mut().take(self.used) {
            slot.loops.run(
                kind,
                &slot.state,
                &slot.percept,
                &slot.parameters,
                self.elapsed,
            );
        }
    }

    /// Copies what the loop made to each being's work.
    pub(super) fn hand_out(&self, kind: LoopKind, works: &mut [BeingWork]) {
        for (slot, work) in self.slots.iter().zip(works) {
            work.loops.take(kind, &slot.loops);
        }
    }
}
