//! What the senses noticed is told while it may be, and forgotten when it may not.
#![allow(missing_docs)]
mod common;
use common::{FIRST, Service, noise, write};
use serde_json::{Value, json};

const CONSENT: &str = "/v1/beings/0000000000000001/consent";

/// The present instant, and when each event began that hearing noticed.
fn heard(service: &Service) -> (u64, Vec<u64>) {
    let all: Value = service
        .client
        .get_json("/v1/detections")
        .expect("detections");
    let starts = all["events"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|event| {
            ["onset", "speech"]
                .map(Value::from)
                .contains(&event["kind"])
        })
        .map(|event| event["start_ns"].as_u64().expect("a time"))
        .collect();
    (all["now_ns"].as_u64().expect("a time"), starts)
}

fn hears_something(service: &Service) {
    service.wait_for("an onset", |service| !heard(service).1.is_empty());
}

fn allow_hearing(service: &Service, allowed: bool) {
    let changed: Value = service
        .client
        .patch_json(CONSENT, &json!({ "hear": allowed }))
        .expect("changed");
    assert_eq!(changed["hear"], allowed);
}

#[test]
fn what_was_heard_is_forgotten_with_the_consent_and_with_the_being() {
    let folder = tempfile::tempdir().expect("folder");
    // Bursts of noise in silence: an onset every half a second.
    let mut sound = vec![0.0; 24_000];
    for _ in 0..8 {
        sound.extend(noise(2_400, 0.5));
        sound.extend(vec![0.0; 21_600]);
    }
    let sound = write(folder.path(), "onsets.wav", &sound);
    let data = folder.path().join("data");
    let service = Service::start(&data, &["--hear", sound.to_str().expect("UTF-8")]);
    hears_something(&service);

    allow_hearing(&service, false);
    let (refused, told) = heard(&service);
    assert!(told.is_empty(), "{told:?}");
    service.wait_for("not even their number is told", |service| {
        service.status()["senses"]["hearing"]["events"] == 0
    });
    allow_hearing(&service, true);
    hears_something(&service);
    let (_, told) = heard(&service);
    assert!(told.iter().all(|&start| start > refused), "{told:?}");

    let (before, _) = heard(&service);
    service.told(&["beings", "erase", FIRST, "--yes"]);
    let (_, told) = heard(&service);
    assert!(told.iter().all(|&start| start > before), "{told:?}");
    hears_something(&service);
}
