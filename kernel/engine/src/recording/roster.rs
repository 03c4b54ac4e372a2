//! Who stands where in the steps of a block.

use super::columns::Basis;
use std::collections::HashMap;
use triune_core::BeingId;

/// Follows the beings of the steps of one block, so that each step needs only say where it departs
/// from earlier ones.
#[derive(Debug, Default)]
pub(super) struct Roster {
    last: Vec<BeingId>,
    present: Vec<BeingId>,
    newest: HashMap<BeingId, usize>,
    /// For each step the one before of the same being.
    earlier: Vec<Option<usize>>,
    /// For each step the one before in the same cycle.
    neighbour: Vec<Option<usize>>,
}

impl Roster {
    /// A cycle begins.
    pub(super) fn begin_cycle(&mut self) {
        std::mem::swap(&mut self.last, &mut self.present);
        self.present.clear();
    }

    /// The being that took the same place in the cycle before.
    pub(super) fn expected(&self) -> BeingId {
        self.last
            .get(self.present.len())
            .copied()
            .unwrap_or_default()
    }

    /// The next step is `being`'s.
    pub(super) fn step(&mut self, being: BeingId) {
        let number = self.earlier.len();
        let is_first = self.present.is_empty();
        self.neighbour
            .push(number.checked_sub(1).filter(|_| !is_first));
        self.present.push(being);
        self.earlier.push(self.newest.insert(being, number));
    }

    /// Steps so far.
    pub(super) fn steps(&self) -> usize {
        self.earlier.len()
    }

    /// What a step's own part is told from: the being's step before.
    pub(super) fn own(&self, step: usize) -> Basis {
        [self.earlier[step], None, None]
    }

    /// What a step's percept is told from: the being's percept before, changed as that of the
    /// being beside it was, since what one senses the others often sense too.
    pub(super) fn shared(&self, step: usize) -> Basis {
        let beside = self.neighbour[step];
        let beside_before = beside.and_then(|beside| self.earlier[beside]);
        [self.earlier[step], beside, beside_before]
    }
}
