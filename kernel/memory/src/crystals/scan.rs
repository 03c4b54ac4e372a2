//! Reading a segment's bytes at start: which records stand. Pure: bytes in, findings out.

use super::header::{FoundHeader, HEADER_BYTES, MOST_RECORDS, SEQUENCE_END, SegmentHeader};
use super::record::{Crystal, RECORD_BYTES, Slot, check};
use triune_core::BeingId;

/// What a segment file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) header: SegmentHeader,
    /// Slots up to and including the last whole record.
    pub(crate) used: u32,
    /// Slots below `used` that hold no whole record, in order.
    pub(crate) damaged: Vec<u32>,
    /// Slots from `used` on that hold something, but no whole record.
    pub(crate) torn: u32,
    /// Whether header and length are as they were made, so that more may be appended.
    pub(crate) appendable: bool,
}

/// Why a file's records cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Another program's file.
    Foreign,
    /// A newer or older version's file.
    OtherVersion(u32),
    /// Another being's segment.
    OtherBeing(BeingId),
    /// The segment with this number under another one's name.
    Misnamed(u32),
    /// Begun as a segment, but neither header nor a record is whole.
    Hopeless,
}

/// The whole records in `file`, the bytes of the segment file that is named `number`; none where the
/// segment is not `being`'s, or not one at all. Never panics, whatever the bytes.
#[must_use]
pub fn scan_bytes(file: &[u8], being: BeingId, number: u32) -> Vec<Crystal> {
    let Ok(found) = scan(file, being, number) else {
        return Vec::new();
    };
    let whole = found.whole_after(file, 0).into_iter();
    whole.map(|(_, crystal)| crystal).collect()
}

impl Scan {
    /// The whole records in `file`, whose scan this is, after the one numbered `sequence`, and their
    /// slots.
    pub(crate) fn whole_after(&self, file: &[u8], sequence: u64) -> Vec<(u32, Crystal)> {
        let known = sequence.saturating_add(1);
        let begin = known.saturating_sub(self.header.first_sequence);
        (0..self.used)
            .zip(records(file))
            .skip(usize::try_from(begin).unwrap_or(usize::MAX))
            .filter(|(slot, _)| self.damaged.binary_search(slot).is_err())
            .filter_map(|(slot, bytes)| Some((slot, Crystal::read(bytes)?)))
            .collect()
    }
}

/// Scans the whole content of the segment file that is named `number`.
pub(crate) fn scan(file: &[u8], being: BeingId, number: u32) -> Result<Scan, Unusable> {
    let (header, intact) = match SegmentHeader::read(file) {
        FoundHeader::Whole { header, intact } => (header, intact),
        FoundHeader::OtherVersion(version) => return Err(Unusable::OtherVersion(version)),
        FoundHeader::Damaged => (
            infer_header(file, being, number).ok_or(Unusable::Hopeless)?,
            false,
        ),
        FoundHeader::Foreign => (
            infer_header(file, being, number).ok_or(Unusable::Foreign)?,
            false,
        ),
    };
    if header.being != being {
        return Err(Unusable::OtherBeing(header.being));
    }
    if header.number != number {
        return Err(Unusable::Misnamed(header.number));
    }
    // Sealed, but not by this program.
    if header.first_sequence >= SEQUENCE_END || header.capacity > MOST_RECORDS {
        return Err(Unusable::Foreign);
    }
    let mut used = 0;
    let mut faults = Vec::new();
    let mut torn = 0;
    for (slot, bytes) in (0..header.capacity).zip(records(file)) {
        match check(
            bytes,
            being,
            header.first_sequence.wrapping_add(u64::from(slot)),
        ) {
            Slot::Whole => {
                used = slot + 1;
                torn = 0;
            }
            Slot::OtherVersion(version) => return Err(Unusable::OtherVersion(version)),
            Slot::Empty => faults.push(slot),
            Slot::Damaged => {
                torn += 1;
                faults.push(slot);
            }
        }
    }
    faults.truncate(faults.partition_point(|&slot| slot < used));
    let appendable = intact && file.len() == header.file_bytes();
    Ok(Scan {
        header,
        used,
        damaged: faults,
        torn,
        appendable,
    })
}

