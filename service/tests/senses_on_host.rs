//! The whole service on this machine: it hears, sees, cycles, remembers, and survives being killed.
#![allow(missing_docs)]
mod common;
use common::{Service, noise, run, speech_in_noise, write};
use serde_json::Value;
use std::path::Path;

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn speech_is_heard_and_its_noise_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(sound) = speech_in_noise(folder.path(), 2.0) else {
        return;
    };
    let heard = run(&["hear", text(&sound)]);
    assert!(
        heard.status.success(),
        "{}",
        String::from_utf8_lossy(&heard.stderr)
    );
    let events: Vec<Value> = String::from_utf8(heard.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
        .collect();
    let speech: Vec<&Value> = events
        .iter()
        .filter(|event| event["kind"] == "speech")
        .collect();
    assert!(!speech.is_empty(), "{events:?}");
    for event in speech {
        let start = event["start"].as_f64().expect("a number");
        assert!(
            start >= 1.98,
            "speech at {start} s, before the phrase at 2 s"
        );
        assert!(event["end"].as_f64().expect("ended") > start);
    }
    for (name, sound) in [
        ("noise.wav", noise(240_000, 0.05)),
        ("silence.wav", vec![0.0; 240_000]),
    ] {
        let heard = run(&["hear", text(&write(folder.path(), name, &sound))]);
        assert!(heard.status.success());
        assert!(
            !String::from_utf8_lossy(&heard.stdout).contains("\"speech\""),
            "{name}"
        );
    }
}

#[test]
fn a_served_kernel_hears_sees_cycles_and_remembers() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(sound) = speech_in_noise(folder.path(), 1.5) else {
        return;
    };
    let data = folder.path().join("data");
    let service = Service::start(&data, &["--hear", text(&sound), "--see", "pattern"]);
    service.wait_for("speech is heard", |service| {
        service
            .detections()
            .iter()
            .any(|event| event["kind"] == "speech")
    });
    service.wait_for("frames are seen", |service| {
        service.status()["senses"]["sight"]["frames"].as_u64() > Some(10)
    });
    service.wait_for("a moment is kept", |service| {
        service.status()["memory"]["durable_sequence"].as_u64() > Some(0)
    });
    let status = service.status();
    let cycle = &status["cycle"];
    let count = |name: &str| cycle[name].as_u64().expect("a count");
    assert_eq!(count("cycles") + count("skipped"), count("scheduled"));
    assert_eq!(status["senses"]["hearing"]["state"], "present");
    let picture = service
        .client
        .get_bytes("/v1/frame.png?width=640&height=360")
        .expect("a picture");
    assert_eq!(&picture[1..4], b"PNG");
    let told: Value = service
        .client
        .post_json(
            "/v1/events",
            &serde_json::json!({"words": "remember this wonderful hour"}),
        )
        .expect("taken");
    assert_eq!(told["accepted"], 4);
    assert!(service.stop().success());
}

#[test]
fn a_killed_service_continues_where_its_essence_stood() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let mut lived = 0;
    for round in 0..3 {
        let service = Service::start(&data, &["--see", "pattern", "--rate", "500"]);
        let cycle = |service: &Service| {
            let state: Value = service.client.get_json("/v1/state").expect("state");
            state["cycle"].as_u64().expect("a cycle")
        };
        let at_start = cycle(&service);
        assert!(
            at_start >= lived,
            "round {round} began at {at_start}, after {lived} were durable"
        );
        // Longer than the interval at which the essence is written.
        let written = at_start + 3_000;
        service.wait_for("the essence is written", |service| cycle(service) > written);
        // 500 cycles a second for the 5 s between two writings may be lost, and no more.
        lived = written - 2_600;
        service.kill();
    }
    assert!(lived > 1, "the essence never continued");
}
