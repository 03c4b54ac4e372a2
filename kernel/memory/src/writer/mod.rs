//! From the cycle to the disk: the ring between, the writer thread behind it, what it tells.

mod adoption;
mod cycle_side;
mod lane;
mod partition;
mod statistics;
mod thread;

pub use cycle_side::{CycleSide, Remembered};
pub use lane::{Degradation, DegradedCause, Lane};
pub use partition::{Durable, SyncError};
pub use statistics::Statistics;
pub use thread::CloseError;

pub(crate) use adoption::{Adopted, Adoption, AdoptionStop};
pub(crate) use cycle_side::cycle_side;
pub(crate) use partition::{Partition, Schedule, without_refused};
pub(crate) use statistics::Shared;
pub(crate) use thread::Writer;
