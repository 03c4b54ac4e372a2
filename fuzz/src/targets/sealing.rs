//! Checksums that agree, which chance would never find.

use std::ops::Range;

/// Writes the CRC32C of `covered` at `place`; nothing where the bytes do not reach so far.
pub(super) fn seal_at(bytes: &mut [u8], covered: Range<usize>, place: usize) {
    let Some(checksum) = bytes.get(covered).map(crc32c::crc32c) else {
        return;
    };
    if let Some(four) = bytes.get_mut(place..place.saturating_add(4)) {
        four.copy_from_slice(&checksum.to_le_bytes());
    }
}
