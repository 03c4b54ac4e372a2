//! What a being keeps: live history in memory, its essence and its crystals on disk.
//!
//! | part | where | written by | survives |
//! |---|---|---|---|
//! | [`history`] | locked ring in RAM | the cycle thread, every cycle | nothing |
//! | [`essence`] | one file of two pages | the writer thread, every few seconds | a power cut |
//! | [`catalog`] | a database of one file | whoever asks, never the cycle | a power cut |
//! | [`crystals`] | append-only segment files, mapped to read | the writer thread, inside the flush window | a power cut |
//! | [`search`] | rows and graph in RAM, a file and tables beside the crystals | the indexer thread, in the background | a restart; what is damaged is made again |
//!
//! [`Memories`] runs the one writer thread of all beings. [`Memories::open_being`]
//! recovers a being's partition and splits it in two: the [`CycleSide`], which
//! the cycle thread calls and which never allocates, locks or enters the
//! operating system, and the [`Memory`], through which everyone else reads and
//! commands. What is written is held against a budget ([`wear`]), and goes
//! through a [`Disk`] that can be made to fail ([`FaultyDisk`]). Each being has a directory of its own
//! (`beings/<16 hexadecimal digits>`), locked against a second process;
//! erasing the being is removing that directory.
//!
//! Files are little-endian and are written with `pwrite`, never through a
//! mapping: a full disk or one that fails to write is then an error that can
//! be told. Crystals are read through a mapping: where the disk cannot give a
//! page, or a file was cut short from outside, the system ends the process
//! (`SIGBUS`). The writer reads none, so that only readers meet it.

#[cfg(not(target_endian = "little"))]
compile_error!(
    "the file formats of triune-memory are little-endian: build for a little-endian target"
);

mod affinity;
mod at_rest;
pub mod bridge;
pub mod catalog;
mod clock;
pub mod crystals;
mod directory;
pub mod essence;
mod files;
pub mod history;
mod index;
mod listing;
mod memories;
mod memory;
mod options;
pub mod search;
pub mod transfer;
pub mod wear;
mod writer;

pub use at_rest::{consent_at_rest, consent_changes_at_rest, crossings_at_rest};
pub use clock::BootId;
pub use directory::{DirectoryError, EraseError, Erased, LockError, beings_in, erase_being};
pub use files::{Disk, DiskFile, FaultSyntaxError, FaultyDisk, RealDisk, StoreFault};
pub use listing::{ListedBeing, list_beings};
pub use memories::Memories;
pub use memory::{ConsentError, Memory, OpenError, Opened, RecoveryReport};
pub use options::{Options, OptionsError};
pub use writer::{
    CloseError, CycleSide, Degradation, DegradedCause, Durable, Lane, Remembered, Statistics,
    SyncError,
};
