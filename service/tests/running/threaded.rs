//! Loops on threads of their own.

use crate::common::recording::{record, verified};
use crate::common::{FIRST, Service};

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
    let file = record(&data, &["--executor", "threaded", "--seconds", "2"]);
    let report = verified(&file);
    assert_eq!(report["identical"], true);
    assert!(report["cycles"].as_u64() > Some(10), "{report}");
}
