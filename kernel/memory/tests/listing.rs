//! Which beings there are, seen from outside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, content, directory_of, draft, small, state};
use triune_core::{BeingId, Consent, Sense};
use triune_memory::catalog::{ConsentSource, Profile};
use triune_memory::{
    ListedBeing, Memory, beings_in, consent_at_rest, consent_changes_at_rest, crossings_at_rest,
    list_beings,
};

#[test]
fn beings_are_listed_the_same_while_they_run_and_after() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(list_beings(root.path()).unwrap(), []);
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let profile = Profile::new("Ada", "").unwrap();
    opened.memory.catalog().set_profile(&profile).unwrap();
    let mute = Consent::ALL.with(Sense::Hear, false);
    opened
        .memory
        .set_consent(mute, ConsentSource::Person)
        .unwrap();
    // 21 in segments of 8: the last of three is not full.
    for number in 1..=21 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    let only = |root| -> ListedBeing { list_beings(root).unwrap().remove(0) };
    let running = only(root.path());
    assert_eq!(
        (running.being, running.name.as_deref()),
        (BEING, Some("Ada"))
    );
    assert_eq!(running.created_unix, Some(profile.created_unix()));
    assert_eq!((running.crystals, running.consent), (21, Some(mute)));
    assert_eq!(
        running.written_unix,
        opened.memory.statistics().essence_unix
    );
    opened.memory.close().unwrap();

    let before = content(&directory_of(root.path()));
    let resting = only(root.path());
    assert_eq!(
        content(&directory_of(root.path())),
        before,
        "it was only looked at"
    );
    assert_eq!((resting.crystals, &resting.name), (21, &running.name));
    let bytes: usize = before.iter().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(resting.bytes, bytes as u64);
}

#[test]
fn damage_is_listed_as_what_is_not_known() {
    let root = tempfile::tempdir().unwrap();
    drop(Memory::open(root.path(), BEING, &small()).unwrap());
    let directory = directory_of(root.path());
    for name in ["essence", "catalog.redb", "segment-00000000.crystals"] {
        std::fs::write(directory.join(name), "not this").unwrap();
    }
    std::fs::create_dir(root.path().join("beings").join(BeingId(2).to_string())).unwrap();
    let listed = list_beings(root.path()).unwrap();
    let told: Vec<_> = listed
        .iter()
        .map(|one| (one.being, one.name.clone(), one.crystals, one.consent))
        .collect();
    assert_eq!(told, [(BeingId(2), None, 0, None), (BEING, None, 0, None)]);
}

/// What becomes of one file must not hide its being, let alone the others.
#[test]
fn a_being_whose_files_cannot_be_read_is_listed_and_hides_no_other() {
    let root = tempfile::tempdir().unwrap();
    let other = BeingId(2);
    for being in [BEING, other] {
        drop(Memory::open(root.path(), being, &small()).unwrap());
    }
    let directory = directory_of(root.path());
    // Reading a directory as a file is an error of the disk as any other.
    for name in ["essence", "segment-00000000.crystals"] {
        let _ = std::fs::remove_file(directory.join(name));
        std::fs::create_dir(directory.join(name)).unwrap();
    }
    // A file that was there when the names were read, and is gone.
    let gone = directory.join("segment-00000001.crystals");
    std::os::unix::fs::symlink(root.path().join("nowhere"), gone).unwrap();
    let listed = list_beings(root.path()).unwrap();
    let told: Vec<_> = listed
        .iter()
        .map(|one| (one.being, one.cycle.is_some(), one.crystals))
        .collect();
    assert_eq!(told, [(other, true, 0), (BEING, false, 0)]);
    assert_eq!(beings_in(root.path()).unwrap(), [other, BEING]);
}

#[test]
fn a_being_at_rest_tells_its_consent_and_its_logs_and_is_not_written_to() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(consent_at_rest(root.path(), BEING), None);
    assert_eq!(consent_changes_at_rest(root.path(), BEING, 9), None);
    assert_eq!(crossings_at_rest(root.path(), BEING, 9), None);
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    opened.memory.sync().unwrap();
    let essence = std::fs::read(directory_of(root.path()).join("essence")).unwrap();
    let mute = Consent::ALL.with(Sense::Hear, false);
    let changed = opened.memory.set_consent(mute, ConsentSource::Person);
    changed.unwrap();
    let changes = opened.memory.catalog().consent_changes(9).unwrap();
    opened.memory.close().unwrap();

    let directory = directory_of(root.path());
    let before = content(&directory);
    assert_eq!(consent_at_rest(root.path(), BEING), Some(mute));
    assert_eq!(
        consent_changes_at_rest(root.path(), BEING, 9),
        Some(changes)
    );
    assert_eq!(crossings_at_rest(root.path(), BEING, 9), Some(Vec::new()));
    assert_eq!(content(&directory), before);

    // What was refused last is refused, though a power cut kept it from the essence.
    std::fs::write(directory.join("essence"), essence).unwrap();
    let listed = list_beings(root.path()).unwrap().remove(0);
    assert_eq!(listed.consent, Some(Consent::ALL));
    assert_eq!(consent_at_rest(root.path(), BEING), Some(mute));
    std::fs::write(directory.join("essence"), b"not an essence".repeat(900)).unwrap();
    assert_eq!(consent_at_rest(root.path(), BEING), None);
}
