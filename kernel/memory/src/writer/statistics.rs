//! Figures of one memory, written by the cycle and the writer thread, read by anyone.

use super::lane::{Degradation, SharedDegradation};
use crate::clock::monotonic_now;
use crate::wear::{Pace, Wear, WearDay, WearSource};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use triune_core::{Consent, Parameters};

/// What a memory did since it was opened, and how it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Crystals appended.
    pub appended: u64,
    /// Last sequence number that is durable, of this run or an earlier one; 0 before the first.
    pub last_durable: u64,
    /// Crystals appended but not durable yet.
    pub pending: u64,
    /// Age of the oldest crystal that is not durable yet; nothing when all are.
    pub flush_age: Option<Duration>,
    /// Moments lost because the ring to the writer was full.
    pub dropped: u64,
    /// Moments not kept because the being does not consent to remembering.
    pub refused: u64,
    /// Moments not written to keep within the wear budget.
    pub withheld: u64,
    /// Sequence number of the oldest crystal that is kept; nothing while there is none.
    pub first_kept: Option<u64>,
    /// Crystals given up to keep within their allowance of room.
    pub retired: u64,
    /// Bytes of the segment files.
    pub crystal_bytes: u64,
    /// Essence pages written.
    pub essence_writes: u64,
    /// Wall time of the last of them, in nanoseconds since 1970.
    pub essence_unix: Option<u64>,
    /// Bytes handed to the disk, in whole pages of 4096, without the file system's own.
    pub bytes_written: u64,
    /// The same for a day at the rate of this run so far; nothing in the first minute.
    pub bytes_per_day: Option<u64>,
    /// What the being's stores handed to the disk today, over restarts.
    pub wear: WearDay,
    /// Bytes that a day may cost for all beings together.
    pub wear_budget: u64,
    /// How all beings' spending today stands to that, and what is done about it.
    pub pace: Pace,
    /// Why crystals cannot be written, while that lasts.
    pub crystals_degraded: Option<Degradation>,
    /// Why the essence cannot be written, while that lasts.
    pub essence_degraded: Option<Degradation>,
    /// Why old segments cannot be removed, while that lasts; moments are written all the same.
    pub retention_degraded: Option<Degradation>,
    /// Whether the writer thread runs.
    pub writer_running: bool,
}

/// The figures as threads share them.
#[derive(Debug)]
pub(crate) struct Shared {
    opened: Instant,
    consent: AtomicU32,
    /// Never touched by the cycle thread.
    parameters: Mutex<Parameters>,
    pub(crate) wear: Wear,
    pub(crate) appended: AtomicU64,
    pub(crate) last_durable: AtomicU64,
    pub(crate) pending: AtomicU64,
    /// On the monotonic clock; 0 when nothing is pending.
    pub(crate) oldest_pending: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) withheld: AtomicU64,
    /// 0 while there is none.
    pub(crate) first_kept: AtomicU64,
    pub(crate) retired: AtomicU64,
    pub(crate) crystal_bytes: AtomicU64,
    pub(crate) essence_writes: AtomicU64,
    pub(crate) essence_unix: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) crystals: SharedDegradation,
    pub(crate) essence: SharedDegradation,
    pub(crate) retention: SharedDegradation,
    pub(crate) running: AtomicBool,
}

/// Adds one to a count that a single thread writes.
pub(crate) fn count(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

impl Shared {
    pub(crate) fn new(
        consent: Consent,
        parameters: Parameters,
        wear: Wear,
        last_durable: u64,
    ) -> Self {
        Self {
            opened: Instant::now(),
            consent: AtomicU32::new(zerocopy::transmute!(consent)),
            parameters: Mutex::new(parameters),
            wear,
            appended: AtomicU64::new(0),
            last_durable: AtomicU64::new(last_durable),
            pending: AtomicU64::new(0),
            oldest_pending: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            withheld: AtomicU64::new(0),
            first_kept: AtomicU64::new(0),
            retired: AtomicU64::new(0),
            crystal_bytes: AtomicU64::new(0),
            essence_writes: AtomicU64::new(0),
            essence_unix: AtomicU64::new(0),
            bytes_written: AtomicU64::new(0),
            crystals: SharedDegradation::default(),
            essence: SharedDegradation::default(),
            retention: SharedDegradation::default(),
            running: AtomicBool::new(false),
        }
    }

    pub(crate) fn consent(&self) -> Consent {
        zerocopy::transmute!(self.consent.load(Ordering::Relaxed))
    }

    pub(crate) fn set_consent(&self, consent: Consent) {
        self.consent
            .store(zerocopy::transmute!(consent), Ordering::Relaxed);
    }

    /// Takes away at once what `consent` does not allow, and returns what was in force.
    pub(crate) fn restrict_consent(&self, consent: Consent) -> Consent {
        zerocopy::transmute!(self.consent.fetch_and(consent.bits(), Ordering::SeqCst))
    }

    pub(crate) fn parameters(&self) -> Parameters {
        *self
            .parameters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_parameters(&self, parameters: Parameters) {
        *self
            .parameters
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = parameters;
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let bytes_written = load(&self.bytes_written);
        let open = self.opened.elapsed();
        let bytes_per_day = (open >= Duration::from_secs(60))
            .then(|| (bytes_written as f64 / open.as_secs_f64() * 86_400.0) as u64);
        let oldest = load(&self.oldest_pending);
        let flush_age =
            (oldest != 0).then(|| Duration::from_nanos(monotonic_now().0.saturating_sub(oldest)));
        let first_kept = load(&self.first_kept);
        let essence_writes = load(&self.essence_writes);
        Statistics {
            appended: load(&self.appended),
            last_durable: load(&self.last_durable),
            pending: load(&self.pending),
            flush_age,
            dropped: load(&self.dropped),
            refused: load(&self.refused),
            withheld: load(&self.withheld),
            first_kept: (first_kept > 0).then_some(first_kept),
            retired: load(&self.retired),
            crystal_bytes: load(&self.crystal_bytes),
            wear: self.wear.today(),
            wear_budget: self.wear.budget(),
            pace: self.wear.pace(WearSource::Crystals),
            essence_writes,
            essence_unix: (essence_writes > 0).then(|| load(&self.essence_unix)),
            bytes_written,
            bytes_per_day,
            crystals_degraded: self.crystals.load(),
            essence_degraded: self.essence.load(),
            retention_degraded: self.retention.load(),
            writer_running: self.running.load(Ordering::Acquire),
        }
    }
}
