//! A being's essence: its running state, consent and counters, in a file that survives restarts.
//!
//! The file holds two pages of 4096 bytes, written in turn. A page carries a
//! sequence number and the CRC-32C of itself, so a page torn by a power cut is
//! known as such and the other one, written before it, still stands. The page
//! that holds the newest durable essence is never written to.

mod file;
mod look;
mod page;

pub(crate) use look::{BYTES, Looked, look, pack, unpack};

pub use file::{EssenceError, EssenceFile, EssenceOpenError, EssenceRecovery};
pub use page::{Essence, EssenceCounters};