/// The whole records' bytes, slot by slot.
fn records(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.get(HEADER_BYTES..)
        .unwrap_or_default()
        .chunks_exact(RECORD_BYTES)
}

/// The header that the first whole record of `being` implies, where both copies are lost.
fn infer_header(file: &[u8], being: BeingId, number: u32) -> Option<SegmentHeader> {
    let capacity = u32::try_from(records(file).count()).ok()?;
    let capacity = capacity.min(MOST_RECORDS);
    let first_sequence = records(file).zip(0_u64..).find_map(|(bytes, slot)| {
        let record = Crystal::read(bytes).filter(|record| record.being() == being)?;
        record
            .sequence()
            .checked_sub(slot)
            .filter(|first| (1..SEQUENCE_END).contains(first))
    })?;
    Some(SegmentHeader {
        being,
        number,
        capacity,
        first_sequence,
        floor: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::BootId;
    use crate::crystals::{Provenance, Stamp};
    use proptest::prelude::*;
    use triune_core::CrystalDraft;
    use zerocopy::FromZeros;

    const BEING: BeingId = BeingId(7);
    const CAPACITY: u32 = 4;

    fn crystal(sequence: u64) -> Crystal {
        let mut draft = CrystalDraft::new_zeroed();
        draft.being = BEING;
        draft.cycle = sequence;
        let stamp = Stamp {
            unix: sequence,
            boot: BootId::UNKNOWN,
        };
        let own = Provenance {
            being: BEING,
            board: [0; 16],
            sequence: 0,
        };
        Crystal::seal(&draft, sequence, stamp, own)
    }

    /// Segment 3 with records 9, 10 and 11 and room for one more.
    fn segment() -> Vec<u8> {
        let header = SegmentHeader {
            being: BEING,
            number: 3,
            capacity: CAPACITY,
            first_sequence: 9,
            floor: 1,
        };
        let mut file = header.to_page().to_vec();
        for sequence in 9..12 {
            file.extend_from_slice(crystal(sequence).to_bytes());
        }
        file.resize(header.file_bytes(), 0);
        file
    }

    /// The interpreter is a thousand times slower.
    fn config() -> ProptestConfig {
        ProptestConfig {
            cases: if cfg!(miri) { 3 } else { 300 },
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    #[test]
    fn whole_records_are_found() {
        let file = segment();
        let expected: Vec<Crystal> = (9..12).map(crystal).collect();
        assert_eq!(scan_bytes(&file, BEING, 3), expected);
        assert!(scan_bytes(&file, BeingId(8), 3).is_empty());
        assert!(scan_bytes(&file, BEING, 4).is_empty());
        let found = scan(&file, BEING, 3).unwrap();
        assert!(found.appendable);
        assert_eq!((found.used, found.torn, found.header.floor), (3, 0, 1));
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn altered_segments_give_only_what_was_written(
            places in prop::collection::vec((0..HEADER_BYTES + 4 * RECORD_BYTES, any::<u8>()), 0..6),
            length in 0..HEADER_BYTES + 5 * RECORD_BYTES,
        ) {
            let mut file = segment();
            for (place, byte) in places {
                file[place] = byte;
            }
            file.resize(length, 0xa5);
            for found in scan_bytes(&file, BEING, 3) {
                prop_assert_eq!(found, crystal(found.sequence()));
            }
        }

        #[test]
        fn any_bytes_are_scanned_without_panic(
            file in prop::collection::vec(any::<u8>(), 0..2000), number: u32,
        ) {
            prop_assert!(scan_bytes(&file, BEING, number).is_empty());
            let mut behind_a_header = segment();
            behind_a_header.truncate(HEADER_BYTES);
            behind_a_header.extend(file);
            prop_assert!(scan_bytes(&behind_a_header, BEING, 3).is_empty());
        }
    }
}
