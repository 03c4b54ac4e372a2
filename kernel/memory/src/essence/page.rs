//! The essence page: its bytes and what they mean.

use crate::clock::BootId;
use std::mem::offset_of;
use triune_core::{Consent, State, Timestamp};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Bytes of a page; a multiple of every sector size that is written whole.
pub(crate) const PAGE: usize = 4096;
const MAGIC: [u8; 8] = *b"TRIUNEES";
/// Version of this page's layout outside the state.
const VERSION: u32 = 1;
const HEAD: usize = 128;
const CLEAN: u32 = 1;

/// Figures that outlive a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EssenceCounters {
    /// Last sequence number of a crystal that was durable; 0 before the first.
    pub last_crystal: u64,
    /// Moments lost over the being's life because the ring was full.
    pub dropped: u64,
    /// Times that the being's memory was opened.
    pub starts: u64,
}

/// What of a being survives a restart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Essence {
    /// The whole state after the last cycle before it was written.
    pub state: State,
    /// What the being consented to.
    pub consent: Consent,
    /// Wall time of writing, in nanoseconds since 1970.
    pub written_unix: u64,
    /// The same moment on the monotonic clock of `boot`.
    pub written: Timestamp,
    /// The boot in which it was written.
    pub boot: BootId,
    /// Whether it was the last act of a run that was closed in order.
    pub clean: bool,
    /// Figures over the being's life.
    pub counters: EssenceCounters,
}

/// One page as it lies in the file. Magic, version and the place of the checksum never change, so
/// that every version can tell a newer page from a damaged one.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct Page {
    magic: [u8; 8],
    version: u32,
    state_bytes: u32,
    state_layout: u32,
    flags: u32,
    sequence: u64,
    written_unix: u64,
    written: Timestamp,
    boot: BootId,
    last_crystal: u64,
    dropped: u64,
    starts: u64,
    consent: Consent,
    reserved_head: [u8; HEAD - 92],
    state: State,
    reserved: [u8; PAGE - HEAD - size_of::<State>() - 4],
    checksum: u32,
}

const _: () = assert!(size_of::<Page>() == PAGE);
const _: () = assert!(offset_of!(Page, state) == HEAD);
const _: () = assert!(offset_of!(Page, checksum) == PAGE - 4);

/// Changes whenever a field of [`State`] moves or changes its size.
const STATE_LAYOUT: u32 = {
    // FNV-1a, 32 bit (Fowler, Noll, Vo; draft-eastlake-fnv), over the offsets of the parts.
    let parts = [
        size_of::<State>(),
        offset_of!(State, being),
        offset_of!(State, cycle),
        offset_of!(State, time),
        offset_of!(State, environmental),
        offset_of!(State, analytical),
        offset_of!(State, experiential),
        offset_of!(State, observation),
    ];
    let mut hash = 0x811c_9dc5_u32;
    let mut index = 0;
    while index < parts.len() {
        hash = (hash ^ parts[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
};

/// What 4096 bytes turn out to be.
pub(crate) enum Found {
    /// Never written.
    Empty,
    /// A whole page of ours.
    Whole {
        sequence: u64,
        essence: Box<Essence>,
    },
    /// A whole page in a layout that this program does not know.
    OtherLayout { version: u32, state_bytes: u32 },
    /// Torn or altered.
    Damaged,
}

/// The page that holds `essence` under `sequence`.
pub(crate) fn seal(essence: &Essence, sequence: u64) -> Page {
    let mut page = Page::new_zeroed();
    page.magic = MAGIC;
    page.version = VERSION;
    page.state_bytes = size_of::<State>() as u32;
    page.state_layout = STATE_LAYOUT;
    page.flags = if essence.clean { CLEAN } else { 0 };
    page.sequence = sequence;
    page.written_unix = essence.written_unix;
    page.written = essence.written;
    page.boot = essence.boot;
    page.last_crystal = essence.counters.last_crystal;
    page.dropped = essence.counters.dropped;
    page.starts = essence.counters.starts;
    page.consent = essence.consent;
    page.state = essence.state;
    page.checksum = crc32c::crc32c(&page.as_bytes()[..PAGE - 4]);
    page
}

/// Reads a page; never panics, whatever the bytes.
pub(crate) fn read(bytes: &[u8]) -> Found {
    let Ok(page) = Page::read_from_bytes(bytes) else {
        return Found::Damaged;
    };
    if bytes.iter().all(|&byte| byte == 0) {
        return Found::Empty;
    }
    if page.magic != MAGIC || page.checksum != crc32c::crc32c(&bytes[..PAGE - 4]) {
        return Found::Damaged;
    }
    if page.version != VERSION
        || page.state_bytes as usize != size_of::<State>()
        || page.state_layout != STATE_LAYOUT
    {
        return Found::OtherLayout {
            version: page.version,
            state_bytes: page.state_bytes,
        };
    }
    let essence = Box::new(Essence {
        state: page.state,
        consent: page.consent,
        written_unix: page.written_unix,
        written: page.written,
        boot: page.boot,
        clean: page.flags & CLEAN != 0,
        counters: EssenceCounters {
            last_crystal: page.last_crystal,
            dropped: page.dropped,
            starts: page.starts,
        },
    });
    Found::Whole {
        sequence: page.sequence,
        essence,
    }
}
