//! Takes what the kernel as a whole tells and passes it on, on the cycle thread: rings only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use triune_core::Timestamp;
use triune_engine::{CycleSink, Entry, KernelEvent, Overrun};

/// The cycle's ends of everything that follows it.
pub(super) struct Outlets {
    pub(super) overruns: rtrb::Producer<Overrun>,
    pub(super) events: rtrb::Producer<(Timestamp, KernelEvent)>,
    pub(super) recording: Option<RecordingOutlet>,
}

/// The cycle's end of a recording.
pub(super) struct RecordingOutlet {
    pub(super) entries: rtrb::Producer<Entry>,
    /// Entries that found the ring full: from then on the recording is not whole.
    pub(super) lost: Arc<AtomicU64>,
}

impl CycleSink for Outlets {
    fn wants_record(&self) -> bool {
        // After the first entry that finds no room nothing more is recorded: a recording may end
        // early, but it has no gap.
        self.recording
            .as_ref()
            .is_some_and(|recording| recording.lost.load(Ordering::Relaxed) == 0)
    }

    fn record(&mut self, entry: &Entry) {
        let Some(recording) = &mut self.recording else {
            return;
        };
        if recording.lost.load(Ordering::Relaxed) > 0 || recording.entries.push(*entry).is_err() {
            recording.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn overrun(&mut self, overrun: Overrun) {
        // The counters hold every overrun; the ring only feeds the list of explanations.
        let _ = self.overruns.push(overrun);
    }

    fn event(&mut self, at: Timestamp, event: KernelEvent) {
        // What is in force shows in the status; the ring only feeds the log.
        let _ = self.events.push((at, event));
    }
}
