//! Runs the kernel's pure step at a fixed rate, counts what time does to it, and
//! records and replays what it did.
//!
//! The cycle thread allocates nothing, takes no lock, writes no log and makes no
//! system call but the timer's own.

mod change;
mod clock;
mod counters;
mod engine;
mod executor;
mod histogram;
#[cfg(all(loom, test))]
mod loom_models;
mod margin;
mod mock_clock;
mod real_time;
mod recent_spans;
mod recording;
mod run_queue;
mod state_page;
mod sync;
mod timer;

pub use change::Change;
pub use clock::{Clock, MonotonicClock};
pub use counters::{Counters, CountersView, Overrun};
pub use engine::{CycleSink, Engine, EngineSetup, PerceptSource};
pub use executor::{
    BeingWork, Executor, ExecutorError, FailedLoops, InlineExecutor, LoopGrant, Spin,
    ThreadedExecutor, ThreadedSetup,
};
pub use histogram::{Histogram, Quantiles};
pub use mock_clock::MockClock;
pub use real_time::{RealTimeGrant, RealTimeWish, request_real_time};
pub use recording::{
    CycleRecord, Difference, Entry, RECORDING_VERSION, Reader, RecordingError, RecordingHeader,
    ReplayReport, WriteSummary, Writer, replay,
};
pub use run_queue::{RunQueue, StallWatch};
pub use state_page::StatePage;
pub use timer::{Beat, CycleTimer, InvalidRate, period_of_rate};
