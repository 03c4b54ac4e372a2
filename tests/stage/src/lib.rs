//! What the stage is told to do and what it tells back.
//!
//! The stage is the outside world of the boot test: a program in the guest that speaks into
//! the loopback sound card and turns the camera's brightness. It knows nothing of the service
//! under test and shares only the guest's monotonic clock with it. The harness on the host
//! writes a [`Plan`], starts the stage, and reads one [`Report`] a line.
#![forbid(unsafe_code)]

pub mod plan;
pub mod report;

pub use plan::{Light, Phrase, Plan, PlanError};
pub use report::{Report, START_COMMAND};
