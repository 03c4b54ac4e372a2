//! Recordings: everything that decided what the kernel did, and nothing else.
//!
//! A recording file, version 2, is a header, then blocks, then an index and an end mark. Numbers
//! are little-endian; every checksum is a CRC32C.
//!
//! | part | bytes |
//! |---|---|
//! | header | magic `TRIUNREC`, version `u32`, length of the body `u32`, body, its checksum `u32` |
//! | header body | period `u64`, wall clock `u64`, hash of the recorded types' layout `u64` |
//! | block | head, packed body |
//! | block head, 56 | magic `BLCK`, packed length, plain length, beings in the keyframe, entries, cycles, steps, checksum of the packed body, each `u32`; cycles before the block `u64`, start of its first cycle `u64`, `u32` 0, checksum of the head `u32` |
//! | index | magic `INDX`; for each block: offset, cycles before it, start of its first cycle, each `u64` |
//! | end mark, 56 | magic `ENDM`, checksum of the index `u32`; offset of the index, blocks, cycles, steps, hash of the last states, each `u64`; `u32` 0, checksum of the end mark `u32` |
//!
//! A block is closed after two seconds of recorded time and then made durable: a power cut takes
//! no more. A file without a whole end was cut short; its index is rebuilt by scanning the block
//! heads, and what is there is good. The plain body of a block, which stands alone:
//!
//! | part | holds |
//! |---|---|
//! | keyframe | for each being: state, consent, parameters, as they stood before the block |
//! | tags | a byte for each entry but steps: 1 joined, 2 left, 3 parameters, 4 cycle |
//! | events | bodies of the entries 1 to 3, in order |
//! | cycles | columns of [`CycleRecord`]; the start is told as departure from the foretold deadline |
//! | beings | columns: whose step, against the same place in the cycle before |
//! | own parts | columns: consent, state hash, a check for each of [`triune_core::STATE_FIELDS`] |
//! | percepts | columns: percepts with ages as instants, so that they change only with news |
//!
//! Rows become columns of differences to the same being's row before (percepts: changed as the
//! being beside it changed), zeros are left out, and LZ4 packs the rest. The state itself is left
//! out: the step makes it again.
//!
//! Size, measured by `cargo run --release -p triune-engine --example recording_size` over an hour
//! of noisy senses at 250 Hz: 77 MB for one being and 361 MB for eight (0.54 and 3.97 GB plain). Most
//! of it are hashes and checks, which nothing can pack; senses that stand still cost 4 bytes a cycle.

mod block;
mod columns;
mod difference;
mod entry;
mod error;
mod format;
mod index;
mod last_states;
mod packing;
mod reader;
mod replay;
mod roster;
mod timeless;
mod unpacked;
mod writer;

pub use difference::{Difference, FieldDifference};
pub use entry::{BeingStart, CycleRecord, Entry, Keyframe, Recorded, RecordedStep, StepRecord};
pub use error::RecordingError;
pub use format::{MOST_RECORDED_BEINGS, RECORDING_VERSION, RecordingHeader};
pub use reader::{Reader, RecordingEnd};
pub use replay::{AtDifference, ReplayReport, replay};
pub use writer::{WriteSummary, Writer};
