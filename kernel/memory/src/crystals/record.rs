//! The crystal record: 512 bytes as they lie in a segment.

use super::summary::{SUMMARY_BYTES, summarise, summarise_told, text};
use crate::clock::{BootId, unix_of};
use std::fmt;
use std::mem::offset_of;
use triune_core::{BeingId, CrystalDraft, CrystalKind, Embedding, EnergyCentres, Timestamp};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of a record.
pub const RECORD_BYTES: usize = 512;
const MAGIC: [u8; 4] = *b"CRYS";
/// Version of the record's layout.
const VERSION: u32 = 1;

/// When a crystal was kept, by the clocks of the machine that kept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Wall time in nanoseconds since 1970; as right as the machine's clock was.
    pub unix: u64,
    /// The boot whose monotonic clock the draft's time is read from.
    pub boot: BootId,
}

impl Stamp {
    /// The stamp of a moment of this boot.
    #[must_use]
    pub fn of(time: Timestamp, boot: BootId) -> Self {
        Self {
            unix: unix_of(time),
            boot,
        }
    }
}

/// Where a crystal comes from: whose moment it was, on which board, under which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The being that lived the moment.
    pub being: BeingId,
    /// The board on which it lived it; all zero when unknown.
    pub board: [u8; 16],
    /// The crystal's sequence number there; 0 for the crystal's own.
    pub sequence: u64,
}

/// A kept moment as it is stored. A value of this type was checked when it was read or sealed: it is never
/// torn. One that is read where it lies, in a [`super::CrystalView`], was checked when the memory was
/// opened; [`Crystal::is_whole`] says whether it still is.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Crystal {
    magic: [u8; 4],
    version: u32,
    sequence: u64,
    being: BeingId,
    unix: u64,
    time: Timestamp,
    boot: BootId,
    cycle: u64,
    kind: u32,
    salience: f32,
    confidence: f32,
    coherence: f32,
    centres: EnergyCentres,
    flux: u32,
    embedding: Embedding,
    origin_being: BeingId,
    origin_board: [u8; 16],
    origin_sequence: u64,
    summary_length: u32,
    summary: [u8; SUMMARY_BYTES],
    /// Little-endian; bytes, since the place is no multiple of eight.
    told: [u8; 8],
    checksum: u32,
}

const _: () = assert!(size_of::<Crystal>() == RECORD_BYTES);
const _: () = assert!(offset_of!(Crystal, checksum) == RECORD_BYTES - 4);

/// What the 512 bytes of a slot turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Never written.
    Empty,
    /// A whole record.
    Whole,
    /// A whole record in a layout that this program does not know.
    OtherVersion(u32),
    /// Torn, altered, or out of its place.
    Damaged,
}

impl Crystal {
    /// Seals `draft` under `sequence`.
    #[must_use]
    pub fn seal(draft: &CrystalDraft, sequence: u64, stamp: Stamp, from: Provenance) -> Self {
        Self::seal_told(draft, sequence, stamp, from, None)
    }

    /// The same, with the words that were told at that moment in the summary.
    #[must_use]
    pub fn seal_told(
        draft: &CrystalDraft,
        sequence: u64,
        stamp: Stamp,
        from: Provenance,
        told: Option<&str>,
    ) -> Self {
        let summary = told.map_or_else(|| summarise(draft), |told| summarise_told(draft, told));
        let (summary, summary_length) = summary.parts();
        let mut crystal = Self {
            magic: MAGIC,
            version: VERSION,
            sequence,
            being: draft.being,
            unix: stamp.unix,
            time: draft.time,
            boot: stamp.boot,
            cycle: draft.cycle,
            kind: draft.kind,
            salience: draft.salience,
            confidence: draft.confidence,
            coherence: draft.coherence,
            centres: draft.centres,
            flux: draft.flux,
            embedding: draft.embedding,
            origin_being: from.being,
            origin_board: from.board,
            origin_sequence: if from.sequence == 0 {
                sequence
            } else {
                from.sequence
            },
            summary_length,
            summary,
            told: draft.told.to_le_bytes(),
            checksum: 0,
        };
        crystal.close();
        crystal
    }

