//! Every error is a problem in JSON that says what to do.

use crate::support::server::Running;
use crate::support::source::Knobs;

#[test]
fn wrong_paths_and_methods() {
    let running = Running::start();
    for path in [
        "/nowhere",
        "/v1",
        "/v1/status/more",
        "/page/nothing.js",
        "/page/..%2fCargo.toml",
    ] {
        running.ask_with_token("GET", path).send().problem(404);
    }
    for (method, path) in [
        ("POST", "/v1/status"),
        ("GET", "/v1/events"),
        ("DELETE", "/"),
        ("PUT", "/healthz"),
        ("GET", "/v1/beings/import"),
        ("POST", "/v1/beings/0000000000000001/export"),
        ("PUT", "/v1/beings/0000000000000001"),
        ("GET", "/v1/memory/sync"),
    ] {
        let answer = running.ask_with_token(method, path).send();
        answer.problem(405);
        assert!(answer.header("allow").is_some(), "{method} {path}");
    }
    assert_eq!(
        running.ask_with_token("HEAD", "/v1/status").send().status,
        200
    );
}

#[test]
fn paths_that_are_no_text() {
    let running = Running::start();
    for (method, path) in [
        ("GET", "/v1/beings/%ff"),
        ("DELETE", "/v1/beings/%ff"),
        ("GET", "/v1/beings/%ff/consent"),
        ("GET", "/v1/beings/%ff/consent/log"),
        ("GET", "/v1/beings/%ff/parameters"),
        ("GET", "/v1/beings/%ff/export"),
        ("GET", "/page/%ff"),
    ] {
        running.ask_with_token(method, path).send().problem(400);
    }
}

#[test]
fn wrong_queries_name_what_is_wrong() {
    let running = Running::start();
    for (target, named) in [
        ("/v1/detections?limit=0", "limit"),
        ("/v1/detections?limit=1001", "limit"),
        ("/v1/detections?limit=many", "limit"),
        ("/v1/detections?since=3", "since"),
        ("/v1/detections?since_ns=-1", "since_ns"),
        ("/v1/memory/crystals?kind=dream", "surprise"),
        ("/v1/memory/crystals?limit=5000", "limit"),
        ("/v1/frame.png?width=8", "width"),
        ("/v1/frame.png?width=3840&height=3840", "width times height"),
        ("/v1/stream?hz=0", "hz"),
        ("/v1/stream?hz=NaN", "hz"),
        ("/v1/stream?hz=1000", "hz"),
        ("/v1/stream?with=state,thoughts", "detections"),
    ] {
        let problem = running.ask_with_token("GET", target).send().problem(400);
        assert!(
            problem["detail"].as_str().unwrap().contains(named),
            "{target}: {problem}"
        );
    }
}

#[test]
fn wrong_bodies() {
    let running = Running::with_options(|options| options.body_bytes = 8_192);
    let post = || running.ask_with_token("POST", "/v1/events");
    for body in [
        "{",
        "[]",
        "{\"text\":\"hello\"}",
        "{\"words\":3}",
        "{\"words\":\"a\",\"more\":1}",
        "\u{0}",
    ] {
        post().json(body).send().problem(400);
    }
    post().json("{\"words\":\"  \"}").send().problem(400);
    post().body(b"words=hello").send().problem(415);
    let long = format!("{{\"words\":\"{}\"}}", "a ".repeat(3_000));
    post().json(&long).send().problem(413);
    let longer = format!("{{\"words\":\"{}\"}}", "a ".repeat(300_000));
    post().json(&longer).send().problem(413);
    assert!(running.source.told.lock().unwrap().is_empty());
}

#[test]
fn what_is_absent_is_said_to_be_absent() {
    let running = Running::with_knobs(Knobs {
        ready: false,
        cycling: false,
        renderer: false,
        memory: false,
        takes_words: false,
        ..Knobs::default()
    });
    for path in ["/v1/state", "/v1/frame.png", "/v1/memory/crystals"] {
        let answer = running.ask_with_token("GET", path).send();
        answer.problem(503);
        assert!(answer.header("retry-after").is_some(), "{path}");
    }
    running
        .ask_with_token("POST", "/v1/events")
        .json("{\"words\":\"hello\"}")
        .send()
        .problem(503);
    let readiness = running.ask("GET", "/readyz").send();
    assert_eq!(readiness.status, 503);
    assert_eq!(readiness.json()["ready"], false);
    assert!(readiness.text().contains("read-only"));
    assert_eq!(running.ask("GET", "/healthz").send().status, 200);
    assert_eq!(
        running.ask_with_token("GET", "/v1/status").send().status,
        200
    );
}
