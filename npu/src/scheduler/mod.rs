//! Who runs when: priorities, deadlines, bounded queues, admission by measured times.

mod admission;
mod backend;
mod class;
mod dispatcher;
mod executor;
mod in_process;
mod lane;
mod latency;
mod load;
mod refusal;
mod running;
mod slot;
mod source;
mod state;
mod statistics;

pub use backend::ScheduledBackend;
pub use class::Class;
pub use executor::{
    AddError, BackendFacts, ExecuteError, Executor, ExecutorStatistics, ModelId, RunningRequest,
};
pub use in_process::InProcessExecutor;
pub use refusal::{Refusal, StartError};
pub use running::{Scheduler, SchedulerOptions};
pub use slot::{Answer, Done, Slot, Ticket};
pub use source::{ModelSource, SourceError};
pub use statistics::{ClassStatistics, LaneStatistics, ModelStatistics, Statistics};
