//! The kernel: many beings, one cycle at a fixed rate, and what other threads may ask of it.

mod burst;
mod command;
mod control;
mod cycle;
mod decisions;
mod desk;
mod error;
mod event;
mod governor;
mod notes;
mod orders;
mod pages;
mod policy;
mod ports;
mod seats;
mod setup;
mod ticket;
mod words;

pub use burst::{BurstCause, BurstCommand, BurstEnd, BurstRefusal, BurstSettings, InvalidBurst};
pub use command::{Command, Outcome, Resident};
pub use control::KernelControl;
pub use cycle::Kernel;
pub use error::{CommandError, RateOutOfRange, Refused, SetupError};
pub use event::KernelEvent;
pub use pages::StatePages;
pub use policy::{DegradeSettings, InvalidPolicy, MOST_CAUGHT_UP, OverrunPolicy};
pub use ports::{BeingPort, CycleSink, PerceptSource};
pub(crate) use setup::SHORTEST_PERIOD;
pub use setup::{KernelSettings, KernelSetup};
pub use ticket::Ticket;
