//! What the writer does for one being: takes moments from the ring, appends, syncs, writes the
//! essence. No thread of its own, so that one thread can serve many beings.

use super::lane::{Lane, Retry};
use super::statistics::{Shared, count};
use crate::clock::{BootId, monotonic_now, unix_now};
use crate::crystals::{AppendError, CrystalStore, Provenance, Stamp};
use crate::essence::{Essence, EssenceCounters, EssenceError, EssenceFile};
use crate::history::HistoryReader;
use crate::options::Options;
use crate::search::Texts;
use crate::wear::{Pace, WearSource, Withholding};
use rtrb::Consumer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use triune_core::{
    BeingId, Consent, CrystalDraft, Nanoseconds, Sense, State, Timestamp, forget_refused,
};

/// A moment is in the ring at most this long after the time that it bears, however late the cycle is.
const ON_THE_WAY: Nanoseconds = 60_000_000_000;

/// What is durable after a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durable {
    /// Last crystal's sequence number; 0 before the first.
    pub last_crystal: u64,
    /// Sequence number of the essence page.
    pub essence: u64,
}

/// Why not everything is durable. What was durable before still is.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Crystals could not be written.
    #[error(transparent)]
    Crystals(#[from] AppendError),
    /// The essence could not be written.
    #[error(transparent)]
    Essence(#[from] EssenceError),
    /// The writer thread is gone.
    #[error("the memory's writer has stopped: open the memory again")]
    Stopped,
}

/// The writer's part of one being's memory.
pub(crate) struct Partition {
    pub(crate) being: BeingId,
    pub(crate) store: CrystalStore,
    pub(crate) essence: EssenceFile,
    pub(crate) drafts: Consumer<CrystalDraft>,
    pub(crate) history: HistoryReader,
    pub(crate) shared: Arc<Shared>,
    /// The state that was read or written last, without what was refused since.
    pub(crate) state: State,
    /// Counters as they were when the memory was opened.
    pub(crate) counters: EssenceCounters,
    pub(crate) boot: BootId,
    pub(crate) board: [u8; 16],
    /// Where the words of a moment are found.
    pub(crate) texts: Texts,
    pub(crate) schedule: Schedule,
}

/// When what is due.
pub(crate) struct Schedule {
    /// A moment that could not be appended yet.
    stuck: Option<CrystalDraft>,
    oldest_pending: Option<Instant>,
    essence_due: Instant,
    crystal_retry: Retry,
    essence_retry: Retry,
    retention_retry: Retry,
    flush_window: Duration,
    essence_interval: Duration,
    essence_bytes: u64,
    /// How spending stood to the wear budget at the last turn.
    pace: Pace,
    withholding: Withholding,
}

impl Schedule {
    pub(crate) fn new(options: &Options) -> Self {
        let (first, longest) = (options.retry_first, options.retry_longest);
        Self {
            stuck: None,
            oldest_pending: None,
            essence_due: Instant::now(),
            crystal_retry: Retry::new(Lane::Crystals, first, longest),
            essence_retry: Retry::new(Lane::Essence, first, longest),
            retention_retry: Retry::new(Lane::Retention, first, longest),
            flush_window: options.flush_window,
            essence_interval: options.essence_interval,
            essence_bytes: 0,
            pace: Pace::Easy,
            withholding: Withholding::new(),
        }
    }

    /// From one turn to the next. A moment waits that long in the ring at most, then
    /// [`Schedule::gathering`] for others to share its flush, then as long for the next turn:
    /// together three quarters of the flush window. The last quarter is the disk's.
    fn between_turns(&self) -> Duration {
        match self.pace {
            Pace::Easy => self.flush_window / 4,
            Pace::Stretched | Pace::Withholding(_) | Pace::Spent => self.flush_window / 8,
        }
    }

    /// How long a moment waits for others to share its flush.
    fn gathering(&self) -> Duration {
        match self.pace {
            Pace::Easy => self.flush_window / 4,
            Pace::Stretched | Pace::Withholding(_) | Pace::Spent => self.flush_window / 2,
        }
    }
}

impl Partition {
    /// Does what is due and returns how long nothing will be.
    pub(crate) fn turn(&mut self, now: Instant) -> Duration {
        self.schedule.pace = self.shared.wear.pace(WearSource::Crystals);
        if self.schedule.crystal_retry.is_due(now) {
            let result = self.write_crystals(now, false);
            self.schedule
                .crystal_retry
                .note(&result, &self.shared.crystals, now);
        }
        self.claim_waiting();
        self.forget_unheeded();
        // Apart from the writing: a segment that cannot be removed must not delay a flush.
        if self.schedule.retention_retry.is_due(now) {
            let result = self.store.retire();
            self.schedule
                .retention_retry
                .note(&result, &self.shared.retention, now);
        }
        if now >= self.schedule.essence_due && self.schedule.essence_retry.is_due(now) {
            self.essence_turn(now);
        }
        self.publish();
        let until_essence = self
            .schedule
            .essence_due
            .saturating_duration_since(now)
            .max(self.schedule.essence_retry.left(now));
        self.schedule
            .between_turns()
            .min(until_essence.max(Duration::from_millis(1)))
    }

    fn essence_turn(&mut self, now: Instant) {
        let rarer = match self.shared.wear.pace(WearSource::Essence) {
            Pace::Easy => 1,
            Pace::Stretched => 2,
            Pace::Withholding(_) => 4,
            Pace::Spent => {
                self.schedule.essence_due = now + self.schedule.essence_interval;
                return;
            }
        };
        let result = self.write_essence(now, false);
        self.schedule
            .essence_retry
            .note(&result, &self.shared.essence, now);
        if result.is_ok() {
            self.schedule.essence_due = now + self.schedule.essence_interval * rarer;
        }
    }

    /// Writes everything now and returns when it is durable.
    pub(crate) fn flush(&mut self, clean: bool) -> Result<Durable, SyncError> {
        let now = Instant::now();
        let crystals = self.write_crystals(now, true);
        self.schedule
            .crystal_retry
            .note(&crystals, &self.shared.crystals, now);
        let essence = self.write_essence(now, clean && crystals.is_ok());
        self.schedule
            .essence_retry
            .note(&essence, &self.shared.essence, now);
        self.publish();
        crystals?;
        Ok(Durable {
            last_crystal: self.store.durable(),
            essence: essence?,
        })
    }

    fn write_crystals(&mut self, now: Instant, flush: bool) -> Result<(), AppendError> {
        let withheld_share = self.schedule.pace.withheld_share();
        let heeded = self.words_heeded();
        while let Some(draft) = self
            .schedule
            .stuck
            .take()
            .or_else(|| self.next_admitted(withheld_share, heeded))
        {
            // Here and not only before: what waited when remembering was refused does not reach the
            // disk.
            if !self.shared.consent().allows(Sense::Remember) {
                self.shared.refused.fetch_add(1, Ordering::Relaxed);
                self.texts.discard(&draft, heeded);
                continue;
            }
            let stamp = Stamp::of(draft.time, self.boot);
            let from = Provenance {
                being: self.being,
                board: self.board,
                sequence: 0,
            };
            // Before the crystal can be seen: whoever reads it finds its text.
            let told = self.texts.claim(&draft, heeded);
            let appended = self.store.append_told(&draft, stamp, from, told.as_deref());
            if let Err(error) = appended {
                self.schedule.stuck = Some(draft);
                return Err(error);
            }
            self.note_appended(now);
        }
        // Also what an earlier process left, and could not be made durable at the opening.
        if self.store.pending() > 0 {
            self.note_pending(now);
        }
        let due = self
            .schedule
            .oldest_pending
            .is_some_and(|oldest| flush || now.duration_since(oldest) >= self.schedule.gathering());
        if due {
            self.store.sync()?;
            self.schedule.oldest_pending = None;
            self.shared.oldest_pending.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// So old are words that the being heeds no more.
    fn words_heeded(&self) -> Nanoseconds {
        let seconds = self.shared.parameters().words_stale_after_seconds;
        (f64::from(seconds) * 1e9) as Nanoseconds
    }

    /// Finds the texts of the moments behind one that is stuck. What is said meanwhile makes moments for
    /// which the ring has no room: it must not displace the texts of those that wait.
    fn claim_waiting(&mut self) {
        if self.schedule.stuck.is_none() {
            return;
        }
        let heeded = self.words_heeded();
        if let Ok(waiting) = self.drafts.read_chunk(self.drafts.slots()) {
            let (first, second) = waiting.as_slices();
            for draft in first.iter().chain(second) {
                // It stays with its moment until that is written or given up.
                let _ = self.texts.claim(draft, heeded);
            }
        }
    }

    /// Forgets told words of which no moment can come any more, where no moment waits to be written.
    fn forget_unheeded(&mut self) {
        let now = monotonic_now();
        if self.schedule.stuck.is_none() && self.drafts.is_empty() {
            let age = self.words_heeded().saturating_add(ON_THE_WAY);
            self.texts
                .forget_before(Timestamp(now.0.saturating_sub(age)));
        }
    }

    /// The next moment from the ring that is not withheld.
    fn next_admitted(&mut self, withheld_share: f64, heeded: Nanoseconds) -> Option<CrystalDraft> {
        while let Ok(draft) = self.drafts.pop() {
            let choice = &mut self.schedule.withholding;
            if choice.admits(draft.salience, withheld_share) {
                return Some(draft);
            }
            count(&self.shared.withheld);
            self.texts.discard(&draft, heeded);
        }
        None
    }

    /// Takes note of a crystal that is appended and not durable yet.
    pub(super) fn note_appended(&mut self, now: Instant) {
        count(&self.shared.appended);
        self.note_pending(now);
    }

    fn note_pending(&mut self, now: Instant) {
        if self.schedule.oldest_pending.is_none() {
            self.schedule.oldest_pending = Some(now);
            self.shared
                .oldest_pending
                .store(monotonic_now().0, Ordering::Relaxed);
        }
    }

    fn write_essence(&mut self, now: Instant, clean: bool) -> Result<u64, EssenceError> {
        let bytes = self.essence.bytes_per_write();
        self.shared.wear.count(WearSource::Essence, bytes);
        let dropped = self.shared.dropped.load(Ordering::Relaxed);
        let withheld = self.shared.withheld.load(Ordering::Relaxed);
        let consent = self.shared.consent();
        let essence = Essence {
            state: self.newest_state(consent),
            consent,
            parameters: self.shared.parameters(),
            written_unix: unix_now(),
            written: monotonic_now(),
            boot: self.boot,
            clean,
            counters: EssenceCounters {
                last_crystal: self.store.durable(),
                dropped: self.counters.dropped.saturating_add(dropped),
                starts: self.counters.starts,
                withheld: self.counters.withheld.saturating_add(withheld),
            },
            wear: self.shared.wear.today(),
        };
        let sequence = self.essence.write(&essence)?;
        self.schedule.essence_due = now + self.schedule.essence_interval;
        self.schedule.essence_bytes += bytes;
        self.shared
            .essence_unix
            .store(essence.written_unix, Ordering::Relaxed);
        count(&self.shared.essence_writes);
        Ok(sequence)
    }

    /// The newest state without what is refused. It is kept so: who does not cycle meanwhile must not
    /// have back what it refused when it allows that again.
    fn newest_state(&mut self, consent: Consent) -> State {
        if let Some(newest) = self.history.latest()
            && (newest.cycle, newest.time) != (self.state.cycle, self.state.time)
        {
            self.state = newest;
        }
        self.state = without_refused(self.state, consent);
        self.state
    }

    pub(crate) fn publish(&self) {
        let bytes = self.store.bytes_written() + self.schedule.essence_bytes;
        self.shared.bytes_written.store(bytes, Ordering::Relaxed);
        self.shared
            .pending
            .store(self.store.pending() as u64, Ordering::Relaxed);
        let set = |counter: &AtomicU64, value| counter.store(value, Ordering::Relaxed);
        set(&self.shared.retired, self.store.retired());
        set(&self.shared.crystal_bytes, self.store.bytes_kept());
        let first = self.store.first_sequence().unwrap_or(0);
        set(&self.shared.first_kept, first);
        self.shared
            .last_durable
            .store(self.store.durable(), Ordering::Release);
    }
}

/// The state without what `consent` refuses and it was made with.
pub(crate) fn without_refused(state: State, consent: Consent) -> State {
    if state.observation.consent & !consent.bits() == 0 {
        return state;
    }
    forget_refused(&state, consent)
}
