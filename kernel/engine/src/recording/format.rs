//! The fixed parts of the file and the bounds of what is believed.

use triune_core::{
    Nanoseconds, Parameters, Percept, STATE_FIELD_COUNT, STATE_FIELDS, State, StateHash, Timestamp,
};
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Version of the format; it changes with every change of the recorded types.
pub const RECORDING_VERSION: u32 = 2;

/// Most beings that take part in one cycle of a recording.
pub const MOST_RECORDED_BEINGS: usize = 4096;

pub(super) const MAGIC: [u8; 8] = *b"TRIUNREC";
pub(super) const BLOCK: [u8; 4] = *b"BLCK";
pub(super) const INDEX: [u8; 4] = *b"INDX";
pub(super) const END: [u8; 4] = *b"ENDM";

/// Recorded time after which a block is closed and made durable: what a power cut may take.
pub(super) const BLOCK_SPAN: Nanoseconds = 2_000_000_000;
/// Bytes of plain entries after which a block is closed earlier.
pub(super) const FULL_BLOCK: usize = 4 << 20;
/// Entries other than steps after which a block is closed earlier.
pub(super) const MOST_ENTRIES: usize = 8192;
/// Longest block that is believed, plain or packed: a full one, then a cycle and a keyframe of as
/// many beings as there may be.
pub(super) const LONGEST_BLOCK: usize =
    FULL_BLOCK + MOST_RECORDED_BEINGS * (STEP_ROW + KEYFRAME_ROW) + (1 << 16);

/// Bytes of what is a step's own in a block: consent, state hash, checks.
pub(super) const OWN_ROW: usize = 4 + 8 + STATE_FIELD_COUNT;
/// Bytes of one step in a block: whose, its own part, the percept.
pub(super) const STEP_ROW: usize = 8 + OWN_ROW + size_of::<Percept>();
/// Bytes of one being in a keyframe: state, consent, parameters.
pub(super) const KEYFRAME_ROW: usize = size_of::<State>() + 4 + size_of::<Parameters>();

// The bytes of the recorded types are the format, on every machine.
const _: () = assert!(
    cfg!(target_endian = "little"),
    "recordings are little-endian"
);

/// What a recording begins with. The beings follow as entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct RecordingHeader {
    /// Time between two cycles at the beginning.
    pub period: Nanoseconds,
    /// Wall clock at the beginning, nanoseconds since 1970-01-01 UTC.
    pub wall_clock: u64,
    layout: u64,
}

impl RecordingHeader {
    /// The header for a recording that begins now.
    #[must_use]
    pub fn new(period: Nanoseconds, wall_clock: u64) -> Self {
        Self {
            period,
            wall_clock,
            layout: layout(),
        }
    }

    pub(super) fn is_of_this_layout(&self) -> bool {
        self.layout == layout()
    }
}

/// XXH3-64 of what the recorded types look like: equal for programs that can read each other.
fn layout() -> u64 {
    let parameters = Parameters::default();
    let names = STATE_FIELDS.iter().map(|field| field.name);
    let tuned = parameters.table();
    let mut text: String = names
        .chain(tuned.iter().map(|row| row.name))
        .flat_map(|name| [name, "\n"])
        .collect();
    text.push_str(&size_of::<Percept>().to_string());
    xxh3_64(text.as_bytes())
}

/// What stands before the bytes of a block.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct BlockHead {
    pub(super) magic: [u8; 4],
    pub(super) packed: u32,
    pub(super) plain: u32,
    pub(super) beings: u32,
    pub(super) entries: u32,
    pub(super) cycles: u32,
    pub(super) steps: u32,
    pub(super) body_checksum: u32,
    pub(super) cycles_before: u64,
    pub(super) first_time: Timestamp,
    pub(super) reserved: u32,
    pub(super) checksum: u32,
}

impl BlockHead {
    /// The same with its own checksum.
    pub(super) fn sealed(mut self) -> Self {
        self.checksum = seal(self.as_bytes());
        self
    }

    /// Bytes of the block with its head.
    pub(super) fn whole(&self) -> u64 {
        size_of::<Self>() as u64 + u64::from(self.packed)
    }

    /// Whether the head is whole and states possible lengths.
    pub(super) fn is_possible(&self) -> bool {
        self.magic == BLOCK
            && self.checksum == seal(self.as_bytes())
            && self.packed as usize <= LONGEST_BLOCK
            && self.plain as usize <= LONGEST_BLOCK
            && self.entries as usize <= MOST_ENTRIES
            && self.cycles <= self.entries
            && self.beings as usize <= MOST_RECORDED_BEINGS
            && self.steps as usize <= LONGEST_BLOCK / STEP_ROW
            && self.cycles_before.checked_add(self.cycles.into()).is_some()
    }
}

/// What the index says of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct BlockPlace {
    /// Where in the file.
    pub(super) offset: u64,
    /// Cycles of the recording before it.
    pub(super) cycles_before: u64,
    /// Start of its first cycle, or of the newest before it where it has none.
    pub(super) first_time: Timestamp,
}

/// The last bytes of a whole file.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct EndMark {
    pub(super) magic: [u8; 4],
    pub(super) index_checksum: u32,
    pub(super) index_offset: u64,
    pub(super) blocks: u64,
    pub(super) cycles: u64,
    pub(super) steps: u64,
    pub(super) hash: StateHash,
    pub(super) reserved: u32,
    pub(super) checksum: u32,
}

impl EndMark {
    /// The same with its own checksum.
    pub(super) fn sealed(mut self) -> Self {
        self.checksum = seal(self.as_bytes());
        self
    }

    pub(super) fn is_whole(&self) -> bool {
        self.magic == END && self.checksum == seal(self.as_bytes())
    }
}

/// CRC32C of a part whose last four bytes hold it.
fn seal(part: &[u8]) -> u32 {
    crc32c::crc32c(&part[..part.len() - 4])
}
