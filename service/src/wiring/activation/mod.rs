//! What is going on and how it feels, by the dual activation model, each cycle.
//!
//! The model runs in a worker process, through a scheduler. The thread here sleeps until the next
//! state should be there, by the states' own times, and asks: nothing on the cycle's thread knows of
//! it. A model that hangs or crashes costs answers and nothing else, so there is no way on which it
//! runs in this process: where the board's backend cannot be had, or ends its workers again and
//! again, pure Rust takes its place, in a worker too.

mod budget;
mod discovery;
mod drought;
mod facts;
mod freshness;
mod models;
mod pace;
mod thread;
mod watched;
mod workers;

pub(super) use discovery::{Discovery, DiscoveryError};
pub(super) use facts::ActivationFacts;
pub(super) use thread::{ActivationSetup, start};
pub(super) use watched::Watched;
