//! Faults made on purpose: the service goes on, says what is missing, and recovers.

use crate::common::files::files_under;
use crate::common::{FIRST, Service, run, triune};
use serde_json::Value;

const PLAN: &str =
    "hearing=missing@3s..6s,sight=frozen@3s..6s,loop.analytical=late@3s..6s,memory=full@3s..6s";

#[test]
fn the_service_lives_through_faults_and_tells_of_them() {
    let folder = tempfile::tempdir().expect("folder");
    let settings = "[memory]\nessence_interval_s = 0.5\nflush_window_ms = 100\n";
    std::fs::write(folder.path().join("triune.toml"), settings).expect("written");
    let service = Service::start(folder.path(), &["--inject", PLAN, "--see", "pattern"]);
    let faults = service.told(&["faults"]);
    assert_eq!(faults["plan"], PLAN);
    let state = || -> Value { service.client.get_json("/v1/state").expect("state") };
    let confidence = |feature: &str| {
        state()["environmental"]["scene"][feature]["confidence"]
            .as_f64()
            .expect("a number")
    };
    service.wait_for("all faults are at work", |service| {
        service.told(&["faults"])["active"].as_array().map(Vec::len) == Some(4)
    });
    let active = service.told(&["faults"])["active"].to_string();
    for fault in [
        "hearing=missing",
        "sight=frozen",
        "loop.analytical=late",
        "memory=full",
    ] {
        assert!(active.contains(fault), "{fault} is not in {active}");
    }
    service.say("said while memory is full");
    service.wait_for("the late loop's part is stale", |service| {
        service.being(FIRST)["stale"]
            .to_string()
            .contains("analytical")
    });
    service.wait_for("hearing is absent from the scene", |_| {
        confidence("loudness") == 0.0
    });
    service.wait_for("memory is degraded, with the cause", |service| {
        let memory = service.told(&["memory"]);
        memory["degraded"]
            .as_str()
            .is_some_and(|why| why.contains("space"))
    });
    let status = service.status();
    assert_eq!(status["memory"]["state"], "degraded");
    let degraded = status["degraded"].to_string();
    assert!(degraded.contains("memory"), "{degraded}");
    assert_eq!(service.ask(&["status"]).status.code(), Some(3));

    service.wait_for("nothing fails any more", |service| {
        service.told(&["faults"])["active"].as_array().map(Vec::len) == Some(0)
    });
    service.wait_for("everything is back", |service| {
        service.being(FIRST)["stale"].as_array().map(Vec::len) == Some(0)
            && confidence("loudness") > 0.0
            && service.told(&["memory"])["degraded"].is_null()
    });
    let late = service.told(&["kernel"])["loops"][1]["late"].as_u64();
    assert!(late > Some(0), "late loops are counted: {late:?}");
    // What was said while there was no room is not lost.
    service.wait_for("the words are kept", |service| {
        !service
            .recall(FIRST, serde_json::json!({ "words": "said full" }))
            .is_empty()
    });
    service.keep("and remembers what is said now");
    assert!(service.stop().success());
}

#[test]
fn a_frozen_eye_shows_the_same_picture() {
    let folder = tempfile::tempdir().expect("folder");
    let arguments = ["--inject", "sight=frozen@1s..", "--see", "pattern"];
    let service = Service::start(folder.path(), &arguments);
    service.wait_for("it is frozen", |service| {
        service.told(&["faults"])["active"]
            .to_string()
            .contains("sight=frozen")
    });
    let begun = service.cycle_of(FIRST);
    service.wait_for("a moment passes", |service| {
        service.cycle_of(FIRST) > begun + 250
    });
    let sight = || -> (Value, f64) {
        let state: Value = service.client.get_json("/v1/state").expect("state");
        let seen = &state["environmental"]["scene"]["brightness"];
        (
            seen["now"].clone(),
            seen["confidence"].as_f64().expect("a number"),
        )
    };
    let (first, trusted) = sight();
    service.wait_for(
        "the old picture is trusted less and less, or not at all",
        |_| {
            let (now, confidence) = sight();
            assert_eq!(now, first, "what is frozen moved");
            confidence < trusted || confidence == 0.0
        },
    );
}

#[test]
fn a_wrong_plan_is_wrong_use_and_teaches() {
    for (plan, word) in [
        ("sight=blind@1s..2s", "frozen"),
        ("smell=missing", "hearing"),
        ("sight", "TARGET=KIND"),
        ("memory=full", "memory=full@10s..20s"),
        ("memory=fool@1s..", "slow-sync"),
        ("memory=full@5s..3s", "after the beginning"),
        ("sight=frozen@5s..3s", "UNTIL after FROM"),
        ("loop.analytical=frozen@1s..", "late"),
    ] {
        let folder = tempfile::tempdir().expect("folder");
        for command in ["serve", "record"] {
            let mut asked = triune();
            asked
                .args([command, "--board", "host", "--inject", plan, "--data"])
                .arg(folder.path());
            if command == "record" {
                asked.arg(folder.path().join("file"));
            }
            let output = asked.output().expect("triune runs");
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{plan}: {told}");
            assert!(
                told.contains("--inject") && told.contains(word),
                "{plan}: {told}"
            );
        }
        assert!(files_under(folder.path()).is_empty(), "something was begun");
    }
    let output = run(&[
        "serve",
        "--board",
        "host",
        "--inject",
        "sight",
        "--print-config",
    ]);
    assert_eq!(output.status.code(), Some(2));
}
