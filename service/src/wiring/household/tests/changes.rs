//! What is changed of a being, whole or not at all.

use super::home::Home;
use crate::kernel_api::{BeingChange, BeingMode, KernelError, KernelSource as _};
use triune_core::BeingId;
use triune_memory::StoreFault;

fn change(name: Option<&str>, awake: Option<bool>) -> BeingChange {
    BeingChange {
        name: name.map(str::to_owned),
        awake,
    }
}

#[test]
fn a_being_that_cannot_be_changed_as_asked_stays_as_it_is() {
    let home = Home::begin();
    let household = &home.household;
    let being = household.make(Some("Ada")).expect("room");
    household.let_sleep(being).expect("asleep");
    let refused = household.change_being(being, &change(Some(""), Some(true)));
    assert!(
        matches!(refused, Err(KernelError::Invalid { .. })),
        "{refused:?}"
    );
    let mode = household.being(being).expect("there").mode;
    assert_eq!(mode, BeingMode::Asleep, "it woke all the same");

    let first = household.being(BeingId::FIRST).expect("there").name;
    let refused = household.change_being(BeingId::FIRST, &change(Some("Else"), Some(false)));
    assert!(
        matches!(refused, Err(KernelError::Refused { .. })),
        "{refused:?}"
    );
    let name = household.being(BeingId::FIRST).expect("there").name;
    assert_eq!(name, first, "it was renamed all the same");
}

#[test]
fn a_being_that_takes_part_is_shown_though_no_files_can_be_looked_at() {
    let home = Home::begin();
    let elsewhere = home.data().join("elsewhere");
    std::fs::rename(home.beings(), &elsewhere).expect("moved");
    std::fs::write(home.beings(), "no folder").expect("written");
    assert!(home.household.listed().is_err(), "all were listed");
    let first = home.household.being(BeingId::FIRST).expect("shown");
    assert_eq!(first.mode, BeingMode::Awake);
    assert!(first.consent.is_some());
    std::fs::remove_file(home.beings()).expect("removed");
    std::fs::rename(&elsewhere, home.beings()).expect("back");
    let named = change(Some("Eve"), None);
    let named = home.household.change_being(BeingId::FIRST, &named);
    let named = named.expect("renamed");
    assert_eq!(named.name, "Eve");
    assert!(named.bytes > 0);
}

#[test]
fn who_fell_asleep_without_the_disk_is_not_said_to_be_awake() {
    let home = Home::begin();
    for name in [None, Some("Ada")] {
        let being = home.household.make(None).expect("room");
        let essence = home.directory(being).join("essence");
        home.disk.inject_below(&essence, StoreFault::ReadOnly);
        let told = home
            .household
            .change_being(being, &change(name, Some(false)))
            .expect_err("its last state is not on the disk");
        let told = told.to_string();
        home.disk.heal();
        let mode = home.household.being(being).expect("there").mode;
        assert_eq!(mode, BeingMode::Asleep);
        assert!(!told.contains("not asleep"), "{told}");
        assert!(told.contains("asleep, but"), "{told}");
        assert_eq!(told.contains("renamed"), name.is_some(), "{told}");
    }
}

#[test]
fn one_memory_that_fails_keeps_no_other_from_being_synced() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.disk
        .inject_below(&home.directory(BeingId::FIRST), StoreFault::ReadOnly);
    let written = |being| {
        let listed = home.household.listed().expect("listed");
        let one = listed.iter().find(|listed| listed.being == being);
        one.expect("there").written_unix
    };
    let before = written(being);
    let refused = home.household.sync_memory().expect_err("one failed");
    let told = refused.to_string();
    assert!(told.contains(&BeingId::FIRST.to_string()), "{told}");
    assert!(!told.contains(&being.to_string()), "{told}");
    assert!(written(being) > before, "the other was not synced");
    home.disk.heal();
    home.household.sync_memory().expect("all of them");
}
