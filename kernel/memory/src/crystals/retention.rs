//! Retention by size: how large a new segment is, and which ones go for it.
//!
//! The oldest go first, whole segments at a time, whatever they hold: what is given up is then one
//! range of sequence numbers, and nothing is rewritten. The last one before the new one always stays:
//! however little is allowed, there are always some newest moments.

use super::header::MOST_RECORDS;
use super::record::RECORD_BYTES;
use super::segment::Segment;
use super::store::StoreSettings;
use std::sync::Arc;

/// A new segment has room for this part of the records that there are: little is set aside in vain.
const PART: u64 = 8;
/// It grows up to so many times its usual size. Each segment is a mapping, of which a process has
/// 65 530 (`vm.max_map_count`): with the usual 1024 records, 64 beings of a gibibyte each have 16 000
/// segments, and not 130 000. More in one piece would hold up the other beings while it is set aside.
const GROWTH: u32 = 8;

/// Records for which a segment has room that joins `segments`.
pub(crate) fn capacity_beside(segments: &[Arc<Segment>], settings: &StoreSettings) -> u32 {
    let usual = settings.records_per_segment;
    let there = kept_bytes(segments).min(settings.crystal_bytes) / RECORD_BYTES as u64;
    let most = usual.saturating_mul(GROWTH).min(MOST_RECORDS);
    let wanted = (there / PART)
        .checked_ilog2()
        .map_or(0, |power| 1 << power.min(20));
    most.min(usual.max(wanted))
}

/// What is kept beside a new segment, and what is given up for it; both oldest first.
pub(crate) struct Retention<'a> {
    pub(crate) kept: &'a [Arc<Segment>],
    pub(crate) given_up: &'a [Arc<Segment>],
}

impl<'a> Retention<'a> {
    /// Decides for `segments`, oldest first, before one of `new_bytes` joins them, where all may
    /// take `allowed` bytes.
    pub(crate) fn plan(segments: &'a [Arc<Segment>], new_bytes: u64, allowed: u64) -> Self {
        let mut bytes = kept_bytes(segments).saturating_add(new_bytes);
        let mut going = 0;
        while bytes > allowed && going + 1 < segments.len() {
            bytes -= segments[going].header().file_bytes() as u64;
            going += 1;
        }
        let (given_up, kept) = segments.split_at(going);
        Self { kept, given_up }
    }
}

/// Bytes of the files of `segments`.
pub(crate) fn kept_bytes(segments: &[Arc<Segment>]) -> u64 {
    segments
        .iter()
        .map(|segment| segment.header().file_bytes() as u64)
        .sum()
}
