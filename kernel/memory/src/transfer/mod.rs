//! A whole being in one file: out of one board, into another, or into an archive.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `TRIUNEXP` |
//! | 4 | version of the format |
//! | 4 | length of the manifest, at most 65536 |
//! | .. | the [`Manifest`] as JSON: readable with any tool |
//! | 4 | CRC-32C of all before |
//! | .. | blocks: a head of 16 bytes (part, packing, raw length, packed length, CRC-32C) and up to 1 MiB of records, LZ4-packed where that is shorter |
//! | 16 | the end: part 255, CRC-32C of each part's records |
//! | 32 | SHA-256 of all before |
//!
//! Parts come in order: the essence page, crystals as they lie in their segments, rows of the
//! catalogue's tables. Numbers are little-endian. A reader needs one block of memory, never seeks, and
//! writes to names of its own choosing only: no name of a file is in the format. What can be made
//! again, such as an index, is not in it.

mod blocks;
mod error;
mod export;
mod format;
mod import;
mod manifest;
mod packer;
mod sealed_file;
mod segments;
mod table;
mod unpacker;

pub use error::{ExportError, FormatError, ImportError};
pub use export::{ExportSummary, export_being};
pub use format::Progress;
pub use import::{ImportSummary, import_being};
pub use manifest::Manifest;
pub use unpacker::verify_export;

pub(crate) use sealed_file::unfinished_exports;
