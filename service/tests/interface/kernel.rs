//! The kernel and its beings over HTTP.

use super::support::client::Answer;
use super::support::server::Running;
use serde_json::{Value, json};

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Sends a request with the token and gives the status and the body.
fn exchange(server: &Running, method: &str, path: &str, sent: Option<Value>) -> (u16, Value) {
    let mut request = server.ask_with_token(method, path);
    if let Some(sent) = sent {
        request = request.json(&sent.to_string());
    }
    let answer = request.send();
    (answer.status, body(&answer))
}

#[test]
fn nothing_of_the_kernel_is_told_without_a_token() {
    let server = Running::start();
    for (method, path) in [
        ("GET", "/v1/beings"),
        ("POST", "/v1/beings"),
        ("DELETE", "/v1/beings/0000000000000001"),
        ("GET", "/v1/beings/0000000000000001/export"),
        ("POST", "/v1/beings/import"),
        ("POST", "/v1/recall"),
        ("GET", "/v1/memory"),
        ("PATCH", "/v1/kernel"),
        ("POST", "/v1/kernel/burst"),
        ("GET", "/v1/faults"),
        ("POST", "/v1/bridge"),
    ] {
        assert_eq!(
            server.ask(method, path).send().status,
            401,
            "{method} {path}"
        );
    }
}

#[test]
fn beings_come_change_and_go() {
    let server = Running::start();
    let (status, made) = exchange(
        &server,
        "POST",
        "/v1/beings",
        Some(json!({ "name": "Ada" })),
    );
    assert_eq!((status, &made["name"]), (201, &json!("Ada")));
    let path = format!("/v1/beings/{}", made["id"].as_str().expect("an id"));
    let (status, changed) = exchange(
        &server,
        "PATCH",
        &path,
        Some(json!({ "name": "Bea", "awake": false })),
    );
    assert_eq!(status, 200);
    assert_eq!(
        (&changed["name"], &changed["mode"]),
        (&json!("Bea"), &json!("asleep"))
    );
    let (_, all) = exchange(&server, "GET", "/v1/beings", None);
    assert_eq!(all["beings"].as_array().map(Vec::len), Some(2));
    assert_eq!(exchange(&server, "DELETE", &path, None).0, 200);
    assert_eq!(exchange(&server, "GET", &path, None).0, 404);
}

#[test]
fn a_consent_that_is_out_of_reach_is_told_with_the_reason() {
    let server = Running::start();
    for (id, status, word) in [
        ("00000000000000a5", 503, "exported"),
        ("00000000000000ff", 404, "no being"),
    ] {
        let path = format!("/v1/beings/{id}/consent");
        for (method, sent) in [("GET", None), ("PATCH", Some(json!({ "hear": false })))] {
            let (code, told) = exchange(&server, method, &path, sent);
            assert_eq!(code, status, "{method} {told}");
            assert!(
                told["detail"].as_str().expect("words").contains(word),
                "{told}"
            );
        }
    }
}

#[test]
fn words_to_a_being_that_is_not_awake_are_refused_as_all_else_is() {
    let server = Running::start();
    for (id, status, word) in [
        ("00000000000000a5", 409, "asleep"),
        ("00000000000000ff", 404, "no being"),
    ] {
        let said = json!({ "words": "good morning", "being": id });
        let (code, told) = exchange(&server, "POST", "/v1/events", Some(said));
        assert_eq!(code, status, "{told}");
        let detail = told["detail"].as_str().expect("words");
        assert!(detail.contains(word), "{detail}");
    }
}

