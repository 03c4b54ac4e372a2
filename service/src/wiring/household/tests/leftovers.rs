//! What a household leaves of what did not come to be, or is no more.

use super::home::{Home, wait_for};
use crate::http::ConsentChange;
use crate::kernel_api::KernelError;
use crate::status::Degradation;
use std::ops::ControlFlow;
use std::time::Duration;
use triune_core::{BeingId, Sense};
use triune_memory::transfer::export_being;
use triune_memory::{Options, StoreFault};

/// Whether anything of `being` is mapped into this process.
fn is_mapped(being: BeingId) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
    maps.contains(&being.to_string())
}

#[test]
fn a_second_household_takes_nothing_from_the_first() {
    let home = Home::begin();
    let going = home
        .household
        .spool_folder()
        .expect("a spool")
        .join("export-abc");
    std::fs::write(&going, "a being on its way").expect("written");
    let other = Home::household(&home.data(), &Options::default());
    assert!(other.awaken().is_err(), "two work on the same data");
    assert!(going.exists(), "what the first was sending is gone");
}

#[test]
fn a_being_that_found_no_room_is_not_kept_open() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household
        .tell(being, "something to keep")
        .expect("heard");
    wait_for("it is kept", || {
        let resident = home.household.resident(being).expect("awake");
        !resident.memory.view().is_empty()
    });
    home.household.let_sleep(being).expect("asleep");
    assert!(!is_mapped(being), "the search itself finds too much");
    home.household.make(None).expect("room");
    let refused = home.household.wake(being);
    assert!(
        matches!(refused, Err(KernelError::Full { .. })),
        "{refused:?}"
    );
    assert!(!is_mapped(being), "it is still read");
}

#[test]
fn a_sleeper_that_is_exported_can_be_erased_later() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    // What begins a catalogue anew while it is exported holds the sleeper, as does every export.
    let (root, to) = (home.data().join("memory"), home.data().join("out"));
    let mut met = Vec::new();
    let exported = export_being(&root, being, &to, &mut |_| {
        met.push(home.household.erase(being).err());
        met.push(home.household.wake(being).err());
        ControlFlow::Continue(())
    });
    exported.expect("whole");
    assert!(!met.is_empty());
    for error in met {
        let error = error.expect("it is held");
        assert!(!matches!(error, KernelError::Failed { .. }), "{error}");
        let told = error.to_string();
        assert!(
            !told.contains("process") && !told.contains("changes"),
            "{told}"
        );
    }
    home.household.erase(being).expect("erased");
}

#[test]
fn a_sleepers_refusal_waits_for_the_end_of_its_export() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    let (root, to) = (home.data().join("memory"), home.data().join("out"));
    let (begin, begun) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|threads| {
        let exporting = threads.spawn(move || {
            let mut waits = Some(ended);
            export_being(&root, being, &to, &mut |_| {
                if let Some(ended) = waits.take() {
                    begin.send(()).expect("somebody waits");
                    let _ = ended.recv();
                }
                ControlFlow::Continue(())
            })
        });
        begun.recv().expect("it begins");
        let refusing = threads.spawn(|| {
            let change = ConsentChange {
                hear: Some(false),
                ..ConsentChange::default()
            };
            home.household.change_consent(being, &change)
        });
        std::thread::sleep(Duration::from_millis(50));
        drop(end);
        let consent = refusing.join().expect("no panic").expect("refused");
        assert!(!consent.allows(Sense::Hear));
        exporting.join().expect("no panic").expect("whole");
    });
}

#[test]
fn an_erasure_that_was_cut_off_is_finished_when_it_is_asked_for_again() {
    let home = Home::begin();
    let being = home.household.make(None).expect("room");
    home.household.let_sleep(being).expect("asleep");
    // As it stands when the removing fails after the being has lost its name.
    let remnant = home.beings().join(format!("{being}.erasing"));
    std::fs::rename(home.directory(being), &remnant).expect("renamed");
    let erased = home.household.erase(being).expect("finished");
    assert!(erased.files > 0);
    assert!(!remnant.exists());
    assert_eq!(
        home.household.erase(being).err(),
        Some(KernelError::NoSuchBeing(being))
    );
}

#[test]
fn the_first_being_comes_back_when_the_disk_does() {
    let home = Home::begin();
    let absences = || {
        let troubles = home.household.troubles();
        let absent = |told: &&Degradation| told.why.contains("the first being does not cycle");
        troubles.iter().filter(absent).count()
    };
    home.disk.inject(StoreFault::ReadOnly);
    let told = home.household.erase(BeingId::FIRST).expect_err("no disk");
    assert!(told.to_string().starts_with("erased; "), "{told}");
    assert!(home.household.resident(BeingId::FIRST).is_none());
    assert_eq!(absences(), 1, "{told}");
    home.household.bring_back_the_first();
    assert_eq!(absences(), 1, "told once");
    home.disk.heal();
    wait_for("it is back", || {
        home.household.bring_back_the_first();
        home.household.resident(BeingId::FIRST).is_some()
    });
    assert_eq!(absences(), 0);
    home.household
        .tell(BeingId::FIRST, "another life")
        .expect("heard");
}
