//! One being's memory as the service uses it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, beings_in, directory_of, draft, eventually, small, state};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use triune_core::{BeingId, Consent, Parameters, Sense};
use triune_memory::catalog::ConsentSource;
use triune_memory::essence::EssenceRecovery;
use triune_memory::{
    EraseError, LockError, Memory, OpenError, Opened, Options, OptionsError, Remembered,
    erase_being,
};

#[test]
fn what_was_remembered_is_there_after_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let Opened {
        memory,
        mut cycle,
        consent,
        parameters,
        report,
    } = Memory::open(root.path(), BEING, &small()).unwrap();
    assert_eq!(report.essence, EssenceRecovery::Fresh);
    assert_eq!(consent, Consent::ALL);
    assert_eq!(parameters, Parameters::default());
    for number in 1..=20 {
        let moment = (number % 2 == 0).then(|| draft(number));
        let expected = if moment.is_some() {
            Remembered::Moment
        } else {
            Remembered::State
        };
        assert_eq!(cycle.remember(&state(number), moment.as_ref()), expected);
    }
    let durable = memory.sync().unwrap();
    assert_eq!(durable.last_crystal, 10);
    assert_eq!(memory.history().latest(), Some(state(20)));
    assert_eq!(memory.history().last(100).len(), 16);
    let view = memory.view();
    let newest = view.iter().rev().take(3).map(|one| one.cycle());
    assert!(newest.eq([20, 18, 16]));
    memory.close().unwrap();

    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let essence = *opened.essence().unwrap();
    assert_eq!(essence.state, state(20));
    assert!(essence.clean);
    assert_eq!(
        (essence.counters.last_crystal, essence.counters.starts),
        (10, 1)
    );
    assert_eq!(opened.report.crystals.whole, 10);
    assert_eq!(opened.report.crystals.segments, 2);
    assert_eq!(opened.memory.statistics().last_durable, 10);
    assert_eq!(opened.memory.view().len(), 10);
    let seventh = opened.memory.crystals().get(7).unwrap();
    assert_eq!(seventh.cycle(), 14);
    assert_eq!(seventh.provenance().being, BEING);
}

#[test]
fn moments_become_durable_inside_the_window_by_themselves() {
    let root = tempfile::tempdir().unwrap();
    let options = Options {
        flush_window: Duration::from_millis(40),
        ..small()
    };
    let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
    let _ = opened.cycle.remember(&state(1), Some(&draft(1)));
    eventually("durable", || opened.memory.statistics().last_durable == 1);
    let statistics = opened.memory.statistics();
    assert_eq!(
        (
            statistics.appended,
            statistics.pending,
            statistics.flush_age
        ),
        (1, 0, None)
    );
    assert!(statistics.bytes_written > 0 && statistics.writer_running);
    assert_eq!(
        (statistics.crystals_degraded, statistics.essence_degraded),
        (None, None)
    );
}

#[test]
fn the_essence_is_written_again_and_again() {
    let root = tempfile::tempdir().unwrap();
    let options = Options {
        essence_interval: Duration::from_millis(5),
        ..small()
    };
    let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
    for number in 1..=3 {
        let _ = opened.cycle.remember(&state(number), None);
        let before = opened.memory.statistics().essence_writes;
        eventually("essence", || {
            opened.memory.statistics().essence_writes >= before + 2
        });
    }
    assert!(opened.memory.statistics().essence_unix.is_some());
}

#[test]
fn a_full_ring_drops_and_counts() {
    let root = tempfile::tempdir().unwrap();
    let options = Options {
        ring_records: 4,
        // The writer looks into the ring every quarter of this: not before the test is over.
        flush_window: Duration::from_secs(3600),
        essence_interval: Duration::from_secs(3600),
        ..small()
    };
    let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
    // After this the writer has had its first turn.
    opened.memory.sync().unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let mut dropped = 0;
    for number in 1..=100 {
        match opened.cycle.remember(&state(number), Some(&draft(number))) {
            Remembered::Moment => {}
            Remembered::MomentDropped => dropped += 1,
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert!(dropped > 0);
    assert_eq!(opened.memory.statistics().dropped, dropped);
    assert_eq!(opened.memory.history().latest(), Some(state(100)));
    assert_eq!(opened.memory.sync().unwrap().last_crystal, 100 - dropped);
    drop(opened);
    let opened = Memory::open(root.path(), BEING, &options).unwrap();
    assert_eq!(opened.essence().unwrap().counters.dropped, dropped);
}

#[test]
fn refused_remembering_keeps_no_moment_and_survives_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let refused = Consent::ALL.with(Sense::Remember, false);
    opened
        .memory
        .set_consent(refused, ConsentSource::Person)
        .unwrap();
    let outcome = opened.cycle.remember(&state(1), Some(&draft(1)));
    assert_eq!(outcome, Remembered::MomentRefused);
    opened.memory.sync().unwrap();
    assert!(opened.memory.view().is_empty());
    assert_eq!(opened.memory.statistics().refused, 1);
    drop(opened);
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert_eq!(opened.consent, refused);
    assert_eq!(opened.memory.consent(), refused);
}

#[test]
fn a_lost_essence_leaves_no_consent() {
    let root = tempfile::tempdir().unwrap();
    drop(Memory::open(root.path(), BEING, &small()).unwrap());
    let path = directory_of(root.path()).join("essence");
    std::fs::write(path, [1; 8192]).unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(matches!(
        opened.report.essence,
        EssenceRecovery::Damaged { .. }
    ));
    assert_eq!(opened.consent, Consent::NONE);
    assert!(opened.essence().is_none());
}

#[test]
fn a_being_that_has_lived_never_wakes_with_more_consent_than_it_had() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let _kept = opened.cycle.remember(&state(1), Some(&draft(1)));
    opened.memory.sync().unwrap();
    drop(opened);
    // Its essence is gone without a trace, as after a damaged one that could not be rewritten.
    std::fs::remove_file(directory_of(root.path()).join("essence")).unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert_eq!(opened.consent, Consent::NONE);
}

