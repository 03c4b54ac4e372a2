//! The live stream.

use crate::support::server::Running;
use std::collections::HashMap;
use std::time::{Duration, Instant};

fn read_head(stream: &mut crate::support::client::Stream) {
    assert!(stream.line().unwrap().contains("200"));
}

#[test]
fn states_come_by_themselves_and_go_on() {
    let running = Running::start();
    let mut stream = running.ask_with_token("GET", "/v1/stream?hz=50").open();
    read_head(&mut stream);
    let mut last = 0;
    for _ in 0..5 {
        let (name, state) = stream.event().unwrap();
        assert_eq!(name, "state");
        let cycle = state["cycle"].as_u64().unwrap();
        assert!(cycle > last, "{cycle} after {last}");
        last = cycle;
    }
}

#[test]
fn status_and_detections_come_when_asked_for() {
    let running = Running::start();
    let mut stream = running
        .ask_with_token("GET", "/v1/stream?hz=20&with=status,detections")
        .open();
    read_head(&mut stream);
    let mut seen: HashMap<String, u32> = HashMap::new();
    let begun = Instant::now();
    while seen.get("status").is_none_or(|&count| count < 2) {
        let (name, _) = stream.event().unwrap();
        *seen.entry(name).or_default() += 1;
        assert!(begun.elapsed() < Duration::from_secs(15), "{seen:?}");
    }
    assert!(seen["state"] > seen["status"], "{seen:?}");
    assert!(seen["detections"] >= 1, "{seen:?}");
}

#[test]
fn streams_end_when_the_server_stops() {
    let running = Running::start();
    let mut stream = running.ask_with_token("GET", "/v1/stream").open();
    read_head(&mut stream);
    stream.event().unwrap();
    let grace = triune::http::ServerOptions::default().grace;
    assert!(
        running.stop() < grace,
        "a stream must not use up the grace time"
    );
    while stream.event().is_some() {}
}

#[test]
fn a_client_that_leaves_gives_its_place_back() {
    let running = Running::with_options(|options| options.connections = 1);
    for _ in 0..3 {
        let begun = Instant::now();
        let mut stream = loop {
            let mut stream = running.ask_with_token("GET", "/v1/stream?hz=50").open();
            if stream.line().is_some_and(|line| line.contains("200")) {
                break stream;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "the place was never given back"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.event().unwrap();
    }
}
