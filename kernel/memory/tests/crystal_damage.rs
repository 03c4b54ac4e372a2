//! Damaged segments: whatever happens to the bytes, opening never panics, never returns what is not
//! whole, and never loses a durable record that is itself undamaged.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, content, crystal, draft, own, segments, stamp};
use proptest::prelude::*;
use std::path::Path;
use triune_memory::crystals::{Crystal, CrystalOpenError, CrystalRecovery, CrystalStore};

const HEADER: usize = 4096;
const RECORD: usize = 512;
const PER_SEGMENT: u64 = 8;
const WHOLE_FILE: usize = HEADER + PER_SEGMENT as usize * RECORD;

/// Makes crystals 1 to `count`, all durable.
fn written(directory: &Path, count: u64) {
    let (mut store, _) = CrystalStore::open(directory, BEING, PER_SEGMENT as u32, 0).unwrap();
    for number in 1..=count {
        store.append(&draft(number), stamp(number), own()).unwrap();
    }
    assert_eq!(store.sync().unwrap(), count);
}

/// Opens, checks that every record is as it was made, and returns their numbers. Appends one more
/// then and opens again: damage must not spread.
fn survivors(directory: &Path, known_last: u64) -> (Vec<u64>, CrystalRecovery) {
    let (mut store, report) =
        CrystalStore::open(directory, BEING, PER_SEGMENT as u32, known_last).unwrap();
    let found: Vec<Crystal> = store.reader().view().iter().copied().collect();
    for one in &found {
        assert_eq!(
            *one,
            crystal(one.sequence()),
            "a record that was never written"
        );
    }
    let numbers: Vec<_> = found.iter().map(Crystal::sequence).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b));
    assert_eq!(report.whole, numbers.len() as u64);
    let next = store.durable() + 1;
    let given = store.append(&draft(next), stamp(next), own()).unwrap();
    assert!(given >= next && numbers.last().is_none_or(|&last| given > last));
    store.sync().unwrap();
    drop(store);
    let (store, _) = CrystalStore::open(directory, BEING, PER_SEGMENT as u32, given).unwrap();
    let again: Vec<_> = store
        .reader()
        .view()
        .iter()
        .map(Crystal::sequence)
        .collect();
    assert_eq!(again[..numbers.len()], numbers);
    assert_eq!(again[numbers.len()..], [given]);
    (numbers, report)
}

/// Which record the byte at `offset` of segment `segment` belongs to.
fn record_at(segment: u64, offset: usize) -> Option<u64> {
    let slot = offset.checked_sub(HEADER)? / RECORD;
    Some(segment * PER_SEGMENT + slot as u64 + 1)
}

