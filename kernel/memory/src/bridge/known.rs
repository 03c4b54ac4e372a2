//! By what a crystal is known again.

use crate::clock::BootId;
use crate::crystals::{Crystal, CrystalView};
use std::collections::{HashMap, HashSet};
use triune_core::{BeingId, Timestamp};

/// What of a crystal never changes from hop to hop and no other crystal shares. Being, board and
/// number alone would not do: a being that was erased may begin again under its old id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    being: BeingId,
    board: [u8; 16],
    sequence: u64,
    boot: BootId,
    time: Timestamp,
}

impl Identity {
    pub(crate) fn of(crystal: &Crystal) -> Self {
        let from = crystal.provenance();
        Self {
            being: from.being,
            board: from.board,
            sequence: from.sequence,
            boot: crystal.boot(),
            time: crystal.time(),
        }
    }
}

/// Which of `asked` lie in `view`, and under which number.
pub(crate) fn find(view: &CrystalView, asked: &[Crystal]) -> HashMap<Identity, u64> {
    let asked: HashSet<Identity> = asked.iter().map(Identity::of).collect();
    view.iter()
        .map(|crystal| (Identity::of(crystal), crystal.sequence()))
        .filter(|(identity, _)| asked.contains(identity))
        .collect()
}
