//! What a being refuses is gone from the next cycle on, is never kept and never comes back.

use crate::common::{FIRST, Service, noise, write};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CONSENT: &str = "/v1/beings/0000000000000001/consent";
/// The scene's features by the sense that gives them.
pub(crate) const FEATURES: [(&str, &[&str]); 3] = [
    ("hear", &["loudness", "speech", "onset"]),
    ("see", &["brightness", "motion"]),
    // Not every machine has a thermometer.
    ("feel", &["strain", "heat"]),
];

fn change(service: &Service, change: &Value) -> Value {
    service.client.patch_json(CONSENT, change).expect("changed")
}

fn state(service: &Service) -> Value {
    service.client.get_json("/v1/state").expect("state")
}

/// Whether anything of `feature` is in a state.
pub(crate) fn is_in(state: &Value, feature: &str) -> bool {
    let feature = &state["environmental"]["scene"][feature];
    ["now", "short", "long", "confidence"]
        .iter()
        .any(|part| feature[part].as_f64() != Some(0.0))
}

#[test]
fn no_state_after_the_answer_holds_anything_of_a_refused_sense() {
    let folder = tempfile::tempdir().expect("folder");
    let sound = write(folder.path(), "noise.wav", &noise(96_000, 0.3));
    let sound = sound.to_str().expect("UTF-8");
    let data = folder.path().join("data");
    let service = Service::start(&data, &["--hear", sound, "--see", "pattern"]);
    for round in 0..6 {
        for (sense, features) in FEATURES {
            let given = features[0];
            service.wait_for(given, |service| is_in(&state(service), given));
            change(&service, &json!({ sense: false }));
            let until = Instant::now() + Duration::from_millis(100);
            while Instant::now() < until {
                let now = state(&service);
                for feature in features {
                    assert!(
                        !is_in(&now, feature),
                        "round {round}: {feature} is in {now}"
                    );
                }
            }
            change(&service, &json!({ sense: true }));
        }
    }
}

#[test]
fn a_kill_right_after_the_answer_brings_nothing_back() {
    let folder = tempfile::tempdir().expect("folder");
    let mut before = json!({});
    for refused in ["hear", "remember", "share"] {
        let service = Service::start(folder.path(), &[]);
        if before != json!({}) {
            assert_eq!(
                service.client.get_json::<Value>(CONSENT).expect("consent"),
                before
            );
        }
        before = change(&service, &json!({ refused: false }));
        assert_eq!(before[refused], false);
        service.kill();
    }
    let service = Service::start(folder.path(), &[]);
    assert_eq!(
        service.client.get_json::<Value>(CONSENT).expect("consent"),
        before
    );
    assert!(!is_in(&state(&service), "loudness"));
    let log = service.told(&["beings", "log"]);
    let changes = log["changes"].as_array().expect("a list");
    let (begun, changes) = changes.split_last().expect("its beginning");
    assert_eq!(begun["by"], "start");
    assert_eq!(changes.len(), 3, "{log}");
    for (change, refused) in changes.iter().rev().zip(["hear", "remember", "share"]) {
        assert_eq!(
            (&change["before"][refused], &change["after"][refused]),
            (&json!(true), &json!(false))
        );
        assert_eq!(change["by"], "api");
        assert!(change["unix_ms"].as_u64() > Some(1_600_000_000_000));
    }
    assert_eq!(changes[0]["after"], before, "the newest is not first");
}

#[test]
fn a_sleepers_consent_is_shown_and_revoked_and_it_wakes_with_that() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    service.told(&["beings", "sleep", &ada]);
    let consent = |change: &[&str]| service.told(&[&["consent", "--being", &ada], change].concat());
    assert_eq!(consent(&[])["hear"], true);
    let changed = consent(&["hear=no", "remember=no"]);
    assert_eq!(
        (&changed["hear"], &changed["remember"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(consent(&["remember=yes"])["remember"], true);
    let listed = service.being(&ada);
    assert_eq!(listed["mode"], "asleep", "it was woken for it");
    assert_eq!(listed["consent"]["hear"], false);
    // Durable when it is answered, and in the log.
    service.kill();
    let service = Service::start(folder.path(), &[]);
    let log = service.told(&["beings", "log", &ada]);
    let changes = log["changes"].as_array().expect("a list");
    assert_eq!(changes.len(), 3, "{log}");
    assert_eq!(changes[0]["after"]["remember"], true);
    assert_eq!(changes[1]["by"], "api");
    service.told(&["beings", "wake", &ada]);
    assert_eq!(service.being(&ada)["consent"]["hear"], false);
    let nobody = ["consent", "--being", "00000000000000aa"];
    assert!(service.refused(1, &nobody).contains("no being"));
}

/// Events that were heard.
fn heard(service: &Service) -> Vec<Value> {
    let mut events = service.detections();
    events.retain(|event| {
        ["onset", "speech"]
            .map(Value::from)
            .contains(&event["kind"])
    });
    events
}

#[test]
fn nothing_is_noted_or_logged_of_what_a_refused_sense_notices() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let mut service = Service::start(&data, &[]);
    change(&service, &json!({ "hear": false }));
    assert!(service.stop().success());
    // Bursts of noise in silence: onsets every half a second.
    let mut sound = vec![0.0; 24_000];
    for _ in 0..8 {
        sound.extend(noise(2_400, 0.5));
        sound.extend(vec![0.0; 21_600]);
    }
    let sound = write(folder.path(), "onsets.wav", &sound);
    service = Service::start(&data, &["--hear", sound.to_str().expect("UTF-8")]);
    let begun = service.cycle_of(FIRST);
    service.wait_for("three seconds are lived", |service| {
        service.cycle_of(FIRST) > begun + 750
    });
    assert!(heard(&service).is_empty(), "{:?}", heard(&service));
    assert_eq!(service.status()["senses"]["hearing"]["state"], "refused");
    assert!(service.status()["senses"]["hearing"]["level_dbfs"].is_null());
    change(&service, &json!({ "hear": true }));
    service.wait_for("an onset is noticed when it may be", |service| {
        !heard(service).is_empty()
    });
    let log = service.log();
    let allowed = log.find("consent of").expect("the change is logged");
    assert!(!log[..allowed].contains("onset at"), "{log}");
}
