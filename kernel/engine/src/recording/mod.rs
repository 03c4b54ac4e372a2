//! Recordings: everything that decided what the kernel did, and nothing else.
//!
//! A recording file is a header, then blocks, then an end mark:
//!
//! | part | bytes |
//! |---|---|
//! | header | magic `TRIUNREC`, version `u32`, length `u32`, body, CRC32C `u32` of the body |
//! | header body | period `u64`, wall clock `u64`, consent `u32`, `u32` 0, parameters, first state |
//! | block | magic `BLCK`, entries `u32`, raw length `u32`, packed length `u32`, CRC32C `u32`, LZ4 bytes |
//! | end | magic `ENDM`, cycles `u64`, hash of the last state `u64`, CRC32C `u32` |
//!
//! Numbers are little-endian. A block holds entries: a tag byte, then what the
//! [`Entry`] holds. A file
//! whose end mark is missing was cut short; what is there is still good.

mod codec;
mod entry;
mod error;
mod reader;
mod replay;
mod writer;

pub use codec::{RECORDING_VERSION, RecordingHeader};
pub use entry::{BeingStart, CycleRecord, Entry, StepRecord};
pub use error::RecordingError;
pub use reader::Reader;
pub use replay::{Difference, ReplayReport, replay};
pub use writer::{WriteSummary, Writer};
