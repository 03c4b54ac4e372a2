//! What the service is told to do, from file, environment and command line.

mod error;
mod file;
mod injection;
mod resolved;
mod socket;

pub use error::SettingsError;
pub use file::{KernelSettings, MemorySettings, NpuSettings, SettingsFile};
pub use injection::{InjectError, Injection, ScheduledFault};
pub use resolved::Settings;
pub(crate) use resolved::span;
pub use socket::default_socket;
