//! Runs the kernel's pure step at a fixed rate, counts what time does to it, and
//! records and replays what it did.
//!
//! The cycle thread allocates nothing, takes no lock, writes no log and makes no system call but
//! the timer's own and, with the loops on threads of their own, the futex calls between them.

mod clock;
mod counters;
mod executor;
mod faults;
mod histogram;
mod kernel;
#[cfg(all(loom, test))]
mod loom_models;
mod losses;
mod margin;
mod mock_clock;
mod real_time;
mod recent_spans;
mod recording;
mod run_queue;
mod stall_witness;
mod state_page;
mod sync;
mod timer;
mod touched;

pub use clock::{Clock, MonotonicClock};
pub use counters::{Counters, CountersView, Overrun};
pub use executor::{
    BeingWork, Executor, ExecutorError, FailedLoops, InlineExecutor, LoopGrant, Spin,
    ThreadedExecutor, ThreadedSetup,
};
pub use faults::{
    Fault, FaultKind, FaultPlan, FaultPlanError, FaultReport, FaultTarget, Faults, FaultyExecutor,
    FaultySource,
};
pub use histogram::{Histogram, Quantiles};
pub use kernel::{
    BeingPort, BurstCause, BurstCommand, BurstEnd, BurstRefusal, BurstSettings, Command,
    CommandError, CycleSink, DegradeSettings, InvalidBurst, InvalidPolicy, Kernel, KernelControl,
    KernelEvent, KernelSettings, KernelSetup, MOST_CAUGHT_UP, Outcome, OverrunPolicy,
    PerceptSource, RateOutOfRange, Refused, Resident, SetupError, StatePages, Ticket,
};
pub use losses::{EXPLAINED_SHARE, Explanation, Losses};
pub use mock_clock::MockClock;
pub use real_time::{RealTimeGrant, RealTimeWish, request_real_time};
pub use recording::{
    AtDifference, BeingStart, CycleRecord, Difference, Entry, FieldDifference, Keyframe,
    MOST_RECORDED_BEINGS, RECORDING_VERSION, Reader, Recorded, RecordedStep, RecordingEnd,
    RecordingError, RecordingHeader, ReplayReport, StepRecord, WriteSummary, Writer, replay,
};
pub use run_queue::{RunQueue, StallWatch};
pub use stall_witness::{StallWitness, WitnessError};
pub use state_page::StatePage;
pub use timer::{Beat, CycleTimer, InvalidRate, period_of_rate};
pub use touched::touched_ring;
