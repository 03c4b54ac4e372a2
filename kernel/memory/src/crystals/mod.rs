//! Crystals on disk: append-only segment files of fixed-size, checksummed records.
//!
//! A segment `segment-00000000.crystals` is a header page of 4096 bytes, with
//! the header in it twice, and a fixed number of records of 512 bytes: the
//! sector size, so that writing one record never endangers its neighbour. A
//! record's place gives its sequence number; a record found in another place
//! is not valid. Files are written whole when they are created, so that the
//! writer neither runs out of space inside one nor waits for the journal.
//!
//! The [`CrystalStore`] belongs to the writer thread; any number of
//! [`CrystalReader`]s read through a shared, read-only mapping, and see a
//! record as soon as it is appended. What they hold stays valid while segments
//! are added, and while old ones are removed: a removed file is gone when its
//! last reader lets go of it.
//!
//! When the segments together grow beyond their allowance, the oldest whole
//! segment goes. Sequence numbers go on; the header of each new segment says
//! with which one the kept ones begin, so that a removed head is not taken for
//! a lost one.

mod active;
mod header;
mod look;
mod reader;
mod recall;
mod record;
mod recovery;
mod retention;
mod scan;
mod segment;
mod store;
mod summary;

pub(crate) use header::{SEQUENCE_END, SegmentHeader};
pub(crate) use look::{SegmentLook, count_records, look};
pub use reader::{CrystalReader, CrystalView};
pub use recall::Recalled;
pub(crate) use recall::nearest;
pub use record::{Crystal, Provenance, RECORD_BYTES, Stamp};
pub use recovery::{CrystalOpenError, CrystalRecovery};
pub(crate) use recovery::{find, segment_path};
pub use scan::scan_bytes;
pub use store::{AppendError, CrystalStore, StoreSettings};
pub use summary::{SUMMARY_BYTES, Summary, summarise, summarise_told};

pub(crate) use summary::quoted;
