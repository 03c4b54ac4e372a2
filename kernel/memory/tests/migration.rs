//! An essence of the released version 1 lives on, and can be written back as one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, content, state};
use std::path::Path;
use triune_core::{Consent, Parameters, Sense, State, Timestamp};
use triune_memory::essence::{
    ESSENCE_VERSION, Essence, EssenceFile, EssenceOpenError, EssenceRecovery, MigrateError, Unheld,
    migrate, migrate_on,
};
use triune_memory::wear::WearDay;
use triune_memory::{BootId, FaultyDisk, StoreFault};
use zerocopy::{FromBytes, IntoBytes};

/// Written by the program of the released version: essences 1, 2 and 3, of which 2 and 3 remain.
const RELEASED: &[u8] = include_bytes!("fixtures/essence-version-1");
/// Bytes of a state in it: what was added since lies after them.
const RELEASED_STATE: usize = 368;

/// What that program wrote as essence `number`.
fn released(number: u64) -> Essence {
    let mut bytes = [0; size_of::<State>()];
    for (index, word) in bytes[..RELEASED_STATE]
        .chunks_exact_mut(4)
        .enumerate()
        .skip(6)
    {
        word.copy_from_slice(&(index as f32 / 256.0 + number as f32).to_le_bytes());
    }
    let mut state = State::read_from_bytes(&bytes).unwrap();
    state.being = BEING;
    state.cycle = number;
    state.time = Timestamp(number * 4_000_000);
    Essence {
        state,
        consent: Consent::ALL.with(Sense::See, false),
        parameters: Parameters::default(),
        written_unix: 1_700_000_000_000_000_000 + number,
        written: Timestamp(number),
        boot: BootId([7; 16]),
        clean: true,
        counters: triune_memory::essence::EssenceCounters {
            last_crystal: number * 2,
            dropped: number,
            starts: 4,
            withheld: 0,
        },
        wear: WearDay::default(),
    }
}

/// An essence with something of all that version 1 has no place for.
fn rich() -> Essence {
    let mut essence = released(9);
    essence.state.loop_ages = [0, 4_000_000, 0];
    essence.parameters.set("keep_threshold", 0.75).unwrap();
    essence.counters.withheld = 3;
    essence.wear.crystals = 4096;
    essence.wear.day = 20_000;
    essence
}

/// The same without its pauses.
fn at_once(mut essence: Essence) -> Essence {
    essence.state.analytical.microseconds_to_question = 0;
    essence.state.observation.microseconds_to_keep = 0;
    essence
}

fn released_directory() -> tempfile::TempDir {
    let directory = common::directory();
    std::fs::write(directory.path().join("essence"), RELEASED).unwrap();
    directory
}

fn opened(directory: &Path) -> (EssenceFile, EssenceRecovery) {
    EssenceFile::open(directory, BEING).unwrap()
}

/// What a refused migration left, without the lock that it took.
fn essence_bytes(directory: &Path) -> Vec<u8> {
    std::fs::read(directory.join("essence")).unwrap()
}

#[test]
fn a_released_essence_is_read_and_goes_on_in_todays_version() {
    let directory = released_directory();
    let (mut file, found) = opened(directory.path());
    assert_eq!(found, EssenceRecovery::Whole(released(3)));
    assert_eq!(file.found_version(), Some(1));
    assert_eq!(
        essence_bytes(directory.path()),
        RELEASED,
        "reading changes nothing"
    );
    // The page of version 1 before it still stands if this write is torn.
    assert_eq!(file.write(&rich()).unwrap(), 4);
    drop(file);
    let (file, found) = opened(directory.path());
    assert_eq!(found, EssenceRecovery::Whole(rich()));
    assert_eq!(file.found_version(), Some(ESSENCE_VERSION));
    let mut torn = essence_bytes(directory.path());
    torn[4096 + 300] ^= 1;
    std::fs::write(directory.path().join("essence"), torn).unwrap();
    assert_eq!(
        opened(directory.path()).1,
        EssenceRecovery::FellBack(released(3))
    );
}

/// Where version 1 counts cycles until the next question and the next kept moment, in its state.
const COUNTERS: [usize; 2] = [268, 360];

/// The released page, but with nothing left of its pauses.
fn without_pauses(page: &[u8]) -> Vec<u8> {
    let mut page = page.to_vec();
    for counter in COUNTERS {
        page[128 + counter..][..4].fill(0);
    }
    let checksum = crc32c::crc32c(&page[..4092]);
    page[4092..].copy_from_slice(&checksum.to_le_bytes());
    page
}

/// Version 1 counts cycles where today's counts microseconds: a second would be a million cycles.
#[test]
fn up_and_down_again_gives_the_released_bytes_without_its_pauses() {
    let directory = released_directory();
    let up = migrate(directory.path(), ESSENCE_VERSION).unwrap();
    assert_eq!((up.from, up.to, up.lost), (1, ESSENCE_VERSION, vec![]));
    assert_ne!(essence_bytes(directory.path()), RELEASED);
    assert_eq!(
        opened(directory.path()).1,
        EssenceRecovery::Whole(released(3))
    );
    let down = migrate(directory.path(), 1).unwrap();
    assert_eq!(
        (down.from, down.to, down.lost),
        (ESSENCE_VERSION, 1, vec![Unheld::Pauses])
    );
    let expected: Vec<u8> = RELEASED.chunks(4096).flat_map(without_pauses).collect();
    assert_eq!(essence_bytes(directory.path()), expected);
    let again = migrate(directory.path(), 1).unwrap();
    assert_eq!(again.lost, [], "there was nothing left to lose");
}