    /// The same moment with the same provenance, sealed for the memory of `being` under `sequence`.
    #[must_use]
    pub fn resealed(&self, being: BeingId, sequence: u64) -> Self {
        let mut crystal = Self {
            being,
            sequence,
            ..*self
        };
        crystal.close();
        crystal
    }

    fn close(&mut self) {
        self.checksum = crc32c::crc32c(&self.as_bytes()[..RECORD_BYTES - 4]);
    }

    /// The record in `bytes`, if they are a whole one.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let crystal = Self::read_from_bytes(bytes).ok()?;
        (crystal.is_sealed(bytes) && crystal.version == VERSION).then_some(crystal)
    }

    fn is_sealed(&self, bytes: &[u8]) -> bool {
        self.magic == MAGIC && self.checksum == crc32c::crc32c(&bytes[..RECORD_BYTES - 4])
    }

    /// Whether the record is as it was sealed: a disk may rot under one that is read where it lies.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_sealed(self.as_bytes()) && self.version == VERSION
    }

    /// The record as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    /// Number of the crystal in its being's memory, from 1 up.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The being in whose memory it lies.
    #[must_use]
    pub fn being(&self) -> BeingId {
        self.being
    }

    /// Wall time of the moment in nanoseconds since 1970.
    #[must_use]
    pub fn unix(&self) -> u64 {
        self.unix
    }

    /// The moment on the monotonic clock of [`Crystal::boot`].
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// The boot in which it was kept.
    #[must_use]
    pub fn boot(&self) -> BootId {
        self.boot
    }

    /// The being's cycle.
    #[must_use]
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// Why it was kept; nothing when the number is not known here.
    #[must_use]
    pub fn kind(&self) -> Option<CrystalKind> {
        CrystalKind::from_number(self.kind)
    }

    /// How much the moment stood out, 0 to 1.
    #[must_use]
    pub fn salience(&self) -> f32 {
        self.salience
    }

    /// Confidence that it was worth keeping, 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.confidence
    }

    /// Coherence of the loops, 0 to 1.
    #[must_use]
    pub fn coherence(&self) -> f32 {
        self.coherence
    }

    /// The drives at that moment.
    #[must_use]
    pub fn centres(&self) -> EnergyCentres {
        self.centres
    }

    /// Flux position of the newest word, 1 to 9; 0 when there was none.
    #[must_use]
    pub fn flux(&self) -> u32 {
        self.flux
    }

    /// [`CrystalDraft::told`]: the fingerprint of the words told at that moment; 0 when there were
    /// none, or when the crystal was kept before fingerprints were.
    #[must_use]
    pub fn told(&self) -> u64 {
        u64::from_le_bytes(self.told)
    }

    /// Where the moment lies among others.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Whose moment it was first, and where.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance {
            being: self.origin_being,
            board: self.origin_board,
            sequence: self.origin_sequence,
        }
    }

    /// The moment in a line of text.
    #[must_use]
    pub fn summary(&self) -> &str {
        text(&self.summary, self.summary_length as usize)
    }
}

impl PartialEq for Crystal {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Debug for Crystal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Crystal")
            .field("sequence", &self.sequence)
            .field("being", &self.being)
            .field("unix", &self.unix)
            .field("cycle", &self.cycle)
            .field("summary", &self.summary())
            .finish_non_exhaustive()
    }
}

/// Judges the slot that should hold record `sequence` of `being`; never panics.
pub(crate) fn check(bytes: &[u8], being: BeingId, sequence: u64) -> Slot {
    let Ok(record) = Crystal::read_from_bytes(bytes) else {
        return Slot::Damaged;
    };
    if record.magic == [0; 4] && bytes.iter().all(|&byte| byte == 0) {
        return Slot::Empty;
    }
    if !record.is_sealed(bytes) {
        return Slot::Damaged;
    }
    if record.version != VERSION {
        return Slot::OtherVersion(record.version);
    }
    if record.being != being || record.sequence != sequence {
        return Slot::Damaged;
    }
    Slot::Whole
}
