//! What every version of the page has in common, and which version a page is of.

use super::page::{self, Essence};
use super::version_1;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of a page; a multiple of every sector size that is written whole.
pub(crate) const PAGE: usize = 4096;
pub(super) const MAGIC: [u8; 8] = *b"TRIUNEES";
pub(super) const CLEAN: u32 = 1;

/// The first bytes of every page. Magic, version and the place of the checksum (the last four bytes)
/// never change, so that every version can tell a newer page from a damaged one.
#[derive(Clone, Copy, FromBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Head {
    magic: [u8; 8],
    version: u32,
    state_bytes: u32,
}

/// What 4096 bytes turn out to be.
#[derive(Debug)]
pub(crate) enum Found {
    /// Never written.
    Empty,
    /// A whole page of ours.
    Whole(Box<WholePage>),
    /// A whole page in a layout that this program does not know.
    OtherLayout { version: u32, state_bytes: u32 },
    /// Torn or altered.
    Damaged,
}

/// What a whole page holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WholePage {
    pub(crate) version: u32,
    pub(crate) sequence: u64,
    pub(crate) essence: Essence,
    /// Parameters in the page that have no place here or may not have their value any more.
    pub(crate) unrestored: u32,
}

/// The essence in `bytes`, if they are a whole page of a version that is known here. Never panics,
/// whatever the bytes.
#[must_use]
pub fn read_page(bytes: &[u8]) -> Option<Essence> {
    match read(bytes) {
        Found::Whole(page) => Some(page.essence),
        Found::Empty | Found::OtherLayout { .. } | Found::Damaged => None,
    }
}

/// Reads a page of any version; never panics, whatever the bytes.
pub(crate) fn read(bytes: &[u8]) -> Found {
    let Ok((head, _)) = Head::read_from_prefix(bytes) else {
        return Found::Damaged;
    };
    if bytes.len() != PAGE {
        return Found::Damaged;
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return Found::Empty;
    }
    let (content, checksum) = bytes.split_at(PAGE - 4);
    if head.magic != MAGIC || checksum != crc32c::crc32c(content).to_le_bytes() {
        return Found::Damaged;
    }
    let known = match head.version {
        version_1::VERSION => version_1::read(bytes),
        page::VERSION => page::read(bytes),
        _ => None,
    };
    match known {
        Some(page) => Found::Whole(Box::new(page)),
        None => Found::OtherLayout {
            version: head.version,
            state_bytes: head.state_bytes,
        },
    }
}

/// The checksum of a page.
pub(super) fn checksum(page: &(impl IntoBytes + Immutable)) -> u32 {
    crc32c::crc32c(&page.as_bytes()[..PAGE - 4])
}

/// FNV-1a, 32 bit (Fowler, Noll, Vo; RFC 9923), of a row of sizes and offsets.
pub(super) const fn layout_hash(parts: &[usize]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut index = 0;
    while index < parts.len() {
        hash = (hash ^ parts[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
}