/// An offset of every class: header copies, the page around them, record heads, bodies, checksums.
fn offset() -> impl Strategy<Value = usize> {
    let record = 0..PER_SEGMENT as usize;
    prop_oneof![
        0..512_usize,
        2048..2560_usize,
        0..HEADER,
        (record.clone(), 0..16_usize).prop_map(|(slot, byte)| HEADER + slot * RECORD + byte),
        (record.clone(), 0..RECORD).prop_map(|(slot, byte)| HEADER + slot * RECORD + byte),
        (record, 508..512_usize).prop_map(|(slot, byte)| HEADER + slot * RECORD + byte),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_flipped_bit_costs_its_record_alone(
        count in 1_u64..20, which in 0_usize..3, offset in offset(), bit in 0_u32..8,
    ) {
        let directory = common::directory();
        written(directory.path(), count);
        let files = segments(directory.path());
        let segment = which % files.len();
        let mut bytes = std::fs::read(&files[segment]).unwrap();
        bytes[offset] ^= 1_u8 << bit;
        std::fs::write(&files[segment], bytes).unwrap();
        let hit = record_at(segment as u64, offset).filter(|&record| record <= count);
        let (numbers, report) = survivors(directory.path(), count);
        let expected: Vec<_> = (1..=count).filter(|&number| Some(number) != hit).collect();
        prop_assert_eq!(numbers, expected);
        let noticed = report.damaged + report.torn;
        prop_assert_eq!(hit.is_some(), noticed > 0 && report.whole < count);
        prop_assert_eq!(report.missing_at_end, u64::from(hit == Some(count)));
        let hit_header = (0..512).contains(&offset) || (2048..2560).contains(&offset);
        prop_assert_eq!(report.sealed, u32::from(hit_header));
    }

    #[test]
    fn both_headers_lost_costs_no_record(
        count in 1_u64..20, which in 0_usize..3, first in 0..512_usize, second in 2048..2560_usize,
    ) {
        let directory = common::directory();
        written(directory.path(), count);
        let files = segments(directory.path());
        let file = &files[which % files.len()];
        let mut bytes = std::fs::read(file).unwrap();
        bytes[first] ^= 0x10;
        bytes[second] ^= 0x01;
        std::fs::write(file, bytes).unwrap();
        let (numbers, report) = survivors(directory.path(), count);
        prop_assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
        prop_assert_eq!(report.sealed, 1);
    }

    #[test]
    fn a_segment_cut_short_keeps_its_whole_records(
        count in 1_u64..20, which in 0_usize..3, length in 0..WHOLE_FILE,
    ) {
        let directory = common::directory();
        written(directory.path(), count);
        let files = segments(directory.path());
        let segment = which % files.len();
        let bytes = std::fs::read(&files[segment]).unwrap();
        std::fs::write(&files[segment], &bytes[..length]).unwrap();
        let kept = length.saturating_sub(HEADER) as u64 / RECORD as u64;
        let start = segment as u64 * PER_SEGMENT;
        let lost = start + kept + 1..=start + PER_SEGMENT;
        let (numbers, _) = survivors(directory.path(), count);
        let expected: Vec<_> = (1..=count).filter(|number| !lost.contains(number)).collect();
        prop_assert_eq!(numbers, expected);
    }

    /// A power cut after some unsynced appends: each of their sectors may be on the disk or not.
    #[test]
    fn a_power_cut_loses_only_what_was_not_durable(
        durable in 1_u64..16, more in 1_u64..16, sectors: u64,
    ) {
        let directory = common::directory();
        let (mut store, _) =
            CrystalStore::open(directory.path(), BEING, PER_SEGMENT as u32, 0).unwrap();
        for number in 1..=durable {
            store.append(&draft(number), stamp(number), own()).unwrap();
        }
        store.sync().unwrap();
        let before = content(directory.path());
        for number in durable + 1..=durable + more {
            store.append(&draft(number), stamp(number), own()).unwrap();
        }
        let safe = store.durable();
        drop(store);
        for (path, new) in content(directory.path()) {
            let is_last = segments(directory.path()).last() == Some(&path);
            let empty;
            let old = match before.iter().find(|(before, _)| *before == path) {
                Some((_, old)) => old,
                // Created since: its header page was durable before it had its name.
                None => {
                    empty = [&new[..HEADER], &vec![0; new.len() - HEADER]].concat();
                    &empty
                }
            };
            if !is_last {
                continue;
            }
            let mut mixed = new.clone();
            for (sector, part) in mixed.chunks_mut(RECORD).enumerate() {
                if sectors & 1 << (sector % 64) == 0 {
                    part.copy_from_slice(&old[sector * RECORD..][..RECORD]);
                }
            }
            std::fs::write(&path, mixed).unwrap();
        }
        let (numbers, _) = survivors(directory.path(), safe);
        prop_assert!((1..=safe).all(|number| numbers.contains(&number)), "{numbers:?} {safe}");
    }
}

/// What opening `directory` is refused with; nothing in it may have changed.
fn refused(directory: &Path) -> CrystalOpenError {
    let before = content(directory);
    let error = CrystalStore::open(directory, BEING, PER_SEGMENT as u32, 0).unwrap_err();
    assert_eq!(content(directory), before);
    error
}

#[test]
fn another_programs_file_is_refused_and_left() {
    let directory = common::directory();
    written(directory.path(), 3);
    let path = directory.path().join("segment-00000001.crystals");
    std::fs::write(&path, vec![b'x'; 9000]).unwrap();
    let error = refused(directory.path());
    assert!(
        matches!(&error, CrystalOpenError::Foreign { path: named } if *named == path),
        "{error}"
    );
}

#[test]
fn a_newer_version_is_refused_and_left() {
    let directory = common::directory();
    written(directory.path(), 3);
    let path = &segments(directory.path())[0];
    let whole = std::fs::read(path).unwrap();
    let seal = |bytes: &mut [u8]| {
        let checksum = crc32c::crc32c(&bytes[..508]);
        bytes[508..512].copy_from_slice(&checksum.to_le_bytes());
    };
    for (start, version_at) in [(0, 8), (HEADER + RECORD, 4)] {
        let mut bytes = whole.clone();
        let part = &mut bytes[start..start + 512];
        part[version_at] = 2;
        seal(part);
        std::fs::write(path, bytes).unwrap();
        let error = refused(directory.path());
        assert!(
            matches!(error, CrystalOpenError::OtherVersion { version: 2, .. }),
            "{error}"
        );
    }
}

#[test]
fn strays_and_copies_are_refused_and_left() {
    let directory = common::directory();
    written(directory.path(), 3);
    let first = directory.path().join("segment-00000000.crystals");
    let copy = directory.path().join("segment-00000007.crystals");
    std::fs::copy(&first, &copy).unwrap();
    let error = refused(directory.path());
    assert!(
        matches!(error, CrystalOpenError::Misnamed { number: 0, .. }),
        "{error}"
    );
    std::fs::remove_file(&copy).unwrap();

    let stranger = triune_core::BeingId(2);
    let error = CrystalStore::open(directory.path(), stranger, 8, 0).unwrap_err();
    assert!(
        matches!(error, CrystalOpenError::OtherBeing { found: BEING, .. }),
        "{error}"
    );
}

#[test]
fn a_record_out_of_its_place_is_not_returned() {
    let directory = common::directory();
    written(directory.path(), 5);
    let path = &segments(directory.path())[0];
    let mut bytes = std::fs::read(path).unwrap();
    // A whole record, but of another moment; and another being's under the right number.
    bytes.copy_within(HEADER..HEADER + RECORD, HEADER + RECORD);
    let mut moment = draft(4);
    moment.being = triune_core::BeingId(2);
    let strange = Crystal::seal(&moment, 4, stamp(4), own());
    bytes[HEADER + 3 * RECORD..][..RECORD].copy_from_slice(strange.to_bytes());
    std::fs::write(path, bytes).unwrap();
    let (numbers, report) = survivors(directory.path(), 5);
    assert_eq!(numbers, [1, 3, 5]);
    assert_eq!(report.damaged, 2);
}

#[test]
fn a_segment_whose_creation_was_cut_off_is_cleared_away() {
    let directory = common::directory();
    written(directory.path(), 3);
    let young = directory.path().join("segment-00000001.crystals.new");
    std::fs::write(&young, [0; 100]).unwrap();
    assert_eq!(survivors(directory.path(), 3).0, [1, 2, 3]);
    assert!(!young.exists());
}

/// It is no name that a segment gets, whatever number it may be read as.
#[test]
fn a_stray_name_with_a_digit_too_many_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), 3);
    for stray in ["segment-000000000.crystals", "segment-+0000001.crystals"] {
        std::fs::write(directory.path().join(stray), "not this").unwrap();
    }
    let (found, report) = survivors(directory.path(), 3);
    assert_eq!((found, report.segments), (vec![1, 2, 3], 1));
    assert!(directory.path().join("segment-000000000.crystals").exists());
}
