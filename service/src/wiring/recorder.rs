//! Writes the recording, off the cycle thread.

use super::stop::Stop;
use crate::status::Recording;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use triune_engine::{
    Entry, RealTimeWish, RecordingError, RecordingHeader, WriteSummary, Writer, request_real_time,
};

/// How often waiting entries are written.
const INTERVAL: Duration = Duration::from_millis(100);

/// Cycles and bytes written so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    cycles: u64,
    bytes: u64,
}

/// The same, shared with the status.
pub(super) type Progress = Arc<Mutex<Written>>;

/// How a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingOutcome {
    /// The file.
    pub path: PathBuf,
    /// What was written.
    pub summary: WriteSummary,
    /// Entries that found no room while the disk was busy; the file ends before them.
    pub lost: u64,
}

/// A recording under way.
pub(super) struct Recorder {
    path: PathBuf,
    progress: Progress,
    thread: JoinHandle<Result<RecordingOutcome, RecordingError>>,
}

impl Recorder {
    /// Creates the file and starts the thread that fills it.
    pub(super) fn start(
        path: &Path,
        header: &RecordingHeader,
        entries: rtrb::Consumer<Entry>,
        lost: Arc<AtomicU64>,
        wish: RealTimeWish,
        stop: Stop,
    ) -> Result<Self, RecordingError> {
        let writer = Writer::create(path, header)?;
        let progress = Progress::default();
        let told = Arc::clone(&progress);
        let file = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let _grant = request_real_time(&wish);
                write(file, writer, entries, &lost, &told, &stop)
            })
            .map_err(|source| RecordingError::Io {
                what: "no thread to record on",
                source,
            })?;
        Ok(Self {
            path: path.to_owned(),
            progress,
            thread,
        })
    }

    pub(super) fn status(path: &Path, progress: &Mutex<Written>) -> Recording {
        let Written { cycles, bytes } = *progress.lock().unwrap_or_else(PoisonError::into_inner);
        Recording {
            path: path.display().to_string(),
            cycles,
            bytes,
        }
    }

    /// Path and progress, for the status.
    pub(super) fn progress(&self) -> (PathBuf, Progress) {
        (self.path.clone(), Arc::clone(&self.progress))
    }

    /// Whether nothing more is written.
    pub(super) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the end; the cycle thread must have ended before.
    pub(super) fn finish(self) -> Result<RecordingOutcome, RecordingError> {
        self.thread.join().unwrap_or_else(|_| {
            Err(RecordingError::Io {
                what: "the recorder failed",
                source: std::io::Error::other("its thread panicked"),
            })
        })
    }
}

fn write(
    path: PathBuf,
    mut writer: Writer,
    mut entries: rtrb::Consumer<Entry>,
    lost: &AtomicU64,
    told: &Mutex<Written>,
    stop: &Stop,
) -> Result<RecordingOutcome, RecordingError> {
    loop {
        // The cycle thread drops its end when it has stopped; what is in the ring by then is all.
        let last = entries.is_abandoned();
        while let Ok(entry) = entries.pop() {
            writer.add(&entry)?;
        }
        let summary = writer.summary();
        *told.lock().unwrap_or_else(PoisonError::into_inner) = Written {
            cycles: summary.cycles,
            bytes: summary.bytes,
        };
        let lost = lost.load(Ordering::Relaxed);
        if last || lost > 0 {
            let summary = writer.finish()?;
            return Ok(RecordingOutcome {
                path,
                summary,
                lost,
            });
        }
        if stop.is_set() {
            std::thread::sleep(Duration::from_millis(1));
        } else {
            let _ended = stop.wait(INTERVAL);
        }
    }
}
