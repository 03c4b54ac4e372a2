//! Many beings behind one writer: each for itself, opened, closed and erased while others go on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{
    BEING, Hook, HookedDisk, directory_of, draft_of, eventually, is_as_it_was_lived, small,
    state_of,
};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use triune_core::{BeingId, Consent, Sense};
use triune_memory::catalog::ConsentSource;
use triune_memory::{
    CloseError, CycleSide, DiskFile, EraseError, FaultyDisk, LockError, Memories, Memory,
    OpenError, Opened, Options, Remembered, StoreFault, SyncError,
};

fn beings(count: u64) -> Vec<BeingId> {
    (1..=count).map(BeingId).collect()
}

fn remember(cycle: &mut CycleSide, number: u64) {
    let being = cycle.being();
    let outcome = cycle.remember(&state_of(being, number), Some(&draft_of(being, number)));
    assert_eq!(outcome, Remembered::Moment);
}

fn threads_called_writer() -> usize {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().path().join("comm");
            std::fs::read_to_string(name).is_ok_and(|name| name.trim() == "memory-writer")
        })
        .count()
}

#[test]
fn each_being_has_its_own_memory_and_all_share_a_thread() {
    let root = common::directory();
    let memories = Memories::open(root.path(), &small()).unwrap();
    let mut opened: Vec<Opened> = beings(12)
        .into_iter()
        .map(|being| memories.open_being(being).unwrap())
        .collect();
    // Other tests of this process may run theirs.
    assert!(threads_called_writer() < 12);
    for number in 1..=20 {
        for one in &mut opened {
            remember(&mut one.cycle, number);
        }
    }
    for one in &opened {
        assert_eq!(one.memory.sync().unwrap().last_crystal, 20);
        let being = one.memory.being();
        for crystal in one.memory.view().iter() {
            assert!(crystal.being() == being && is_as_it_was_lived(crystal));
        }
    }
    let refused = Consent::ALL.with(Sense::Hear, false);
    opened[3]
        .memory
        .set_consent(refused, ConsentSource::Api)
        .unwrap();
    let mut parameters = opened[5].parameters;
    parameters.set("keep_threshold", 0.75).unwrap();
    opened[5].memory.set_parameters(parameters).unwrap();
    drop(opened);
    assert_eq!(common::beings_in(root.path()), beings(12));

    for (index, being) in beings(12).into_iter().enumerate() {
        let again = memories.open_being(being).unwrap();
        assert_eq!(again.report.crystals.whole, 20);
        assert_eq!(again.consent == refused, index == 3);
        assert_eq!(again.parameters == parameters, index == 5);
        assert_eq!(again.memory.parameters(), again.parameters);
        assert!(again.essence().unwrap().clean);
    }
}

#[test]
fn beings_come_and_go_while_others_live() {
    let root = common::directory();
    let options = Options {
        flush_window: Duration::from_millis(8),
        ..small()
    };
    let memories = Memories::open(root.path(), &options).unwrap();
    let mut steady = memories.open_being(BEING).unwrap();
    for (round, being) in (1..).zip(beings(10)) {
        remember(&mut steady.cycle, round);
        let mut guest = memories.open_being(being).unwrap();
        remember(&mut guest.cycle, 1);
        assert!(matches!(
            memories.open_being(being),
            Err(OpenError::Lock(LockError::InUse { .. }))
        ));
        if round % 2 == 0 {
            guest.memory.close().unwrap();
        } else {
            assert!(guest.memory.erase().unwrap().files >= 1);
        }
        // The cycle's end may outlive the memory: what it gives is let go.
        let _ = guest
            .cycle
            .remember(&state_of(being, 2), Some(&draft_of(being, 2)));
        eventually("the other goes on", || {
            steady.memory.statistics().last_durable == round
        });
    }
    let left = [2, 4, 6, 8, 10].map(BeingId);
    assert_eq!(common::beings_in(root.path())[..5], left);

    // The memories' end is not that of what they opened.
    drop(memories);
    remember(&mut steady.cycle, 11);
    assert_eq!(steady.memory.sync().unwrap().last_crystal, 11);
    let erased = triune_memory::erase_being(root.path(), BEING);
    assert!(matches!(erased, Err(EraseError::Lock(_))));
    steady.memory.close().unwrap();
}

#[test]
fn a_being_whose_disk_fails_holds_up_no_other() {
    let root = common::directory();
    let disk = Arc::new(FaultyDisk::default());
    let options = Options {
        flush_window: Duration::from_millis(40),
        essence_interval: Duration::from_millis(10),
        retry_first: Duration::from_secs(3600),
        retry_longest: Duration::from_secs(3600),
        disk: Arc::clone(&disk) as _,
        ..small()
    };
    let memories = Memories::open(root.path(), &options).unwrap();
    let mut ill = memories.open_being(BEING).unwrap();
    let mut well = memories.open_being(BeingId(2)).unwrap();
    disk.inject_below(
        &directory_of(root.path()),
        StoreFault::WriteError { every: 1 },
    );
    remember(&mut ill.cycle, 1);
    eventually("the one degraded", || {
        ill.memory.statistics().crystals_degraded.is_some()
    });
    // The ill one is not tried again for an hour; the other is served in its window all the time.
    for number in 1..=20 {
        remember(&mut well.cycle, number);
        eventually("durable", || {
            well.memory.statistics().last_durable == number
        });
    }
    let other = well.memory.statistics();
    assert_eq!(
        (other.crystals_degraded, other.essence_degraded),
        (None, None)
    );
    assert!(matches!(ill.memory.sync(), Err(SyncError::Crystals(_))));
    disk.heal();
    assert_eq!(ill.memory.sync().unwrap().last_crystal, 1);
}

/// A defect in the disk's program: it panics when files below a directory are synced.
#[derive(Debug)]
struct Defective {
    below: PathBuf,
    armed: AtomicBool,
}

impl Hook for Defective {
    fn before_sync(&self, file: &DiskFile) -> io::Result<()> {
        let met = self.armed.load(Ordering::Relaxed) && file.path.starts_with(&self.below);
        assert!(!met, "a defect, made on purpose");
        Ok(())
    }
}

#[test]
fn a_defect_in_the_writing_of_one_being_ends_that_of_no_other() {
    let root = common::directory();
    let disk = Arc::new(HookedDisk(Defective {
        below: directory_of(root.path()),
        armed: AtomicBool::new(false),
    }));
    let options = Options {
        disk: Arc::clone(&disk) as _,
        ..small()
    };
    let memories = Memories::open(root.path(), &options).unwrap();
    let mut ill = memories.open_being(BEING).unwrap();
    let mut well = memories.open_being(BeingId(2)).unwrap();
    remember(&mut ill.cycle, 1);
    assert_eq!(ill.memory.sync().unwrap().last_crystal, 1);
    disk.0.armed.store(true, Ordering::Relaxed);
    remember(&mut ill.cycle, 2);
    assert!(matches!(ill.memory.sync(), Err(SyncError::Stopped)));
    assert!(!ill.memory.statistics().writer_running);
    remember(&mut well.cycle, 1);
    assert_eq!(well.memory.sync().unwrap().last_crystal, 1);
    assert!(matches!(ill.memory.close(), Err(CloseError::Panicked)));
    disk.0.armed.store(false, Ordering::Relaxed);
    let again = memories.open_being(BEING).unwrap();
    assert!(again.report.crystals.whole >= 1);
}

#[test]
fn one_being_needs_no_more_than_a_call() {
    let root = common::directory();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    remember(&mut opened.cycle, 1);
    assert!(opened.memory.statistics().writer_running);
    opened.memory.close().unwrap();
}
