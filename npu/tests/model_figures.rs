//! What the cards of the shipped models say follows from their figures: INT8 costs at most a point,
//! and every form of a model beats its baselines on every held-out set.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use triune_npu::{Manifest, ModelHash, Precision};

const MOST_LOST: f64 = 0.01;

fn folder(model: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../models")
        .join(model)
}

fn json(model: &str, file: &str) -> Option<Value> {
    let text = fs::read_to_string(folder(model).join(file)).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn number(figures: &Value, path: &str) -> f64 {
    let found = figures.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("{path} is missing"))
}

/// The files and their sizes are those that the figures were measured on.
fn check_files(model: &str, figures: &Value) {
    let text = fs::read_to_string(folder(model).join("manifest.toml")).unwrap();
    let manifest = Manifest::parse(&text).unwrap();
    assert_eq!(figures["version"], manifest.version);
    for file in &manifest.files {
        let stated = match file.precision {
            Precision::F32 => figures,
            Precision::Int8 => &figures["int8"],
        };
        let bytes = fs::read(folder(model).join(&file.name)).unwrap();
        assert_eq!(ModelHash::of(&bytes), file.sha256, "{model}: {}", file.name);
        assert_eq!(stated["sha256"], file.sha256.to_string(), "{model}");
        assert_eq!(stated["bytes"], bytes.len(), "{model}");
        assert!(bytes.len() < 1_000_000, "{model}: {} is large", file.name);
    }
    let ranges = json(model, "calibration.json").unwrap();
    assert_eq!(ranges["of_sha256"], figures["sha256"], "{model}");
    check_ranges(model, &ranges);
}

/// Each scale is (max - min) / 255 and each zero point -min / scale, over a range that holds 0.
fn check_ranges(model: &str, ranges: &Value) {
    let tensors = ranges["tensors"].as_object().unwrap();
    assert!(!tensors.is_empty());
    for (name, tensor) in tensors {
        let of = |field: &str| number(tensor, &format!("/{field}"));
        let (least, most) = (of("min").min(0.0), of("max").max(0.0));
        let scale = (most - least) / 255.0;
        assert!(
            (of("scale") - scale).abs() <= 1e-6 * scale,
            "{model}: scale of '{name}' is {}, not {scale}",
            of("scale")
        );
        assert!(
            (of("zero_point") + least / scale).abs() < 0.51,
            "{model}: zero point of '{name}' is {}",
            of("zero_point")
        );
    }
}

/// One metric on one set: single precision, INT8 forms, baselines.
fn check(place: &str, exact: f64, int8: &[(&str, f64)], baselines: &[f64]) {
    for (form, reached) in int8 {
        println!("{place}, {form}: {reached:.4}, single precision {exact:.4}");
        assert!(
            exact - reached <= MOST_LOST,
            "{place}, {form}: {reached} is more than a point below {exact}"
        );
    }
    for reached in int8.iter().map(|(_, reached)| *reached).chain([exact]) {
        assert!(
            baselines.iter().all(|baseline| reached > *baseline),
            "{place}: {reached} does not beat {baselines:?}"
        );
    }
}

/// The simulator's figures, if they are of this network.
fn simulator(model: &str, figures: &Value) -> Option<Value> {
    let simulator = json(model, "simulator.json")?;
    assert_eq!(
        simulator["of_sha256"], figures["sha256"],
        "{model}: simulator.json is of another network: run models/convert.sh"
    );
    Some(simulator)
}

#[test]
fn dual_activation_keeps_its_accuracy_in_int8() {
    let model = "dual_activation";
    let figures = json(model, "figures.json").unwrap();
    check_files(model, &figures);
    let simulator = simulator(model, &figures);
    for set in ["test", "test_missing", "test_noisy"] {
        for head in ["situation", "feeling"] {
            let of = |form: &str| number(&figures, &format!("/sets/{set}/{head}/{form}/accuracy"));
            let path = format!("/sets/{set}/{head}/accuracy");
            let mut int8 = vec![("CPU", of("int8"))];
            int8.extend(
                simulator
                    .iter()
                    .map(|figures| ("simulator", number(figures, &path))),
            );
            let baselines = [of("rule"), of("majority")];
            check(&format!("{set}, {head}"), of("model"), &int8, &baselines);
        }
    }
}

#[test]
fn scene_embedding_finds_as_many_rooms_in_int8() {
    let model = "scene_embedding";
    let figures = json(model, "figures.json").unwrap();
    check_files(model, &figures);
    let simulator = simulator(model, &figures);
    for set in ["test", "test_light", "test_moved", "test_noisy"] {
        let of = |form: &str| number(&figures, &format!("/sets/{set}/{form}/retrieval"));
        let path = format!("/sets/{set}/retrieval");
        let mut int8 = vec![("CPU", of("int8"))];
        int8.extend(
            simulator
                .iter()
                .map(|figures| ("simulator", number(figures, &path))),
        );
        check(set, of("model"), &int8, &[of("thumbnail"), of("histogram")]);
    }
}
