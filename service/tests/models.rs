//! Models run in a worker of the service's, and what they recognise is told.
#![allow(missing_docs)]
mod common;
#[path = "npu_chaos/processes.rs"]
#[allow(dead_code, reason = "a part is used")]
mod processes;

use common::{PATIENCE, Service, triune};
use processes::{exists, worker};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

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

/// Why the models do not run as they should; nothing if they do.
fn trouble(service: &Service) -> Option<String> {
    let status = service.status();
    let degraded = status["degraded"].as_array().expect("a list");
    let models = degraded.iter().find(|entry| entry["what"] == "models");
    models.map(|entry| entry["why"].as_str().expect("a text").to_owned())
}

fn signal(process: u32, signal: Signal) {
    let process = Pid::from_raw(process as i32).expect("an id");
    kill_process(process, signal).expect("signalled");
}

#[test]
fn a_model_that_is_set_aside_has_a_stand_in_and_can_be_released() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    service.wait_for("something is recognised", is_known);
    let release = "/v1/models/dual_activation/release";
    let early = service.client.post_json::<Value>(release, &json!({}));
    let early = early.expect_err("it runs where it should").to_string();
    assert!(early.contains("not set aside"), "{early}");
    let answers = |service: &Service| service.status()["npu"]["inferences"].as_u64();
    for hang in 1..3 {
        signal(worker(service.id()).expect("a worker"), Signal::STOP);
        service.wait_for("another worker", |service| {
            service.status()["npu"]["restarts"] == hang
        });
        let before = answers(&service).expect("a number");
        service.wait_for("it answers", |service| answers(service) > Some(before + 5));
    }
    signal(worker(service.id()).expect("a worker"), Signal::STOP);
    service.wait_for("a stand-in runs", |service| {
        trouble(service).is_some_and(|why| why.contains("again and again"))
    });
    service.wait_for("something is recognised again", is_known);
    let first = worker(service.id()).expect("a worker");
    let _: Value = service
        .client
        .post_json(release, &json!({}))
        .expect("released");
    service.wait_for("the board's own runs again", |service| {
        trouble(service).is_none() && is_known(service)
    });
    assert_ne!(worker(service.id()), Some(first));
    assert!(service.stop().success());
}

/// What opens the board's library waits in the system for ever, as a driver can.
#[test]
fn a_worker_whose_library_hangs_ends_with_its_parent() {
    let folder = tempfile::tempdir().expect("folder");
    let library = folder.path().join("librknnrt.so");
    let made = Command::new("mkfifo").arg(&library).status();
    assert!(made.expect("mkfifo runs").success());
    let board = json!({ "rknn": { "cores": 1, "library": [library] } });
    let (ours, theirs) = UnixStream::pair().expect("a pair");
    let script = "exec 3<&0; \"$0\" npu-worker --npu \"$1\" <&3 & echo $!; wait";
    let mut parent = Command::new("sh")
        .args([
            "-c",
            script,
            triune().get_program().to_str().expect("UTF-8"),
        ])
        .arg(board.to_string())
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut said = String::new();
    let mut lines = BufReader::new(parent.stdout.take().expect("piped"));
    lines.read_line(&mut said).expect("a line");
    let process: u32 = said.trim().parse().expect("an id");
    let waits = || {
        let read = |what| fs::read_to_string(format!("/proc/{process}/{what}")).unwrap_or_default();
        read("cmdline").contains("npu-worker") && read("stat").contains(") S ")
    };
    let began = Instant::now();
    // For half a second on end: what it does before it waits takes less at a time.
    let mut calm = 0;
    while calm < 25 {
        assert!(exists(process), "it ended");
        assert!(began.elapsed() < PATIENCE, "it does not wait");
        calm = if waits() { calm + 1 } else { 0 };
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    parent.kill().expect("killed");
    parent.wait().expect("waited for");
    let began = Instant::now();
    while exists(process) {
        assert!(began.elapsed() < PATIENCE, "it outlives its parent");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(ours);
}
