//! Retention by size: which segments go when a new one is begun.
//!
//! The oldest go first, whole segments at a time, whatever they hold: what is given up is then one
//! range of sequence numbers, and nothing is rewritten. The last one before the new one always stays:
//! however little is allowed, there are always some newest moments.

use super::segment::Segment;
use std::sync::Arc;

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
