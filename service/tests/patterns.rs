//! Patterns that were found are listed, named and forgotten; they outlive a restart and no erasure.
#![allow(missing_docs)]
mod common;

use common::{FIRST, Service};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use triune_core::Timestamp;
use triune_npu::patterns::{
    Known, Observation, PATTERNS_FILE, Patterns, SEGMENT_INTERVAL, TRACE_LENGTH,
};
use triune_npu::{FEATURE_COUNT, Manifest};

const PATH: &str = "/v1/beings/0000000000000001/patterns";

fn folder_of(data: &Path, being: &str) -> PathBuf {
    data.join("memory/beings").join(being)
}

/// Lets a being that does not run have met two patterns.
fn give_patterns(data: &Path, being: &str) {
    let text = include_str!("../../models/dual_activation/manifest.toml");
    let known = Known::shipped(&Manifest::parse(text).expect("sound")).expect("its own");
    let mut patterns = Patterns::default();
    let mut now = Timestamp(1_000_000_000);
    for visit in 0..9 {
        let level = [0.0, 1.0, 2.0][visit % 3];
        for _ in 0..(90 * 5) {
            now = now.after(SEGMENT_INTERVAL);
            let observation = Observation {
                time: now,
                unix_ms: 1_700_000_000_000 + now.0 / 1_000_000,
                trace: &[40.0 * level; TRACE_LENGTH],
                features: &[level; FEATURE_COUNT],
            };
            patterns.observe(&known, &observation);
        }
    }
    assert_eq!(patterns.list().len(), 2);
    patterns.store(&folder_of(data, being)).expect("stored");
}

/// A service whose first being has met two patterns.
fn begun(data: &Path) -> Service {
    assert!(Service::start(data, &[]).stop().success());
    give_patterns(data, FIRST);
    Service::start(data, &[])
}

fn listed(service: &Service) -> Vec<Value> {
    let all: Value = service.client.get_json(PATH).expect("patterns");
    all["patterns"].as_array().expect("a list").clone()
}

fn names(service: &Service) -> Vec<(Value, Value)> {
    let all = listed(service);
    let pair = |pattern: &Value| (pattern["id"].clone(), pattern["name"].clone());
    all.iter().map(pair).collect()
}

#[test]
fn numbers_and_names_outlive_a_kill_and_what_is_forgotten_stays_away() {
    let folder = tempfile::tempdir().expect("folder");
    let service = begun(folder.path());
    let first = &listed(&service)[0];
    assert_eq!((&first["id"], &first["name"]), (&json!(1), &Value::Null));
    assert!(first["visits"].as_u64() >= Some(3), "{first}");
    assert!(first["seconds"].as_u64() >= Some(60), "{first}");
    let (begin, end) = (&first["first_seen_unix_ms"], &first["last_seen_unix_ms"]);
    assert!(begin.as_u64() > Some(1_700_000_000_000) && end.as_u64() > begin.as_u64());

    let named = service.told(&["patterns", "name", "1", "washing machine"]);
    assert_eq!(named["name"], "washing machine");
    let path = format!("{PATH}/2");
    let named: Value = service
        .client
        .patch_json(&path, &json!({ "name": "" }))
        .expect("named");
    assert_eq!(named["name"], Value::Null);
    service.kill();

    let service = Service::start(folder.path(), &[]);
    assert_eq!(
        names(&service),
        [
            (json!(1), json!("washing machine")),
            (json!(2), Value::Null)
        ]
    );
    let shown = service.ask(&["patterns"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(
        shown.contains("washing machine") && shown.contains("unnamed"),
        "{shown}"
    );
    assert_eq!(service.told(&["patterns", "forget", "1"])["id"], 1);
    service.kill();
    let service = Service::start(folder.path(), &[]);
    assert_eq!(names(&service), [(json!(2), Value::Null)]);
}

#[test]
fn what_cannot_be_named_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().expect("folder");
    let service = begun(folder.path());
    let long = "x".repeat(65);
    let name = |number: &'static str, name: &str, status| {
        service.refused(status, &["patterns", "name", number, name])
    };
    assert!(name("7", "x", 1).contains("no pattern 7"));
    assert!(name("0", "x", 1).contains("no pattern 0"));
    assert!(name("1", &long, 2).contains("at most 64"));
    assert!(name("1", "a\nb", 2).contains("control character"));
    assert!(name("one", "x", 2).contains("one"));
    assert!(
        service
            .refused(1, &["patterns", "forget", "7"])
            .contains("no pattern 7")
    );
    let nobody = ["patterns", "--being", "00000000000000aa"];
    assert!(service.refused(1, &nobody).contains("no being"));
    let odd = service
        .client
        .get_json::<Value>("/v1/beings/first/patterns");
    assert!(odd.is_err());
    assert_eq!(
        names(&service),
        [(json!(1), Value::Null), (json!(2), Value::Null)]
    );
}

