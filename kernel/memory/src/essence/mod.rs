//! A being's essence: its running state, consent, parameters and counters, in a file that survives
//! restarts.
//!
//! The file holds two pages of 4096 bytes, written in turn. A page carries a
//! sequence number and the CRC-32C of itself, so a page torn by a power cut is
//! known as such and the other one, written before it, still stands. The page
//! that holds the newest durable essence is never written to, but once after an
//! opening with what it holds: a sync of it may have failed before.
//!
//! A page of an older version is read as it is and becomes one of this version
//! when it is written next; [`migrate`] writes a whole file in another version,
//! older ones too.

mod file;
mod head;
mod look;
mod migration;
mod page;
mod parameters;
mod version_1;

pub(crate) use look::{BYTES, Looked, look, pack, unpack};

pub(crate) use file::FoundEssence;
pub use file::{EssenceError, EssenceFile, EssenceOpenError, EssenceRecovery};
pub use head::read_page;
pub use migration::{ESSENCE_VERSION, MigrateError, Migration, Unheld, migrate, migrate_on};
pub use page::{Essence, EssenceCounters};
