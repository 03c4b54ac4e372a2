//! More beings than the board carries at any time: the others wait for a burst.

use crate::common::recording::record;
use crate::common::{FIRST, Service};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use triune_engine::{Reader, Recorded};

fn settings(data: &Path, rest: &str) {
    std::fs::create_dir_all(data).expect("made");
    let text = format!(
        "[kernel]\nbeings_steady = 2\nbeings_in_burst = 5\nburst_seconds = 1.0\nburst_rest_seconds = {rest}\n"
    );
    std::fs::write(data.join("triune.toml"), text).expect("written");
}

fn five_beings(service: &Service) -> Vec<String> {
    let mut beings = vec![FIRST.to_owned()];
    beings.extend(["Ada", "Bo", "Cy", "Di"].map(|name| service.add(name)));
    beings
}

fn kernel(service: &Service) -> Value {
    service.told(&["kernel"])
}

fn modes(service: &Service, beings: &[String]) -> Vec<String> {
    let mode = |id: &String| {
        service.being(id)["mode"]
            .as_str()
            .expect("a mode")
            .to_owned()
    };
    beings.iter().map(mode).collect()
}

#[test]
fn a_burst_begins_by_itself_lets_those_who_wait_cycle_and_ends() {
    let folder = tempfile::tempdir().expect("folder");
    settings(folder.path(), "1.0");
    let service = Service::start(folder.path(), &["--rate", "100"]);
    let beings = five_beings(&service);
    service.wait_for("three wait", |service| {
        let kernel = kernel(service);
        kernel["waiting"] == 3 && kernel["beings"] == 2
    });
    let counted = kernel(&service);
    assert_eq!(
        (&counted["beings_steady"], &counted["beings_in_burst"]),
        (&2.into(), &5.into())
    );
    let before: Vec<u64> = beings.iter().map(|id| service.cycle_of(id)).collect();
    service.wait_for("bursts come and go by themselves", |service| {
        let burst = &kernel(service)["burst"];
        burst["bursts"].as_u64() > Some(2) && burst["last_end"].is_string()
    });
    for (id, before) in beings.iter().zip(before) {
        assert!(service.cycle_of(id) > before, "{id} never cycled");
    }
    assert!(kernel(&service)["burst"]["spent_s"].as_f64() > Some(0.0));
    // Those who wait are listed so, and come to be steady when others sleep.
    service.wait_for("waiting is listed", |service| {
        modes(service, &beings)[2..]
            .iter()
            .all(|mode| mode == "waiting")
    });
    assert_eq!(modes(&service, &beings)[..2], ["awake", "awake"]);
    // Words that are told between two bursts would be old when one begins.
    service.wait_for(
        "a being that waits refuses words, with the reason",
        |service| {
            let output = service.ask(&["tell", "--being", &beings[4], "hello"]);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                output.status.success() || told.contains("waits for a burst"),
                "{told}"
            );
            !output.status.success()
        },
    );
    for id in &beings[1..4] {
        service.told(&["beings", "sleep", id]);
    }
    assert_eq!(service.being(&beings[4])["mode"], "awake");
    let told = service.refused(1, &["burst", "start"]);
    assert!(
        told.contains("no being waits") || told.contains("lasts") || told.contains("rest"),
        "{told}"
    );
}

#[test]
fn a_burst_may_be_asked_for_and_ended_by_command() {
    let folder = tempfile::tempdir().expect("folder");
    // An hour of rest: none begins by itself after the first.
    settings(folder.path(), "3600.0");
    let service = Service::start(folder.path(), &["--rate", "100"]);
    // With two beings nobody waits, so that none begins by itself.
    assert!(
        service
            .refused(1, &["burst", "start"])
            .contains("no being waits")
    );
    assert!(
        service
            .refused(1, &["burst", "end"])
            .contains("no burst lasts")
    );
    let _beings = five_beings(&service);
    // It begins by itself as soon as there is calm, or by this command, whichever is first.
    service.wait_for("a burst", |service| {
        let started = service.ask(&["burst", "start"]);
        started.status.success() || kernel(service)["burst"]["bursts"].as_u64() > Some(0)
    });
    let _may_have_ended = service.ask(&["burst", "end"]);
    service.wait_for("it ends", |service| {
        let burst = &kernel(service)["burst"];
        burst["active"] == false && burst["last_end"].is_string()
    });
    assert!(service.refused(1, &["burst", "start"]).contains("rest"));
    let text = String::from_utf8(service.ask(&["burst"]).stdout).expect("UTF-8");
    assert!(text.contains("the last ended:"), "{text}");
}

#[test]
fn a_burst_may_run_at_a_higher_rate() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(
        folder.path().join("triune.toml"),
        "[kernel]\nburst_rate_hz = 200\nburst_seconds = 600.0\n",
    )
    .expect("written");
    let service = Service::start(folder.path(), &["--rate", "100"]);
    assert_eq!(kernel(&service)["rate_now_hz"], 100.0);
    // Nobody waits: the rate is reason enough. A stall may end it at once.
    service.wait_for("the higher rate", |service| {
        let _begun_or_resting = service.ask(&["burst", "start"]);
        kernel(service)["rate_now_hz"] == 200.0
    });
}

#[test]
fn steady_beings_lose_no_cycle_to_a_burst() {
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    settings(&data, "1.0");
    let service = Service::start(&data, &[]);
    let beings = five_beings(&service);
    assert!(service.stop().success());
    let file = record(&data, &["--rate", "100", "--seconds", "5"]);
    let mut reader = Reader::open(&file).expect("a recording");
    let (mut cycles, mut bursting) = (0, 0);
    let mut steps: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(entry) = reader.next_entry().expect("whole") {
        match entry {
            Recorded::Cycle(cycle) => {
                cycles += 1;
                bursting += u64::from(cycle.burst);
            }
            Recorded::Step(step) => *steps.entry(step.being.to_string()).or_default() += 1,
            _ => {}
        }
    }
    assert!(
        cycles > 100 && bursting > 10 && bursting < cycles,
        "{bursting} of {cycles}"
    );
    let mut counts: Vec<u64> = beings.iter().map(|id| steps[id]).collect();
    assert_eq!(counts[0], cycles, "the first being lost cycles");
    counts.sort_unstable();
    assert_eq!(
        counts[3..],
        [cycles, cycles],
        "two beings are steady: {steps:?}"
    );
    assert!(counts[0] > 0 && counts[2] <= bursting, "{steps:?}");
}
