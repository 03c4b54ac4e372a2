//! The essence file: the newest whole page wins, damage is told and kept, nothing newer is lost.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, BOOT, state};
use proptest::prelude::*;
use std::path::Path;
use triune_core::{Consent, Parameters, Sense, Timestamp};
use triune_memory::essence::{
    Essence, EssenceCounters, EssenceFile, EssenceOpenError, EssenceRecovery,
};
use triune_memory::wear::WearDay;

const PAGE: usize = 4096;

fn essence(number: u64) -> Essence {
    Essence {
        state: state(number),
        consent: Consent::ALL.with(Sense::See, !number.is_multiple_of(2)),
        written_unix: 1_700_000_000_000_000_000 + number,
        written: Timestamp(number),
        boot: BOOT,
        clean: number.is_multiple_of(3),
        counters: EssenceCounters {
            last_crystal: number * 2,
            dropped: number,
            starts: 4,
            withheld: number * 5,
        },
        parameters: parameters(number),
        wear: WearDay {
            day: 20_000,
            crystals: number * 4096,
            essence: number,
            index: 7,
            catalogue: 8,
        },
    }
}

fn parameters(number: u64) -> Parameters {
    let mut parameters = Parameters::default();
    parameters
        .set("keep_threshold", 0.5 + number as f32 / 1000.0)
        .unwrap();
    parameters
}

/// Writes essences 1 to `count`.
fn written(directory: &Path, count: u64) {
    let (mut file, _) = EssenceFile::open(directory, BEING).unwrap();
    for number in 1..=count {
        file.write(&essence(number)).unwrap();
    }
}

fn reopened(directory: &Path) -> EssenceRecovery {
    EssenceFile::open(directory, BEING).unwrap().1
}

#[test]
fn the_newest_comes_back_over_many_reopenings() {
    let directory = common::directory();
    assert_eq!(reopened(directory.path()), EssenceRecovery::Fresh);
    for number in 1..20 {
        let (mut file, found) = EssenceFile::open(directory.path(), BEING).unwrap();
        if number > 1 {
            assert_eq!(found, EssenceRecovery::Whole(essence(number - 1)));
        }
        assert_eq!(file.write(&essence(number)).unwrap(), number);
    }
}

/// Where the page numbered `sequence` lies.
fn place(sequence: u64) -> usize {
    ((sequence + 1) % 2) as usize * PAGE
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_flipped_bit_costs_its_page_alone(count in 1_u64..6, bit in 0..2 * PAGE * 8) {
        let directory = common::directory();
        written(directory.path(), count);
        let path = directory.path().join("essence");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, bytes).unwrap();
        let hit_newest = (place(count)..place(count) + PAGE).contains(&(bit / 8));
        match (reopened(directory.path()), count) {
            (EssenceRecovery::Damaged { moved_to }, 1) => {
                prop_assert!(hit_newest);
                prop_assert!(moved_to.exists() && !path.exists());
            }
            (EssenceRecovery::FellBack(found), _) => {
                prop_assert_eq!(found, essence(if hit_newest { count - 1 } else { count }));
            }
            (other, _) => prop_assert!(false, "unexpected: {:?}", other),
        }
    }

    #[test]
    fn a_file_cut_short_keeps_what_is_whole(count in 1_u64..6, length in 0..2 * PAGE) {
        let directory = common::directory();
        written(directory.path(), count);
        let path = directory.path().join("essence");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..length]).unwrap();
        let whole = |sequence: u64| sequence >= 1 && place(sequence) + PAGE <= length;
        let expected = if whole(count) { count } else { count - 1 };
        match reopened(directory.path()) {
            EssenceRecovery::FellBack(found) => {
                prop_assert!(whole(expected));
                prop_assert_eq!(found, essence(expected));
            }
            EssenceRecovery::Damaged { .. } => prop_assert!(!whole(expected)),
            other => prop_assert!(false, "unexpected: {:?}", other),
        }
    }

    /// A power cut while page `count + 1` is written: each of its sectors is old or new.
    #[test]
    fn a_torn_write_leaves_the_page_before(count in 1_u64..6, sectors: u8) {
        let directory = common::directory();
        written(directory.path(), count);
        let path = directory.path().join("essence");
        let before = std::fs::read(&path).unwrap();
        let (mut file, _) = EssenceFile::open(directory.path(), BEING).unwrap();
        file.write(&essence(count + 1)).unwrap();
        drop(file);
        let mut torn = std::fs::read(&path).unwrap();
        for (sector, (new, old)) in torn.chunks_mut(512).zip(before.chunks(512)).enumerate() {
            if sectors & 1 << (sector % 8) == 0 {
                new.copy_from_slice(old);
            }
        }
        std::fs::write(&path, &torn).unwrap();
        let found = reopened(directory.path());
        let found = found.essence().unwrap();
        prop_assert!(*found == essence(count) || *found == essence(count + 1));
        if sectors == u8::MAX {
            prop_assert_eq!(found, &essence(count + 1));
        }
    }
}

#[test]
fn two_damaged_pages_are_kept_and_begun_anew() {
    let directory = common::directory();
    let path = directory.path().join("essence");
    for round in 1..=2 {
        written(directory.path(), 4);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[200] ^= 1;
        bytes[PAGE + 200] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let EssenceRecovery::Damaged { moved_to } = reopened(directory.path()) else {
            panic!("damage was not noticed");
        };
        assert_eq!(std::fs::read(&moved_to).unwrap(), bytes);
        assert!(moved_to.ends_with(format!("essence.damaged-{round}")));
    }
    assert_eq!(reopened(directory.path()), EssenceRecovery::Fresh);
}

#[test]
fn a_page_of_a_newer_version_is_refused_and_left() {
    let directory = common::directory();
    written(directory.path(), 3);
    let path = directory.path().join("essence");
    let mut bytes = std::fs::read(&path).unwrap();
    let page = &mut bytes[place(3)..place(3) + PAGE];
    page[8] = 3;
    let checksum = crc32c::crc32c(&page[..PAGE - 4]);
    page[PAGE - 4..].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let error = EssenceFile::open(directory.path(), BEING).unwrap_err();
    assert!(
        matches!(error, EssenceOpenError::OtherLayout { version: 3, .. }),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn another_beings_essence_is_refused() {
    let directory = common::directory();
    written(directory.path(), 3);
    let error = EssenceFile::open(directory.path(), triune_core::BeingId(2)).unwrap_err();
    assert!(
        matches!(error, EssenceOpenError::OtherBeing { found: BEING, .. }),
        "{error}"
    );
}

/// No program counts so far: whoever sealed it, counting on would overflow.
#[test]
fn a_page_with_the_last_number_of_all_is_not_gone_on_with() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path(), 2);
    let path = directory.path().join("essence");
    let mut bytes = std::fs::read(&path).unwrap();
    let newest = &mut bytes[place(2)..][..4096];
    newest[24..32].copy_from_slice(&u64::MAX.to_le_bytes());
    let checksum = crc32c::crc32c(&newest[..4092]);
    newest[4092..].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let (mut file, found) = EssenceFile::open(directory.path(), BEING).unwrap();
    assert_eq!(found, EssenceRecovery::FellBack(essence(1)));
    assert_eq!(file.write(&essence(2)).unwrap(), 2);
    drop(file);
    assert_eq!(
        reopened(directory.path()),
        EssenceRecovery::Whole(essence(2))
    );
}
