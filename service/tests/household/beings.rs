//! Beings come, are named, sleep, wake and stay over restarts.

use crate::common::{FIRST, Service};
use serde_json::{Value, json};

#[test]
fn a_being_is_added_named_put_to_sleep_and_woken() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    assert_eq!(ada.len(), 16);
    assert_eq!(service.being(&ada)["name"], "Ada");
    assert_eq!(service.being(&ada)["mode"], "awake");
    let begun = service.cycle_of(&ada);
    service.wait_for("it cycles", |service| service.cycle_of(&ada) > begun + 20);

    let renamed = service.told(&["beings", "rename", &ada, "Ada Byron"]);
    assert_eq!(renamed["name"], "Ada Byron");
    assert_eq!(service.told(&["beings", "sleep", &ada])["mode"], "asleep");
    let slept = service.cycle_of(&ada);
    let first = service.cycle_of(FIRST);
    service.wait_for("the first being cycles on", |service| {
        service.cycle_of(FIRST) > first + 20
    });
    assert_eq!(service.cycle_of(&ada), slept, "a sleeper cycled");
    // Sleeping twice is no failure, and neither is waking twice.
    service.told(&["beings", "sleep", &ada]);
    service.told(&["beings", "wake", &ada]);
    assert_eq!(service.told(&["beings", "wake", &ada])["mode"], "awake");
    assert_eq!(service.being(&ada)["name"], "Ada Byron");
    service.wait_for("it goes on where it stood", |service| {
        service.cycle_of(&ada) > slept
    });

    let listed = service.ask(&["beings"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(
        listed.contains(&ada) && listed.contains("Ada Byron"),
        "{listed}"
    );
}

#[test]
fn beings_names_parameters_and_sleep_survive_a_restart() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let (ada, bo) = (service.add("Ada"), service.add("Bo"));
    service.told(&["parameters", "--being", &ada, "keep_threshold=0.375"]);
    service.told(&["consent", "--being", &bo, "hear=no"]);
    service.told(&["beings", "sleep", &bo]);
    let lived = service.cycle_of(&bo);
    assert!(service.stop().success());

    let again = Service::start(folder.path(), &[]);
    assert_eq!(again.being(&ada)["name"], "Ada");
    assert_eq!(again.being(&ada)["mode"], "awake");
    let parameters = again.told(&["parameters", "--being", &ada]);
    assert_eq!(parameters["parameters"]["keep_threshold"]["value"], 0.375);
    let sleeper = again.being(&bo);
    assert_eq!(
        (&sleeper["name"], &sleeper["mode"]),
        (&json!("Bo"), &json!("asleep"))
    );
    assert_eq!(sleeper["cycle"], lived);
    assert_eq!(sleeper["consent"]["hear"], false);
    again.told(&["beings", "wake", &bo]);
    again.kill();

    // Killed right after the answer: it is awake all the same.
    let third = Service::start(folder.path(), &[]);
    assert_eq!(third.being(&bo)["mode"], "awake");
    assert_eq!(third.being(&bo)["consent"]["hear"], false);
}

#[test]
fn what_cannot_be_done_with_a_being_is_told_with_the_remedy() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let nobody = "00000000000000aa";
    assert!(
        service
            .refused(1, &["beings", "sleep", FIRST])
            .contains("never sleeps")
    );
    for action in [
        &["wake", nobody][..],
        &["sleep", nobody],
        &["rename", nobody, "Nobody"],
    ] {
        let told = service.refused(1, &[&["beings"], action].concat());
        assert!(told.contains("triune beings"), "{told}");
    }
    service.refused(2, &["beings", "sleep", "Bo"]);
    assert!(
        service
            .refused(2, &["beings", "erase", nobody])
            .contains("--yes")
    );
    assert!(
        service
            .refused(1, &["beings", "erase", nobody, "--yes"])
            .contains("no being")
    );
    let ada = service.add("Ada");
    service.told(&["beings", "sleep", &ada]);
    for question in [
        &["parameters", "--being", &ada][..],
        &["memory", "status", "--being", &ada],
        &["recall", "--being", &ada, "word"],
    ] {
        let told = service.refused(1, question);
        assert!(told.contains("wake"), "{question:?}: {told}");
    }
    let unnamed: Value = service.told(&["beings", "add"]);
    assert_ne!(unnamed["name"], "");
    let long = "x".repeat(5_000);
    service.refused(2, &["beings", "add", &long]);
    let count = service.told(&["beings"])["beings"].as_array().map(Vec::len);
    assert_eq!(count, Some(3), "a being that was refused a name came to be");
}
