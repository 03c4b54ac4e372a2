//! Rate and overrun policy, at the start and while the kernel runs.

use crate::common::{FIRST, Service, run};
use std::time::Instant;

/// Cycles a second of the first being, as they are measured from outside.
fn measured(service: &Service) -> f64 {
    let (began, first) = (Instant::now(), service.cycle_of(FIRST));
    std::thread::sleep(std::time::Duration::from_millis(800));
    let cycles = service.cycle_of(FIRST) - first;
    cycles as f64 / began.elapsed().as_secs_f64()
}

#[test]
fn the_rate_follows_what_is_set() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--overrun", "catch-up:3"]);
    assert_eq!(service.told(&["kernel"])["overrun"], "catch-up:3");
    assert_eq!(service.told(&["kernel"])["rate_hz"], 250);
    let set = service.told(&["kernel", "--rate", "500", "--overrun", "skip"]);
    assert_eq!(
        (&set["rate_hz"], &set["overrun"]),
        (&500.into(), &"skip".into())
    );
    service.wait_for("about 500 Hz", |service| {
        (350.0..520.0).contains(&measured(service))
    });
    assert_eq!(service.told(&["kernel"])["rate_now_hz"], 500.0);

    for rate in ["0", "1001"] {
        let told = service.refused(2, &["kernel", "--rate", rate, "--overrun", "degrade"]);
        assert!(told.contains("1..=1000"), "{told}");
    }
    assert!(
        service
            .refused(2, &["kernel", "--overrun", "hope"])
            .contains("catch-up")
    );
    assert!(
        service
            .refused(2, &["kernel", "--overrun", "catch-up:0"])
            .contains("catch-up")
    );
    let kept = service.told(&["kernel"]);
    assert_eq!(
        (&kept["rate_hz"], &kept["overrun"]),
        (&500.into(), &"skip".into()),
        "half a change"
    );

    service.told(&["kernel", "--rate", "1000", "--overrun", "degrade"]);
    service.wait_for("more than 500 Hz", |service| measured(service) > 520.0);
    service.told(&["kernel", "--overrun", "skip"]);
    service.told(&["kernel", "--rate", "1"]);
    service.wait_for("about 1 Hz", |service| measured(service) < 3.0);
    assert_eq!(service.status()["cycle"]["rate_hz"], 1);
    // Commands are answered at the next cycle, and the service ends all the same.
    service.told(&["kernel", "--rate", "250"]);
    let status = service.status();
    let count = |name: &str| status["cycle"][name].as_u64().expect("a count");
    assert_eq!(count("cycles") + count("skipped"), count("scheduled"));
    assert!(service.stop().success());
}

#[test]
fn the_slowest_rate_starts_and_ends() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(
        folder.path().join("triune.toml"),
        "[kernel]\noverrun = \"degrade\"\n",
    )
    .expect("written");
    let service = Service::start(folder.path(), &["--rate", "20"]);
    assert_eq!(service.told(&["kernel"])["overrun"], "degrade");
    service.told(&["kernel", "--rate", "1"]);
    let ada = service.add("Ada");
    assert_eq!(service.being(&ada)["mode"], "awake");
    assert!(service.stop().success());
}

#[test]
fn impossible_rates_and_policies_are_wrong_use_at_the_start() {
    for (option, value, word) in [
        ("--rate", "0", "1 to 1000"),
        ("--rate", "1001", "1 to 1000"),
        ("--overrun", "catch-up", "catch-up:N"),
        ("--overrun", "hope", "degrade"),
        ("--executor", "magic", "threaded"),
    ] {
        let output = run(&["serve", "--board", "host", option, value]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(word), "{option} {value}: {told}");
    }
}
