//! Faults made on purpose: under each the cycle goes on, the state is told, nothing durable is lost,
//! and all is well again by itself when the fault is over.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{
    BEING, copy_directory, directory_of, draft, eventually, is_as_it_was_lived, small, state,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use triune_core::{Consent, Sense};
use triune_memory::catalog::{CatalogError, ConsentSource, Profile};
use triune_memory::{
    CycleSide, DegradedCause, FaultyDisk, Memory, Opened, Options, Remembered, Statistics,
    StoreFault,
};

struct Life {
    root: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    memory: Memory,
    cycle: CycleSide,
    /// Moments lived.
    number: u64,
    taken: u64,
}

fn options(disk: &Arc<FaultyDisk>) -> Options {
    Options {
        flush_window: Duration::from_millis(8),
        essence_interval: Duration::from_millis(5),
        retry_first: Duration::from_millis(2),
        retry_longest: Duration::from_millis(8),
        ring_records: 32,
        disk: Arc::clone(disk) as _,
        ..small()
    }
}

impl Life {
    fn begun() -> Self {
        let root = common::directory();
        let disk = Arc::new(FaultyDisk::default());
        let Opened { memory, cycle, .. } =
            Memory::open(root.path(), BEING, &options(&disk)).unwrap();
        let mut life = Self {
            root,
            disk,
            memory,
            cycle,
            number: 0,
            taken: 0,
        };
        life.live(20);
        life.memory.sync().unwrap();
        life
    }

    /// Lives through so many moments; the history follows each of them.
    fn live(&mut self, count: u64) {
        for _ in 0..count {
            self.number += 1;
            match self
                .cycle
                .remember(&state(self.number), Some(&draft(self.number)))
            {
                Remembered::Moment => self.taken += 1,
                Remembered::MomentDropped => {}
                other => panic!("unexpected: {other:?}"),
            }
            assert_eq!(self.memory.history().latest(), Some(state(self.number)));
        }
    }

    fn statistics(&self) -> Statistics {
        self.memory.statistics()
    }

    /// What a crash now would leave holds everything that is durable.
    fn survives_a_crash(&self) {
        let durable = self.statistics().last_durable;
        let copy = common::directory();
        copy_directory(&directory_of(self.root.path()), &directory_of(copy.path()));
        let opened = Memory::open(copy.path(), BEING, &small()).unwrap();
        assert_kept(&opened.memory, durable);
        assert_eq!(opened.report.crystals.missing_at_end, 0);
        assert!(opened.essence().is_some());
    }

    /// Heals the disk; everything that was taken is kept then, and still is after a restart.
    fn heals(self) {
        self.disk.heal();
        eventually("well again", || {
            let now = self.statistics();
            now.crystals_degraded.is_none() && now.essence_degraded.is_none()
        });
        assert_eq!(self.memory.sync().unwrap().last_crystal, self.taken);
        assert_kept(&self.memory, self.taken);
        assert_eq!(self.statistics().dropped, self.number - self.taken);
        self.memory.close().unwrap();
        let opened = Memory::open(self.root.path(), BEING, &small()).unwrap();
        assert_kept(&opened.memory, self.taken);
        assert_eq!(opened.memory.view().len(), self.taken);
        assert_eq!(opened.report.crystals.damaged, 0);
        let essence = opened.essence().unwrap();
        assert!(essence.clean);
        assert_eq!(essence.state, state(self.number));
        assert_eq!(names(&directory_of(self.root.path()), ".new"), 0);
    }
}

fn names(directory: &Path, ending: &str) -> usize {
    std::fs::read_dir(directory)
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with(ending)
        })
        .count()
}

/// Crystals 1 to `count` are there, in order, as they were lived.
fn assert_kept(memory: &Memory, count: u64) {
    let view = memory.view();
    let mut sequences = 0;
    let mut last = 0;
    for (crystal, expected) in view.iter().zip(1..) {
        assert_eq!(crystal.sequence(), expected);
        assert!(crystal.cycle() > last && is_as_it_was_lived(crystal));
        last = crystal.cycle();
        sequences = expected;
    }
    assert!(sequences >= count, "{sequences} of {count}");
}

