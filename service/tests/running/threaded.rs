//! Loops on threads of their own.

use crate::common::{FIRST, Service, run, triune};
use serde_json::Value;

#[test]
fn each_loops_thread_tells_what_it_was_granted_and_cycles_advance() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--executor", "threaded"]);
    let kernel = service.told(&["kernel"]);
    assert_eq!(kernel["executor"], "threaded");
    let loops = kernel["loops"].as_array().expect("a list");
    let names: Vec<&str> = loops
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["environmental", "analytical", "experiential"]);
    for one in loops {
        let refused = one["refused"].as_array().expect("a list");
        assert!(
            one["priority"].is_u64() || !refused.is_empty(),
            "neither granted nor refused: {one}"
        );
    }
    let ada = service.add("Ada");
    let begun = service.cycle_of(FIRST);
    service.wait_for("both cycle", |service| {
        service.cycle_of(FIRST) > begun + 100 && service.cycle_of(&ada) > 100
    });
    service.told(&["beings", "sleep", &ada]);
    service.told(&["beings", "erase", &ada, "--yes"]);
    let text = String::from_utf8(service.ask(&["kernel"]).stdout).expect("UTF-8");
    assert!(text.contains("threaded"), "{text}");
    assert!(service.stop().success());
}

#[test]
fn what_threads_computed_replays_bit_for_bit() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let service = Service::start(&data, &[]);
    service.add("Ada");
    assert!(service.stop().success());
    let file = folder.path().join("threaded.triune");
    let recorded = triune()
        .args([
            "record",
            "--board",
            "host",
            "--executor",
            "threaded",
            "--seconds",
            "2",
            "--data",
        ])
        .arg(&data)
        .arg(&file)
        .output()
        .expect("triune runs");
    assert!(
        recorded.status.success(),
        "{}",
        String::from_utf8_lossy(&recorded.stderr)
    );
    let replayed = run(&[
        "replay",
        "--verify",
        "--json",
        file.to_str().expect("UTF-8"),
    ]);
    assert!(
        replayed.status.success(),
        "{}",
        String::from_utf8_lossy(&replayed.stderr)
    );
    let report: Value = serde_json::from_slice(&replayed.stdout).expect("JSON");
    assert_eq!(report["identical"], true);
    assert!(report["cycles"].as_u64() > Some(10), "{report}");
}
