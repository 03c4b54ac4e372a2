//! Live history: the newest states of one being in locked memory.
//!
//! One writer, the cycle thread, and any number of readers, none of which ever
//! waits for another. Each slot of the ring is a seqlock (H.-J. Boehm, "Can
//! Seqlocks Get Along With Programming Language Memory Models?", MSPC 2012):
//! its version word is odd while the slot is written, and tells which record
//! it holds otherwise. All words are atomics, so that a reader who meets the
//! writer reads values that it then throws away, never half a record.

mod atomics;
mod pages;
mod ring;

pub use pages::PageLock;
pub use ring::{HistoryError, HistoryReader, HistoryWriter, history};