#[test]
fn while_remembering_is_refused_nothing_is_written() {
    let folder = tempfile::tempdir().expect("folder");
    let service = begun(folder.path());
    let file = folder_of(folder.path(), FIRST).join(PATTERNS_FILE);
    let before = fs::read(&file).expect("read");
    service.told(&["consent", "remember=no"]);
    let refused = service.refused(1, &["patterns", "name", "1", "secret"]);
    assert!(refused.contains("remember"), "{refused}");
    assert_eq!(listed(&service).len(), 2);
    assert!(service.stop().success());
    assert_eq!(fs::read(&file).expect("read"), before);
}

#[test]
fn an_erased_being_leaves_no_pattern_behind() {
    let folder = tempfile::tempdir().expect("folder");
    let service = begun(folder.path());
    service.told(&["patterns", "name", "1", "quokkasaurus"]);
    assert!(!common::files::holding(folder.path(), b"quokkasaurus").is_empty());
    service.told(&["beings", "erase", FIRST, "--yes"]);
    assert!(listed(&service).is_empty());
    assert!(service.stop().success());
    let left = common::files::holding(folder.path(), b"quokkasaurus");
    assert_eq!(left, Vec::<PathBuf>::new());
    assert!(listed(&Service::start(folder.path(), &[])).is_empty());
}

#[test]
fn a_sleepers_patterns_are_its_own_and_wake_with_it() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &[]);
    let ada = service.add("Ada");
    service.told(&["beings", "sleep", &ada]);
    give_patterns(folder.path(), &ada);
    let of_ada = |more: &[&str]| service.told(&[&["patterns", "--being", &ada], more].concat());
    assert_eq!(of_ada(&[])["patterns"].as_array().map(Vec::len), Some(2));
    of_ada(&["name", "2", "rain"]);
    assert_eq!(service.being(&ada)["mode"], "asleep");
    service.told(&["beings", "wake", &ada]);
    assert_eq!(of_ada(&[])["patterns"][1]["name"], "rain");
    assert!(listed(&service).is_empty(), "another's");
}

#[test]
fn a_damaged_file_is_put_aside_and_told() {
    let folder = tempfile::tempdir().expect("folder");
    assert!(Service::start(folder.path(), &[]).stop().success());
    let file = folder_of(folder.path(), FIRST).join(PATTERNS_FILE);
    fs::write(&file, "no patterns").expect("written");
    let service = Service::start(folder.path(), &[]);
    assert!(listed(&service).is_empty());
    assert_eq!(
        fs::read(file.with_extension("damaged-1")).expect("put aside"),
        b"no patterns"
    );
    let status = service.status();
    let degraded = status["degraded"].as_array().expect("a list");
    let told = degraded.iter().find(|entry| entry["what"] == "patterns");
    assert!(told.is_some(), "{degraded:?}");
}

#[test]
fn what_is_recognised_has_a_place_for_the_pattern() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    let activation = |service: &Service| {
        let state: Value = service.client.get_json("/v1/state").expect("state");
        state["activation"].clone()
    };
    service.wait_for("something is recognised", |service| {
        !activation(service).is_null()
    });
    let told = activation(&service);
    assert_eq!(told.get("pattern"), Some(&Value::Null), "{told}");
    assert_eq!(service.status()["npu"]["no_patterns"], Value::Null);
}
