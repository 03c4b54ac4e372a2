//! Constants of the format, and what both directions share.

/// First bytes of an export.
pub(crate) const MAGIC: [u8; 8] = *b"TRIUNEXP";
/// Version of the format.
pub(crate) const VERSION: u32 = 1;
/// Longest manifest.
pub(crate) const MANIFEST_BYTES: usize = 64 * 1024;
/// Most bytes of records in a block.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// Bytes of records after which a block is closed.
pub(crate) const BLOCK_TARGET: usize = 64 * 1024;
/// Bytes before a block's records.
pub(crate) const BLOCK_HEAD: usize = 16;
/// Bytes of the digest at the end.
pub(crate) const DIGEST_BYTES: usize = 32;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Part {
    Essence = 1,
    Crystals = 2,
    Table = 3,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Essence, Self::Crystals, Self::Table];
    /// In place of a part's number: the end.
    pub(crate) const END: u8 = 255;

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|part| *part as u8 == number)
    }

    /// Place of the part's checksum at the end.
    pub(crate) fn place(self) -> usize {
        self as usize - 1
    }
}

/// How far a transfer has come, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes done.
    pub done: u64,
    /// Bytes to do in all, as far as that is known.
    pub total: u64,
}
