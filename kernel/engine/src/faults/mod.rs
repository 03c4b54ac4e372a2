//! Faults on purpose: every input and every loop can be made to fail, so that what the kernel does
//! then can be seen and tested.
//!
//! A [`FaultPlan`] is read from text: faults separated by commas, each `TARGET=KIND[@FROM..UNTIL]`
//! with times from the beginning, and perhaps `seed=NUMBER` for what happens by chance.
//!
//! | kind | a sense (`hearing`, `sight`, `body`, `told`, `recall`, `activation`) | a loop (`loop.analytical`) |
//! |---|---|---|
//! | `missing` | is absent | |
//! | `late:SPAN` | comes that much later, and says so by its age | |
//! | `late` | | is not in time: contributes its last value |
//! | `frozen` | stays at its last value, which grows older | |
//! | `nan` | every number is "not a number" | |
//! | `out-of-range` | every value lies outside its range | |
//! | `burst:N/s` | jumps to any possible value N times a second; `told`: N words a second | |

mod active;
mod error;
mod executor;
mod forge;
mod injection;
mod parse;
mod plan;
mod random;
mod source;

pub use active::{FaultReport, Faults};
pub use error::FaultPlanError;
pub use executor::FaultyExecutor;
pub use plan::{Fault, FaultKind, FaultPlan, FaultTarget};
pub use source::FaultySource;