/// A fault that nothing gets past: both lanes are degraded for `cause`.
fn lasting(fault: StoreFault, cause: DegradedCause) {
    let mut life = Life::begun();
    life.disk.inject(fault);
    life.live(10);
    eventually("both degraded", || {
        let now = life.statistics();
        now.crystals_degraded.is_some() && now.essence_degraded.is_some()
    });
    let now = life.statistics();
    assert_eq!(now.crystals_degraded.unwrap().cause, cause, "{fault}");
    assert_eq!(now.essence_degraded.unwrap().cause, cause, "{fault}");
    assert!(life.memory.sync().is_err());
    life.survives_a_crash();
    // More than the ring and the segment hold: moments are lost now, and counted.
    life.live(60);
    assert!(life.taken < life.number);
    life.survives_a_crash();
    life.heals();
}

#[test]
fn a_full_disk() {
    lasting(StoreFault::Full { after: 0 }, DegradedCause::NoSpace);
}

#[test]
fn a_disk_that_fills_in_the_middle_of_a_record() {
    lasting(StoreFault::Full { after: 300 }, DegradedCause::NoSpace);
}

#[test]
fn writes_that_fail() {
    lasting(
        StoreFault::WriteError { every: 1 },
        DegradedCause::InputOutput,
    );
}

#[test]
fn syncs_that_fail() {
    lasting(
        StoreFault::SyncError { every: 1 },
        DegradedCause::InputOutput,
    );
}

#[test]
fn writes_that_are_torn() {
    lasting(StoreFault::Torn { keep: 100 }, DegradedCause::InputOutput);
}

#[test]
fn a_disk_that_turned_read_only() {
    lasting(StoreFault::ReadOnly, DegradedCause::ReadOnly);
}

#[test]
fn a_disk_that_is_gone() {
    lasting(StoreFault::Cut { after: 3 }, DegradedCause::InputOutput);
}

#[test]
fn writes_and_syncs_that_fail_now_and_then() {
    for fault in [
        StoreFault::WriteError { every: 5 },
        StoreFault::SyncError { every: 7 },
    ] {
        let mut life = Life::begun();
        life.disk.inject(fault);
        for _ in 0..20 {
            life.live(5);
            std::thread::sleep(Duration::from_millis(3));
            life.survives_a_crash();
        }
        eventually("goes on in spite of it", || {
            life.statistics().last_durable > 60
        });
        life.heals();
    }
}

#[test]
fn a_slow_disk_delays_and_loses_nothing_that_the_ring_holds() {
    let mut life = Life::begun();
    let delay = Duration::from_millis(40);
    life.disk.inject(StoreFault::SlowSync { delay });
    for _ in 0..10 {
        life.live(3);
        std::thread::sleep(Duration::from_millis(10));
    }
    eventually("durable all the same", || {
        life.statistics().last_durable == 50
    });
    assert_eq!(life.statistics().crystals_degraded, None);
    life.heals();
}

/// What waits for the disk when remembering is refused does not reach it later.
#[test]
fn what_waits_when_remembering_is_refused_is_not_kept() {
    let mut life = Life::begun();
    life.disk.inject(StoreFault::Full { after: 0 });
    life.live(10);
    eventually("a moment waits", || {
        life.statistics().crystals_degraded.is_some()
    });
    let refused = Consent::ALL.with(Sense::Remember, false);
    // It cannot be made durable, but is in force.
    let told = life.memory.set_consent(refused, ConsentSource::Person);
    assert!(told.is_err());
    assert_eq!(life.memory.consent(), refused);
    life.disk.heal();
    let before = life.memory.view().len();
    assert_eq!(life.memory.sync().unwrap().last_crystal, before);
    assert_eq!(life.memory.view().len(), before);
    assert_eq!(life.statistics().refused, life.number - before);
    assert_eq!(life.statistics().pending, 0);
    eventually("well again", || {
        life.statistics().crystals_degraded.is_none()
    });
}

