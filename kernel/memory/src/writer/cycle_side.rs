//! What the cycle thread calls.

use super::statistics::{Shared, count};
use crate::history::HistoryWriter;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use triune_core::{BeingId, CrystalDraft, Sense, State};
use zerocopy::FromZeros;

/// What became of a cycle's state and moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Remembered {
    /// The state is in the history; there was no moment to keep.
    State,
    /// The state is in the history and the moment on its way to the disk.
    Moment,
    /// The state is in the history; the moment was lost, because the ring is full. Counted.
    MomentDropped,
    /// The state is in the history; the being does not consent to remembering. Counted.
    MomentRefused,
    /// Nothing was taken: state or moment are another being's.
    OtherBeing,
}

/// The cycle's end of a being's memory. Its calls never allocate, lock or enter the system.
pub struct CycleSide {
    being: BeingId,
    history: HistoryWriter,
    drafts: Producer<CrystalDraft>,
    shared: Arc<Shared>,
}

/// The cycle's end and the ring's other one, for the writer.
pub(crate) fn cycle_side(
    being: BeingId,
    history: HistoryWriter,
    ring_records: usize,
    shared: Arc<Shared>,
) -> (CycleSide, Consumer<CrystalDraft>) {
    let (mut drafts, mut taken) = RingBuffer::new(ring_records);
    // Touches every page of the ring, so that the cycle thread meets no page fault.
    while drafts.push(CrystalDraft::new_zeroed()).is_ok() {}
    while taken.pop().is_ok() {}
    (
        CycleSide {
            being,
            history,
            drafts,
            shared,
        },
        taken,
    )
}

impl CycleSide {
    /// Takes the state of a finished cycle into the live history and hands its moment, if there is
    /// one, to the writer.
    pub fn remember(&mut self, state: &State, moment: Option<&CrystalDraft>) -> Remembered {
        if state.being != self.being || moment.is_some_and(|draft| draft.being != self.being) {
            return Remembered::OtherBeing;
        }
        self.history.push(state);
        let Some(draft) = moment else {
            return Remembered::State;
        };
        if !self.shared.consent().allows(Sense::Remember) {
            // The writer counts here, too.
            self.shared.refused.fetch_add(1, Ordering::Relaxed);
            return Remembered::MomentRefused;
        }
        if self.drafts.push(*draft).is_err() {
            count(&self.shared.dropped);
            return Remembered::MomentDropped;
        }
        Remembered::Moment
    }

    /// Whose memory this is.
    #[must_use]
    pub fn being(&self) -> BeingId {
        self.being
    }
}