#[test]
fn another_beings_state_or_moment_is_not_taken() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let mut strange_state = state(1);
    strange_state.being = BeingId(2);
    let mut strange_moment = draft(1);
    strange_moment.being = BeingId(2);
    assert_eq!(opened.cycle.being(), BEING);
    assert_eq!(
        opened.cycle.remember(&strange_state, None),
        Remembered::OtherBeing
    );
    assert_eq!(
        opened.cycle.remember(&state(1), Some(&strange_moment)),
        Remembered::OtherBeing
    );
    assert_eq!(opened.memory.history().latest(), None);
}

#[test]
fn a_second_opener_is_refused_with_a_remedy() {
    let root = tempfile::tempdir().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let Err(error) = Memory::open(root.path(), BEING, &small()) else {
        panic!("opened twice")
    };
    assert!(
        matches!(error, OpenError::Lock(LockError::InUse { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("stop the other"), "{error}");
    let erased = erase_being(root.path(), BEING);
    assert!(matches!(
        erased,
        Err(EraseError::Lock(LockError::InUse { .. }))
    ));
    drop(opened);
    assert!(Memory::open(root.path(), BEING, &small()).is_ok());
}

#[test]
fn beings_are_listed_and_erased_one_by_one() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(beings_in(root.path()), []);
    let other = BeingId(2);
    for being in [BEING, other] {
        let mut opened = Memory::open(root.path(), being, &small()).unwrap();
        let mut moment = draft(1);
        moment.being = being;
        let mut state = state(1);
        state.being = being;
        assert_eq!(
            opened.cycle.remember(&state, Some(&moment)),
            Remembered::Moment
        );
    }
    let mode = std::fs::metadata(directory_of(root.path()))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "another user of the machine may look in");
    std::fs::create_dir(root.path().join("beings/not a being")).unwrap();
    assert_eq!(beings_in(root.path()), [other, BEING]);

    // A remnant of an erasure that a power cut interrupted is finished when any being is opened.
    let remnant = root.path().join("beings/00000000000000ff.erasing");
    std::fs::create_dir(&remnant).unwrap();
    std::fs::write(remnant.join("essence"), "old").unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(!remnant.exists());

    let erased = opened.memory.erase().unwrap();
    assert_eq!(erased.files, 4, "lock, essence, catalogue and one segment");
    assert!(!directory_of(root.path()).exists());
    assert_eq!(beings_in(root.path()), [other]);
    assert_eq!(erase_being(root.path(), other).unwrap().files, 4);
    assert_eq!(erase_being(root.path(), other).unwrap().files, 0);
    assert_eq!(beings_in(root.path()), []);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let root = tempfile::tempdir().unwrap();
    for (options, expected) in [
        (
            Options {
                history_records: 1,
                ..small()
            },
            OptionsError::HistoryTooShort(1),
        ),
        (
            Options {
                records_per_segment: 0,
                ..small()
            },
            OptionsError::SegmentSize(0),
        ),
        (
            Options {
                ring_records: 0,
                ..small()
            },
            OptionsError::NoRing,
        ),
        (
            Options {
                flush_window: Duration::ZERO,
                ..small()
            },
            OptionsError::FlushWindow,
        ),
        (
            Options {
                essence_interval: Duration::ZERO,
                ..small()
            },
            OptionsError::EssenceInterval,
        ),
        (
            Options {
                retry_first: Duration::ZERO,
                ..small()
            },
            OptionsError::Retry,
        ),
    ] {
        match Memory::open(root.path(), BEING, &options) {
            Err(OpenError::Options(error)) => assert_eq!(error, expected),
            Err(error) => panic!("unexpected: {error}"),
            Ok(_) => panic!("opened with {expected}"),
        }
    }
    assert!(!root.path().join("beings").exists());
}