#[test]
fn every_refusal_is_a_problem_that_says_why() {
    let server = Running::start();
    let first = "/v1/beings/0000000000000001";
    for (method, path, sent, status, word) in [
        ("GET", "/v1/beings/xyz", None, 400, "hexadecimal"),
        ("GET", "/v1/beings/00000000000000ff", None, 404, "no being"),
        (
            "PATCH",
            first,
            Some(json!({ "awake": false })),
            409,
            "never sleeps",
        ),
        ("PATCH", first, Some(json!({ "nom": "x" })), 400, "nom"),
        (
            "POST",
            "/v1/bridge",
            Some(json!({ "from": "1", "to": "2", "crystals": [1] })),
            409,
            "does not consent",
        ),
        (
            "PATCH",
            "/v1/beings/0000000000000001/parameters",
            Some(json!({ "keep": 1.0 })),
            400,
            "keep",
        ),
        (
            "POST",
            "/v1/memory/sync",
            Some(json!({})),
            500,
            "disk is full",
        ),
        (
            "PATCH",
            "/v1/kernel",
            Some(json!({ "rate_hz": 0 })),
            400,
            "not possible",
        ),
    ] {
        let (answered, problem) = exchange(&server, method, path, sent);
        assert_eq!(answered, status, "{method} {path}: {problem}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(word), "{method} {path}: {detail}");
    }
}

#[test]
fn a_full_kernel_takes_nobody_in() {
    let server = Running::start();
    for _ in 0..2 {
        assert_eq!(
            exchange(&server, "POST", "/v1/beings", Some(json!({}))).0,
            201
        );
    }
    let (status, problem) = exchange(&server, "POST", "/v1/beings", Some(json!({})));
    assert_eq!(
        (status, &problem["type"]),
        (409, &json!("urn:triune:problem:conflict"))
    );
}

#[test]
fn a_being_goes_out_and_comes_in_as_a_file_and_leaves_nothing_behind() {
    let server = Running::start();
    let out = server
        .ask_with_token("GET", "/v1/beings/0000000000000001/export")
        .send();
    assert_eq!((out.status, out.body.len()), (200, 500_000));
    assert_eq!(server.kernel.left_behind(), 0);
    // Longer than any other body may be.
    let taken = server
        .ask_with_token("POST", "/v1/beings/import?as=00000000000000aa")
        .body(&out.body)
        .send();
    assert_eq!(taken.status, 201, "{taken:?}");
    assert_eq!(body(&taken)["bytes"], json!(500_000));
    assert_eq!(body(&taken)["id"], json!("00000000000000aa"));
    let exists = server
        .ask_with_token("POST", "/v1/beings/import?as=0000000000000001")
        .body(b"being")
        .send();
    assert_eq!(exists.status, 409);
    assert_eq!(server.kernel.left_behind(), 0);
}

#[test]
fn a_recall_question_arrives_whole() {
    let server = Running::start();
    let question = json!({
        "words": "keys table", "kinds": ["words"], "since_unix_ms": 5, "until_unix_ms": 9,
        "salience": 0.25, "near": 7, "limit": 3,
    });
    let (status, answer) = exchange(&server, "POST", "/v1/recall", Some(question.clone()));
    assert_eq!((status, &answer["found"]), (200, &json!([])));
    let asked = server.kernel.asked.lock().expect("asked");
    assert_eq!(serde_json::to_value(&asked[0]).expect("JSON"), question);
}

#[test]
fn rate_burst_and_faults_are_set_and_shown() {
    let server = Running::start();
    let (_, kernel) = exchange(
        &server,
        "PATCH",
        "/v1/kernel",
        Some(json!({ "rate_hz": 500 })),
    );
    assert_eq!(kernel["rate_hz"], json!(500));
    let (_, kernel) = exchange(&server, "POST", "/v1/kernel/burst", None);
    assert_eq!(kernel["burst"]["active"], json!(true));
    assert_eq!(exchange(&server, "POST", "/v1/kernel/burst", None).0, 503);
    let (_, kernel) = exchange(&server, "DELETE", "/v1/kernel/burst", None);
    assert_eq!(kernel["burst"]["active"], json!(false));
    let faults = exchange(&server, "GET", "/v1/faults", None).1;
    assert_eq!(faults["plan"], json!("sight=frozen@0s..5s"));
}
