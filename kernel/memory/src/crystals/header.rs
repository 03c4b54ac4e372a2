//! The header of a segment file.

use super::record::RECORD_BYTES;
use crate::clock::unix_now;
use std::mem::offset_of;
use triune_core::BeingId;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes before the first record.
pub(crate) const HEADER_BYTES: usize = 4096;
/// Bytes of one copy of the header: a sector.
const COPY_BYTES: usize = 512;
/// Where the copies lie.
const COPIES: [usize; 2] = [0, 2048];
/// Records in a segment at most.
pub(crate) const MOST_RECORDS: u32 = 1 << 20;
/// Bytes of a segment's file at most.
pub(crate) const LONGEST_FILE: u64 =
    HEADER_BYTES as u64 + MOST_RECORDS as u64 * RECORD_BYTES as u64;
/// Sequence numbers stay below this, so that counting on never overflows.
pub(crate) const SEQUENCE_END: u64 = 1 << 62;
const MAGIC: [u8; 8] = *b"TRIUNECR";
const VERSION: u32 = 1;

/// Where the record in `slot` begins.
pub(crate) fn place_of(slot: u32) -> u64 {
    HEADER_BYTES as u64 + u64::from(slot) * RECORD_BYTES as u64
}

/// What a segment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) being: BeingId,
    pub(crate) number: u32,
    /// Records that the segment has room for.
    pub(crate) capacity: u32,
    /// Sequence number of the record in the first slot.
    pub(crate) first_sequence: u64,
    /// First sequence number that was meant to be kept when the segment was begun: what lies below
    /// was removed, or is to be. 0 where nobody said so.
    pub(crate) floor: u64,
}

/// Magic, version and the place of the checksum never change.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Block {
    magic: [u8; 8],
    version: u32,
    record_bytes: u32,
    being: BeingId,
    number: u32,
    capacity: u32,
    first_sequence: u64,
    created_unix: u64,
    floor: u64,
    reserved: [u8; COPY_BYTES - 60],
    checksum: u32,
}

const _: () = assert!(size_of::<Block>() == COPY_BYTES);
const _: () = assert!(offset_of!(Block, checksum) == COPY_BYTES - 4);

/// What the head of a file turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundHeader {
    /// Ours; `intact` unless one of the copies is damaged.
    Whole { header: SegmentHeader, intact: bool },
    /// Whole, but in a layout that this program does not know.
    OtherVersion(u32),
    /// No copy is whole, but the file began as one of ours, or is too short or empty to tell.
    Damaged,
    /// Nothing of it is ours.
    Foreign,
}

impl SegmentHeader {
    /// Length of the segment's file.
    pub(crate) fn file_bytes(&self) -> usize {
        HEADER_BYTES + self.capacity as usize * RECORD_BYTES
    }

    /// Sequence number after the segment's last slot.
    pub(crate) fn end_sequence(&self) -> u64 {
        self.first_sequence.saturating_add(u64::from(self.capacity))
    }

    /// The header page.
    pub(crate) fn to_page(self) -> [u8; HEADER_BYTES] {
        let mut block = Block {
            magic: MAGIC,
            version: VERSION,
            record_bytes: RECORD_BYTES as u32,
            being: self.being,
            number: self.number,
            capacity: self.capacity,
            first_sequence: self.first_sequence,
            created_unix: unix_now(),
            floor: self.floor,
            reserved: [0; COPY_BYTES - 60],
            checksum: 0,
        };
        block.checksum = crc32c::crc32c(&block.as_bytes()[..COPY_BYTES - 4]);
        let mut page = [0; HEADER_BYTES];
        for start in COPIES {
            page[start..start + COPY_BYTES].copy_from_slice(block.as_bytes());
        }
        page
    }

    /// Reads the header from the beginning of a file; never panics.
    pub(crate) fn read(file: &[u8]) -> FoundHeader {
        let copies = COPIES.map(|start| file.get(start..start + COPY_BYTES).map(read_copy));
        let mut whole = None;
        let mut intact = true;
        for copy in copies {
            match copy {
                Some(CopyFound::OtherVersion(version)) => {
                    return FoundHeader::OtherVersion(version);
                }
                Some(CopyFound::Whole(header)) => whole = Some(header),
                Some(CopyFound::Damaged { .. }) | None => intact = false,
            }
        }
        if let Some(header) = whole {
            return FoundHeader::Whole { header, intact };
        }
        let begins_as_ours = copies
            .iter()
            .any(|copy| matches!(copy, Some(CopyFound::Damaged { ours: true })));
        let cut_short = file.len() < COPY_BYTES;
        let says_nothing = (cut_short && file.iter().zip(MAGIC).all(|(&a, b)| a == b))
            || file.iter().take(HEADER_BYTES).all(|&byte| byte == 0);
        if begins_as_ours || says_nothing {
            FoundHeader::Damaged
        } else {
            FoundHeader::Foreign
        }
    }
}

#[derive(Clone, Copy)]
enum CopyFound {
    Whole(SegmentHeader),
    OtherVersion(u32),
    Damaged { ours: bool },
}

fn read_copy(bytes: &[u8]) -> CopyFound {
    let Ok(block) = Block::read_from_bytes(bytes) else {
        return CopyFound::Damaged { ours: false };
    };
    let ours = block.magic == MAGIC;
    if !ours || block.checksum != crc32c::crc32c(&bytes[..COPY_BYTES - 4]) {
        return CopyFound::Damaged { ours };
    }
    if block.version != VERSION || block.record_bytes as usize != RECORD_BYTES {
        return CopyFound::OtherVersion(block.version);
    }
    CopyFound::Whole(SegmentHeader {
        being: block.being,
        number: block.number,
        capacity: block.capacity,
        first_sequence: block.first_sequence,
        floor: block.floor,
    })
}
