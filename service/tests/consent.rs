//! Consent, refused while the service runs.
#![allow(missing_docs)]
mod common;
use common::{Service, run};
use serde_json::Value;

#[test]
fn a_refused_sense_is_gone_from_the_state_and_stays_refused_after_a_restart() {
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    let brightness = |service: &Service| -> f64 {
        let state: Value = service.client.get_json("/v1/state").expect("state");
        state["environmental"]["scene"]["brightness"]["long"]
            .as_f64()
            .expect("a number")
    };
    service.wait_for("something is seen", |service| brightness(service) > 0.05);
    let socket = folder.path().join("run/control.sock");
    let socket = socket.to_str().expect("UTF-8");
    let refused = run(&["consent", "see=no", "--socket", socket]);
    assert!(
        refused.status.success(),
        "{}",
        String::from_utf8_lossy(&refused.stderr)
    );
    assert!(String::from_utf8_lossy(&refused.stdout).contains("see        refused"));
    service.wait_for("nothing of it is left", |service| {
        brightness(service) == 0.0
    });
    assert_eq!(service.status()["senses"]["sight"]["state"], "refused");
    assert!(service.status()["senses"]["sight"]["brightness"].is_null());
    service.kill();

    let again = Service::start(folder.path(), &["--see", "pattern"]);
    let consent: Value = again
        .client
        .get_json("/v1/beings/0000000000000001/consent")
        .expect("consent");
    assert_eq!(
        (&consent["see"], &consent["hear"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    assert_eq!(brightness(&again), 0.0);
}

#[test]
fn a_change_that_makes_no_sense_is_wrong_use() {
    for change in ["hear", "hear=maybe", "smell=no"] {
        let output = run(&["consent", change]);
        assert_eq!(output.status.code(), Some(2), "{change}");
    }
}
