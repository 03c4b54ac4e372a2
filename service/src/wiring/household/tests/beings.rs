//! Beings come, go and are counted.

use super::home::Home;
use crate::http::ConsentChange;
use crate::kernel_api::{BeingsCount, KernelError, KernelSource as _};
use crate::wiring::household::departure::PATIENCE;
use crate::wiring::household::resident::lock;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;
use triune_core::{BeingId, Consent, Sense};

#[test]
fn a_being_that_is_read_all_the_while_is_not_lost() {
    let home = Home::begin();
    let reader = home.household.resident(BeingId::FIRST).expect("the first");
    let soon = Duration::from_millis(20);
    let claimed = home.household.claim(BeingId::FIRST, soon);
    assert_eq!(claimed.err(), Some(KernelError::InUse(BeingId::FIRST)));
    assert!(home.household.resident(BeingId::FIRST).is_some(), "lost");
    assert!(home.household.page(BeingId::FIRST).is_some(), "lost");
    drop(reader);
    assert!(home.household.claim(BeingId::FIRST, PATIENCE).is_ok());
}

#[test]
fn a_being_that_found_no_room_leaves_nothing_behind() {
    let home = Home::begin();
    home.household.make(Some("Ada")).expect("room for two");
    let before = home.directories();
    let refused = home.household.make(None);
    assert!(
        matches!(refused, Err(KernelError::Full { .. })),
        "{refused:?}"
    );
    assert_eq!(home.directories(), before);
    assert_eq!(home.household.beings().expect("a list").beings.len(), 2);
}

#[test]
fn a_refusal_waits_for_nobody_who_comes_or_goes() {
    let home = Home::begin();
    // As while a being comes, goes or is erased.
    let coming = lock(&home.household.asleep);
    let (tell, told) = std::sync::mpsc::channel();
    let household = Arc::clone(&home.household);
    let refusing = std::thread::spawn(move || {
        let change = ConsentChange {
            hear: Some(false),
            ..ConsentChange::default()
        };
        let _ = tell.send(household.change_consent(BeingId::FIRST, &change));
    });
    let consent = told.recv_timeout(Duration::from_secs(60));
    drop(coming);
    refusing.join().expect("no panic");
    let consent = consent.expect("it waited").expect("in force");
    assert!(!consent.allows(Sense::Hear));
}

#[test]
fn what_was_on_its_way_when_a_service_was_cut_off_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let left = folder.path().join("spool/export-abc");
    std::fs::create_dir(folder.path().join("spool")).expect("a spool");
    std::fs::write(&left, "a being").expect("written");
    let home = Home::begin_in(folder);
    assert!(!left.exists());
    let spool = home.household.spool_folder().expect("a spool");
    let mode = std::fs::metadata(spool).expect("a folder").permissions();
    assert_eq!(mode.mode() & 0o777, 0o700);
}

#[test]
fn beings_are_counted_as_they_come_and_go() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    let counted = |awake, asleep| BeingsCount {
        awake,
        waiting: 0,
        asleep,
    };
    let settle = |wanted| {
        let began = std::time::Instant::now();
        while home.household.beings_count() != wanted && began.elapsed().as_secs() < 60 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(home.household.beings_count(), wanted);
    };
    settle(counted(2, 0));
    home.household.let_sleep(being).expect("asleep");
    settle(counted(1, 1));
    home.household.wake(being).expect("awake");
    settle(counted(2, 0));
    home.household.erase(being).expect("erased");
    settle(counted(1, 0));
}

#[test]
fn the_first_being_begins_anew_with_nothing_of_the_old_one() {
    let home = Home::begin();
    let change = ConsentChange {
        hear: Some(false),
        ..ConsentChange::default()
    };
    let changed = home.household.change_consent(BeingId::FIRST, &change);
    assert!(!changed.expect("in force").allows(Sense::Hear));
    home.household.erase(BeingId::FIRST).expect("erased");
    assert!(home.household.resident(BeingId::FIRST).is_some(), "lost");
    let begun = home.household.first_consent().get();
    assert_eq!(home.household.consent(BeingId::FIRST).ok(), Some(begun));
    assert_eq!(begun, Consent::ALL);
}