#[test]
fn the_way_down_says_what_it_loses_and_loses_nothing_else() {
    let directory = common::directory();
    let (mut file, _) = opened(directory.path());
    for _ in 0..2 {
        file.write(&rich()).unwrap();
    }
    drop(file);
    let down = migrate(directory.path(), 1).unwrap();
    assert_eq!(
        down.lost,
        [
            Unheld::LoopAges,
            Unheld::Pauses,
            Unheld::Parameters,
            Unheld::Withheld,
            Unheld::Wear
        ]
    );
    let (file, found) = opened(directory.path());
    assert_eq!(found, EssenceRecovery::Whole(at_once(released(9))));
    assert_eq!(file.found_version(), Some(1));
}

#[test]
fn a_power_cut_at_any_operation_leaves_one_of_the_two_whole() {
    for to in [1, ESSENCE_VERSION] {
        let mut cuts = 0;
        for after in 0.. {
            let directory = released_directory();
            if to == 1 {
                migrate(directory.path(), ESSENCE_VERSION).unwrap();
            }
            let disk = FaultyDisk::default();
            disk.inject(StoreFault::Cut { after });
            let migrated = migrate_on(&disk, directory.path(), to);
            let (file, found) = opened(directory.path());
            let EssenceRecovery::Whole(found) = found else {
                panic!("cut after {after}: {found:?}");
            };
            assert_eq!(at_once(found), at_once(released(3)), "cut after {after}");
            drop(file);
            let names: Vec<_> = content(directory.path())
                .into_iter()
                .map(|(path, _)| path.file_name().unwrap().to_owned())
                .collect();
            assert_eq!(names, ["essence", "lock"], "cut after {after}");
            match migrated {
                Ok(_) => break,
                Err(error) => assert!(matches!(error, MigrateError::Write { .. }), "{error}"),
            }
            cuts += 1;
        }
        assert!(
            cuts >= 5,
            "create, reserve, write, sync, rename, directory: {cuts}"
        );
    }
}

#[test]
fn what_is_damaged_stays_damaged_and_is_told() {
    let directory = released_directory();
    let mut bytes = RELEASED.to_vec();
    bytes[200] ^= 4;
    std::fs::write(directory.path().join("essence"), &bytes).unwrap();
    migrate(directory.path(), ESSENCE_VERSION).unwrap();
    let found = opened(directory.path()).1;
    assert_eq!(found, EssenceRecovery::FellBack(released(2)));

    bytes[4096 + 200] ^= 4;
    std::fs::write(directory.path().join("essence"), &bytes).unwrap();
    let refused = migrate(directory.path(), ESSENCE_VERSION);
    assert!(matches!(refused, Err(MigrateError::NoEssence { .. })));
    assert_eq!(essence_bytes(directory.path()), bytes);
}

#[test]
fn unknown_versions_and_open_beings_are_refused() {
    let directory = released_directory();
    for version in [0, ESSENCE_VERSION + 1] {
        let refused = migrate(directory.path(), version);
        assert!(matches!(refused, Err(MigrateError::UnknownVersion(_))));
    }
    let mut bytes = RELEASED.to_vec();
    bytes[8] = 9;
    let checksum = crc32c::crc32c(&bytes[..4092]);
    bytes[4092..4096].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(directory.path().join("essence"), &bytes).unwrap();
    let refused = migrate(directory.path(), 1);
    assert!(matches!(
        refused,
        Err(MigrateError::Open(EssenceOpenError::OtherLayout {
            version: 9,
            ..
        }))
    ));
    assert_eq!(essence_bytes(directory.path()), bytes);

    let root = common::directory();
    let opened = triune_memory::Memory::open(root.path(), BEING, &common::small()).unwrap();
    let refused = migrate(&common::directory_of(root.path()), 1);
    assert!(matches!(refused, Err(MigrateError::Lock(_))));
    drop(opened);
    migrate(&common::directory_of(root.path()), 1).unwrap();
    let opened = triune_memory::Memory::open(root.path(), BEING, &common::small()).unwrap();
    assert_eq!(opened.report.essence_version, Some(1));
    assert_eq!(state(0).being, opened.essence().unwrap().state.being);
}

#[test]
fn a_state_has_the_released_beginning() {
    // The freeze is of bytes: what was written by name above has to lie where it lay.
    let essence = released(3);
    assert_eq!(essence.state.as_bytes()[..8], RELEASED[128..136]);
    assert_eq!(
        essence.state.as_bytes()[24..RELEASED_STATE],
        RELEASED[128 + 24..128 + RELEASED_STATE]
    );
}
