//! An erased being leaves nothing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, beings_in, directory_of, draft, small, state};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use triune_core::BeingId;
use triune_memory::catalog::Profile;
use triune_memory::transfer::export_being;
use triune_memory::{EraseError, LockError, Memories, Memory, Opened, erase_being};

/// Text that is nowhere unless the being put it there.
const MARKER: &str = "quince and lavender";

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        }
        found.push(path);
    }
}

/// Names and bytes under `root` that tell of the being.
fn traces(root: &Path) -> Vec<PathBuf> {
    let id = BEING.to_string();
    let contains = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|one| one == part);
    let mut found = Vec::new();
    files(root, &mut found);
    found.retain(|path| {
        let bytes = if path.is_file() {
            std::fs::read(path).unwrap()
        } else {
            Vec::new()
        };
        path.to_string_lossy().contains(&id)
            || contains(&bytes, id.as_bytes())
            || contains(&bytes, &BEING.0.to_le_bytes())
            || contains(&bytes, MARKER.as_bytes())
    });
    found
}

fn lived(root: &Path) -> Opened {
    let mut opened = Memory::open(root, BEING, &small()).unwrap();
    let profile = Profile::new("Ada", MARKER).unwrap();
    opened.memory.catalog().set_profile(&profile).unwrap();
    for number in 1..=20 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    opened
}

/// What failures and crashes of earlier days may have left of the being.
fn leave_remnants(root: &Path) {
    let directory = directory_of(root);
    let exports = root.join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    for name in [
        "catalog.damaged-1",
        "essence.damaged-1",
        "segment-00000009.crystals.damaged-1",
    ] {
        std::fs::write(directory.join(name), MARKER).unwrap();
    }
    std::fs::write(exports.join(format!(".ada.{BEING}.exporting")), MARKER).unwrap();
    std::fs::write(root.join(format!(".ada.{BEING}.exporting")), MARKER).unwrap();
    let importing = root.join("beings").join(format!(".{BEING}.importing"));
    std::fs::create_dir(&importing).unwrap();
    std::fs::write(importing.join("essence"), MARKER).unwrap();
}

#[test]
fn no_byte_of_an_erased_being_is_left() {
    let root = tempfile::tempdir().unwrap();
    let mut other = Memory::open(root.path(), BeingId(2), &small()).unwrap();
    let opened = lived(root.path());
    leave_remnants(root.path());
    assert!(traces(root.path()).len() > 8);
    // It runs: its writer has something to write, and others hold its readers and its catalogue.
    let mut cycle = opened.cycle;
    let _ = cycle.remember(&state(21), Some(&draft(21)));
    let (crystals, catalog) = (opened.memory.crystals(), opened.memory.catalog().clone());
    let erased = opened.memory.erase().unwrap();
    assert!(erased.files >= 10, "{erased:?}");
    assert_eq!(traces(root.path()), [] as [PathBuf; 0]);
    let _ = cycle.remember(&state(22), Some(&draft(22)));
    assert!(
        catalog
            .set_profile(&Profile::new("Ada", MARKER).unwrap())
            .is_err()
    );
    drop((cycle, crystals, catalog));
    assert_eq!(traces(root.path()), [] as [PathBuf; 0]);
    let mut next = state(1);
    next.being = BeingId(2);
    let _ = other.cycle.remember(&next, None);
    other.memory.sync().unwrap();
    assert_eq!(beings_in(root.path()), [BeingId(2)]);
}

#[test]
fn an_erasure_that_was_cut_off_anywhere_is_finished_at_the_next_start() {
    // The files go one by one after the directory was renamed: each number of them may be left.
    for left in 0..6 {
        let root = tempfile::tempdir().unwrap();
        drop(lived(root.path()));
        let remnant = root.path().join(format!("beings/{BEING}.erasing"));
        std::fs::rename(directory_of(root.path()), &remnant).unwrap();
        let mut parts = Vec::new();
        files(&remnant, &mut parts);
        for part in parts.iter().skip(left) {
            std::fs::remove_file(part).unwrap();
        }
        assert_eq!(beings_in(root.path()), [], "it is gone already");
        drop(Memory::open(root.path(), BeingId(2), &small()).unwrap());
        assert_eq!(traces(root.path()), [] as [PathBuf; 0], "{left} left");
    }
}

#[test]
fn a_being_that_is_open_elsewhere_is_not_erased_from_under_it() {
    let root = tempfile::tempdir().unwrap();
    let opened = lived(root.path());
    let refused = erase_being(root.path(), BEING);
    assert!(matches!(
        refused,
        Err(EraseError::Lock(LockError::InUse { .. }))
    ));
    assert_eq!(opened.memory.view().len(), 20);
    opened.memory.sync().unwrap();
}

#[test]
fn an_export_under_way_goes_with_the_being() {
    let root = tempfile::tempdir().unwrap();
    let mut memory = Some(lived(root.path()).memory);
    let to = root.path().join("ada.being");
    let mut erase = |_| {
        if let Some(memory) = memory.take() {
            memory.erase().unwrap();
        }
        ControlFlow::Continue(())
    };
    assert!(export_being(root.path(), BEING, &to, &mut erase).is_err());
    assert_eq!(traces(root.path()), [] as [PathBuf; 0]);
    assert!(!to.exists());
}

/// Two programs that start at once find the same remnant.
#[test]
fn a_remnant_may_be_removed_by_two_at_once() {
    for _ in 0..10 {
        let root = tempfile::tempdir().unwrap();
        let remnant = root.path().join(format!("beings/{BEING}.erasing"));
        std::fs::create_dir_all(&remnant).unwrap();
        for number in 0..300 {
            std::fs::write(remnant.join(number.to_string()), MARKER).unwrap();
        }
        std::thread::scope(|scope| {
            let both =
                [1, 2].map(|_| scope.spawn(|| Memories::open(root.path(), &small()).map(drop)));
            for one in both {
                one.join().unwrap().unwrap();
            }
        });
        assert_eq!(traces(root.path()), [] as [PathBuf; 0]);
    }
}
