//! The status as JSON and as people read it.

use crate::support::status::full_status;
use serde_json::{Value, json};
use triune::status::{Paint, PartState, SenseState, Status, render};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_whole_status_survives_json() {
    for status in [full_status(), Status::default()] {
        let text = serde_json::to_string(&status).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), status);
    }
}

#[test]
fn the_names_that_scripts_rely_on_are_there() {
    let json = serde_json::to_value(full_status()).unwrap();
    assert_eq!(
        keys(&json),
        [
            "being",
            "beings",
            "board",
            "cycle",
            "degraded",
            "display",
            "faults",
            "gpu",
            "kernel",
            "memory",
            "npu",
            "process",
            "ready",
            "real_time",
            "recording",
            "senses",
            "uptime_s",
            "version"
        ]
    );
    assert_eq!(
        keys(&json["cycle"]),
        [
            "cost_us",
            "cycles",
            "hz",
            "lateness_us",
            "overruns",
            "rate_hz",
            "scheduled",
            "skipped",
            "stalls"
        ]
    );
    assert_eq!(
        keys(&json["cycle"]["lateness_us"]),
        ["max", "p50", "p99", "p999"]
    );
    assert_eq!(
        keys(&json["senses"]["hearing"]),
        [
            "device",
            "events",
            "level_dbfs",
            "overruns",
            "restarts",
            "since_s",
            "speech",
            "state",
            "why"
        ]
    );
    assert_eq!(json["senses"]["hearing"]["state"], "present");
    assert_eq!(
        keys(&json["real_time"]),
        [
            "asked",
            "cpu",
            "granted",
            "memory_locked",
            "priority",
            "scheduler",
            "shallow_idle",
            "wanted",
            "why"
        ]
    );
    assert_eq!(
        keys(&json["real_time"]["asked"]),
        ["cpu", "memory_locked", "priority", "shallow_idle"]
    );
    assert_eq!(keys(&json["beings"]), ["asleep", "awake", "waiting"]);
    assert_eq!(
        keys(&json["memory"]),
        [
            "bytes_written",
            "crystals",
            "degraded",
            "dropped",
            "durable_sequence",
            "flush_age_ms",
            "index",
            "newest_sequence",
            "oldest_sequence",
            "state",
            "wear"
        ]
    );
}

#[test]
fn states_are_written_as_their_names() {
    for state in SenseState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), json!(state.name()));
    }
    for state in PartState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), json!(state.name()));
    }
}

#[test]
fn people_get_eighty_columns_and_every_trouble() {
    let mut status = full_status();
    status.senses.sight.sense.state = SenseState::Absent;
    status.senses.sight.sense.why = Some("no camera is plugged in".to_owned());
    status.senses.hearing.sense.device = Some("a very long name of a device ".repeat(5));
    let text = render(&status, Paint::Plain);
    for line in text.lines() {
        assert!(
            line.chars().count() <= 80,
            "{} columns: {line}",
            line.chars().count()
        );
        assert_eq!(line.trim_end(), line);
    }
    for part in [
        "TRIUNE 0.1.0 on qemu-aarch64",
        "249.9 Hz",
        "p99.9 1250 us",
        "not granted",
        "absent",
        "no camera is plugged in",
        "CAP_SYS_NICE",
        "conversation 88 %",
        "threaded  125 Hz in force  degrade  level 1  5 caught up",
        "  late      environmental 0  analytical 2  experiential 0",
        "no burst  2 so far  12.5 s  the last ended: time",
        "3 awake  1 waiting  2 asleep  room for 3, 4 in a burst",
        "SCHED_FIFO 90  cpu 6  memory locked  no deep sleep",
        "4 to 129  durable up to 125  index ready, 120 moments",
        "3.0 MB today  pace 12.0 MB a day  7 withheld",
        "9.0 MB today of all beings  budget 2.0 GB a day",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
}

#[test]
fn a_status_of_an_older_service_is_understood() {
    let mut json = serde_json::to_value(full_status()).unwrap();
    let all = json.as_object_mut().unwrap();
    for added in ["beings", "faults", "kernel"] {
        all.remove(added);
    }
    let memory = all["memory"].as_object_mut().unwrap();
    for added in ["oldest_sequence", "newest_sequence", "wear", "index"] {
        memory.remove(added);
    }
    let real_time = all["real_time"].as_object_mut().unwrap();
    real_time.remove("asked");
    real_time.remove("shallow_idle");
    let status: Status = serde_json::from_value(json).unwrap();
    assert_eq!(status.memory.crystals, full_status().memory.crystals);
    assert!(render(&status, Paint::Plain).contains("249.9 Hz"));
}

#[test]
fn colour_only_adds_colour() {
    let status = full_status();
    let coloured = render(&status, Paint::Colour);
    let mut plain = String::new();
    let mut within = false;
    for letter in coloured.chars() {
        match letter {
            '\x1b' => within = true,
            'm' if within => within = false,
            _ if !within => plain.push(letter),
            _ => {}
        }
    }
    let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
    assert_eq!(trimmed.join("\n") + "\n", render(&status, Paint::Plain));
    assert!(coloured.contains("\x1b[33mready, degraded\x1b[0m"));
}

#[test]
fn names_from_outside_cannot_steer_the_terminal() {
    let mut status = full_status();
    status.board = "x\x1b[2J".to_owned();
    status.senses.hearing.sense.device = Some("mic\x07\r\nrm".to_owned());
    status.degraded[0].why = "bad\x1b]0;title\x07".to_owned();
    let text = render(&status, Paint::Plain);
    assert!(
        text.chars()
            .all(|letter| letter == '\n' || !letter.is_control()),
        "{text:?}"
    );
}
