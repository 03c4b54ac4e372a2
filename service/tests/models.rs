//! Models run in a worker of the service's, and what they recognise is told.
#![allow(missing_docs)]
mod common;

use common::Service;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn activation(service: &Service) -> Value {
    let state: Value = service.client.get_json("/v1/state").expect("state");
    state["activation"].clone()
}

fn models(service: &Service) -> Value {
    service.client.get_json("/v1/models").expect("models")
}

fn is_known(service: &Service) -> bool {
    !activation(service).is_null()
}

/// The shipped model in the folder for one's own.
fn own_model(data: &Path) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/dual_activation");
    let own = data.join("models/dual_activation");
    fs::create_dir_all(&own).expect("a folder");
    for file in [
        "manifest.toml",
        "dual_activation.onnx",
        "dual_activation.int8.onnx",
    ] {
        fs::copy(shipped.join(file), own.join(file)).expect("copied");
    }
    own
}

#[test]
fn what_is_recognised_is_told_with_labels_and_age_and_only_while_it_may_be() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    service.wait_for("something is recognised", is_known);
    let told = activation(&service);
    for (label, confidence) in [
        ("situation", "situation_confidence"),
        ("feeling", "feeling_confidence"),
    ] {
        assert!(!told[label].as_str().expect("a name").is_empty(), "{told}");
        let confidence = told[confidence].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&confidence), "{told}");
    }
    assert!(
        told["age_ms"].as_f64().expect("a number") <= 500.0,
        "{told}"
    );

    let models = models(&service);
    let model = &models["models"][0];
    assert_eq!(
        (&model["name"], &model["precision"], &model["state"]),
        (&json!("dual_activation"), &json!("int8"), &json!("ready"))
    );
    assert_eq!(model["licence"], "MIT OR Apache-2.0");
    assert_eq!(model["inputs"][0]["shape"], json!([1, 32, 1, 32]));
    assert_eq!(
        model["outputs"][1]["labels"]
            .as_array()
            .expect("names")
            .len(),
        4
    );

    let npu = &service.status()["npu"];
    assert_eq!(npu["backend"], models["backend"]);
    assert_eq!(npu["models"][0]["hash"], model["hash"]);
    assert!(npu["lanes"][0]["runs"].as_u64() > Some(0), "{npu}");
    assert_eq!((&npu["restarts"], &npu["kills"]), (&json!(0), &json!(0)));
    assert!(npu["fresh_share"].is_number(), "{npu}");

    let refuse = json!({ "hear": false });
    let path = format!("/v1/beings/{}/consent", common::FIRST);
    let _: Value = service.client.patch_json(&path, &refuse).expect("refused");
    assert!(activation(&service).is_null());
    assert!(service.status()["npu"]["situation"].is_null());
    assert!(service.stop().success());
}

#[test]
fn an_own_model_takes_the_place_of_the_shipped_one() {
    let folder = tempfile::tempdir().expect("folder");
    let manifest = own_model(folder.path()).join("manifest.toml");
    let text = fs::read_to_string(&manifest).expect("read");
    fs::write(&manifest, text.replace("\"0.2.0\"", "\"7.7.7\"")).expect("written");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    service.wait_for("it is loaded", |service| {
        models(service)["models"][0]["version"] == "7.7.7"
    });
    service.wait_for("something is recognised", is_known);
}

#[test]
fn an_own_model_that_cannot_be_read_is_told_and_the_shipped_one_runs() {
    let folder = tempfile::tempdir().expect("folder");
    let own = own_model(folder.path());
    fs::write(own.join("dual_activation.int8.onnx"), "no model").expect("written");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    service.wait_for("something is recognised", is_known);
    let status = service.status();
    let degraded = status["degraded"].as_array().expect("a list");
    let models = degraded.iter().find(|entry| entry["what"] == "models");
    let why = models.expect("it is told")["why"].as_str().expect("a text");
    assert!(why.contains("dual_activation"), "{why}");
}
