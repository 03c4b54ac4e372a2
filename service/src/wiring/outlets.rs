//! Takes what the cycle hands out and passes it on, on the cycle thread: rings only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use triune_core::{Outputs, Question, State};
use triune_engine::{CycleSink, Entry, Overrun};
use triune_memory::CycleSide;

/// The cycle's ends of everything that follows it.
pub(super) struct Outlets {
    pub(super) memory: CycleSide,
    pub(super) questions: rtrb::Producer<Question>,
    pub(super) overruns: rtrb::Producer<Overrun>,
    pub(super) recording: Option<RecordingOutlet>,
}

/// The cycle's end of a recording.
pub(super) struct RecordingOutlet {
    pub(super) entries: rtrb::Producer<Entry>,
    /// Entries that found the ring full: from then on the recording is not whole.
    pub(super) lost: Arc<AtomicU64>,
}

impl CycleSink for Outlets {
    fn record(&mut self, entry: &Entry) {
        let Some(recording) = &mut self.recording else {
            return;
        };
        // After the first entry that finds no room nothing more is recorded: a recording may end
        // early, but it has no gap.
        if recording.lost.load(Ordering::Relaxed) > 0 || recording.entries.push(*entry).is_err() {
            recording.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn accept(&mut self, state: &State, outputs: &Outputs) {
        // What found no room is counted by memory itself.
        let _remembered = self.memory.remember(state, outputs.crystal.as_ref());
        if let Some(question) = outputs.question {
            // A question that finds no room is asked again half a second later.
            let _ = self.questions.push(question);
        }
    }

    fn overrun(&mut self, overrun: Overrun) {
        // The counters hold every overrun; the ring only feeds the list of explanations.
        let _ = self.overruns.push(overrun);
    }
}
