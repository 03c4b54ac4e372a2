//! How a being's memory is sized and timed.

use crate::files::{Disk, RealDisk};
use std::sync::Arc;
use std::time::Duration;
use triune_core::{Consent, Parameters};

/// Settings of the memory of beings; [`Options::default`] suits the board.
#[derive(Clone, Debug)]
pub struct Options {
    /// States that the live history holds; 15 000 is a minute at 250 Hz. Each takes the size of a
    /// [`triune_core::State`] and eight bytes, in whole cache lines of 64, of locked RAM.
    pub history_records: usize,
    /// Records in a new segment file (512 bytes each) of a being with few; with what is kept it grows to
    /// eight times as many. Room for them is set aside at once: half a mebibyte for a new being, four
    /// for one with many, as this is 1024. Existing segments keep theirs.
    pub records_per_segment: u32,
    /// Moments that may wait between the cycle thread and the writer.
    pub ring_records: usize,
    /// A moment handed over is on the disk after at most this long.
    pub flush_window: Duration,
    /// The essence page is written this often; up to four times as rarely near the wear budget, and
    /// not at all while it is spent.
    pub essence_interval: Duration,
    /// First wait after a failed write; doubled up to [`Options::retry_longest`].
    pub retry_first: Duration,
    /// Longest wait between attempts after failed writes.
    pub retry_longest: Duration,
    /// Consent of a being that has no essence yet.
    pub initial_consent: Consent,
    /// Parameters of a being that has no essence yet.
    pub initial_parameters: Parameters,
    /// Bytes that a being's crystals may take on the disk. Beyond it the oldest whole segments are
    /// given up, whatever they hold; the newest two always stay. While a new segment is begun, the old
    /// ones are still there: one segment more is needed for a moment.
    pub crystal_bytes: u64,
    /// Bytes that may be handed to the disk in a day, for all beings together; see [`crate::wear`].
    pub wear_budget: u64,
    /// What the writer writes to: the machine's disk, or one that can be made to fail.
    pub disk: Arc<dyn Disk>,
    /// Names the machine in the provenance of new crystals; all zero when unknown.
    pub board: [u8; 16],
    /// Processors that the writer thread may use; empty leaves it where it is started.
    pub writer_cores: Vec<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            history_records: 60 * 250,
            records_per_segment: 1024,
            ring_records: 256,
            flush_window: Duration::from_secs(1),
            essence_interval: Duration::from_secs(5),
            retry_first: Duration::from_millis(250),
            retry_longest: Duration::from_secs(30),
            initial_consent: Consent::ALL,
            initial_parameters: Parameters::default(),
            crystal_bytes: 1 << 30,
            wear_budget: 1_000_000_000,
            disk: Arc::new(RealDisk),
            board: [0; 16],
            writer_cores: Vec::new(),
        }
    }
}

/// Settings that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Too little history for a reader to stay ahead of the writer.
    #[error("history_records is {0}, but at least 2 are needed: use 15000 for a minute at 250 Hz")]
    HistoryTooShort(usize),
    /// A segment without records, or one too large to map comfortably.
    #[error("records_per_segment is {0}, but must lie between 1 and 1048576: use 1024")]
    SegmentSize(u32),
    /// No room between the cycle thread and the writer.
    #[error("ring_records is 0, so that nothing could ever be kept: use 256")]
    NoRing,
    /// A flush window in which nothing can be gathered.
    #[error("flush_window is shorter than 4 ms: use 1 s, or at least 4 ms")]
    FlushWindow,
    /// An essence interval of nothing.
    #[error("essence_interval is zero: use 5 s")]
    EssenceInterval,
    /// No room for a single crystal.
    #[error("crystal_bytes is 0, so that nothing could ever be kept: use 1073741824")]
    NoCrystals,
    /// Nothing may be written.
    #[error("wear_budget is 0, so that nothing could ever be kept: use 1000000000 bytes a day")]
    NoWear,
    /// A retry that would spin.
    #[error("retry_first is zero or longer than retry_longest: use 250 ms and 30 s")]
    Retry,
}

impl Options {
    /// Whether these settings can work.
    ///
    /// # Errors
    /// The first setting that cannot, and a value that can.
    pub fn check(&self) -> Result<(), OptionsError> {
        if self.history_records < 2 {
            return Err(OptionsError::HistoryTooShort(self.history_records));
        }
        if !(1..=1 << 20).contains(&self.records_per_segment) {
            return Err(OptionsError::SegmentSize(self.records_per_segment));
        }
        if self.ring_records == 0 {
            return Err(OptionsError::NoRing);
        }
        if self.flush_window < Duration::from_millis(4) {
            return Err(OptionsError::FlushWindow);
        }
        if self.essence_interval.is_zero() {
            return Err(OptionsError::EssenceInterval);
        }
        if self.crystal_bytes == 0 {
            return Err(OptionsError::NoCrystals);
        }
        if self.wear_budget == 0 {
            return Err(OptionsError::NoWear);
        }
        if self.retry_first.is_zero() || self.retry_first > self.retry_longest {
            return Err(OptionsError::Retry);
        }
        Ok(())
    }
}