#[test]
fn a_being_is_not_begun_on_a_disk_that_refuses_and_is_when_it_is_healed() {
    let root = common::directory();
    let disk = Arc::new(FaultyDisk::default());
    disk.inject(StoreFault::ReadOnly);
    assert!(Memory::open(root.path(), BEING, &options(&disk)).is_err());
    assert_eq!(disk.fault(), Some(StoreFault::ReadOnly));
    disk.heal();
    assert!(Memory::open(root.path(), BEING, &options(&disk)).is_ok());
}

/// The catalogue's database fails as the other files do: the call is refused, nothing of it is kept,
/// the being goes on, and the next call works when the disk does.
#[test]
fn a_catalogue_on_a_failing_disk_refuses_and_heals() {
    let faults = [
        StoreFault::Full { after: 0 },
        StoreFault::Full { after: 6000 },
        StoreFault::WriteError { every: 1 },
        StoreFault::WriteError { every: 3 },
        StoreFault::SyncError { every: 1 },
        StoreFault::Torn { keep: 700 },
        StoreFault::ReadOnly,
        StoreFault::Cut { after: 2 },
    ];
    for fault in faults {
        let mut life = Life::begun();
        let first = Profile::new("Ada", "").unwrap();
        life.memory.catalog().set_profile(&first).unwrap();
        let directory = directory_of(life.root.path());
        life.disk
            .inject_below(&directory.join("catalog.redb"), fault);
        // Larger than what a database sets aside at first.
        let second = Profile::new("Eve", &"x".repeat(4000)).unwrap();
        let mut failed = 0;
        for _ in 0..20 {
            match life.memory.catalog().set_profile(&second) {
                Ok(()) => {}
                Err(CatalogError::Transaction(_) | CatalogError::System { .. }) => failed += 1,
                Err(other) => panic!("{fault}: {other}"),
            }
            let found = life.memory.catalog().profile();
            if let Ok(Some(found)) = found {
                assert!(found == first || found == second, "{fault}: {found:?}");
            }
        }
        assert!(failed > 0, "{fault}");
        life.live(10);
        assert_eq!(life.memory.sync().unwrap().last_crystal, life.taken);
        life.disk.heal();
        life.memory.catalog().set_profile(&second).unwrap();
        assert_eq!(life.memory.catalog().profile().unwrap(), Some(second));
        assert_eq!(names(&directory, ".damaged-1"), 0, "{fault}");
        life.heals();
    }
}

/// A being is there on a disk without room, closed in order before or not: it reads, and refuses.
#[test]
fn a_being_opens_on_a_disk_without_room() {
    for fault in [
        StoreFault::Full { after: 0 },
        StoreFault::WriteError { every: 1 },
    ] {
        let life = Life::begun();
        let profile = Profile::new("Ada", "").unwrap();
        life.memory.catalog().set_profile(&profile).unwrap();
        let consent = Consent::ALL.with(Sense::Hear, false);
        life.memory
            .set_consent(consent, ConsentSource::Person)
            .unwrap();
        let cut = common::directory();
        copy_directory(&directory_of(life.root.path()), &directory_of(cut.path()));
        let (disk, root, count) = (life.disk, life.root, life.taken);
        life.memory.close().unwrap();
        for root in [root.path(), cut.path()] {
            disk.inject(fault);
            let opened = Memory::open(root, BEING, &options(&disk)).unwrap();
            assert_eq!(opened.consent, consent, "{fault}");
            assert_kept(&opened.memory, count);
            let less = consent.with(Sense::Share, false);
            let told = opened.memory.set_consent(less, ConsentSource::Person);
            assert!(told.is_err(), "{fault}");
            assert_eq!(opened.memory.consent(), less);
            disk.heal();
            opened
                .memory
                .set_consent(consent, ConsentSource::Person)
                .unwrap();
            assert_eq!(opened.memory.consent(), consent);
            assert_eq!(
                opened.memory.catalog().profile().unwrap().as_ref(),
                Some(&profile)
            );
            assert_eq!(names(&directory_of(root), ".damaged-1"), 0, "{fault}");
            opened.memory.close().unwrap();
        }
    }
}
