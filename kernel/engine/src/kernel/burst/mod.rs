//! Bursts: for a bounded time more beings, a higher rate, or both; never at the cost of those
//! that cycle anyway.

mod course;
mod load;
mod settings;

pub(super) use course::{Burst, Change, Turn};
pub use settings::{BurstCause, BurstCommand, BurstEnd, BurstRefusal, BurstSettings, InvalidBurst};
