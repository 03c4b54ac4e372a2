//! What a person asks of a running service, by command and over the control socket.

use super::{Service, triune};
use serde_json::{Value, json};
use std::process::Output;

impl Service {
    /// Runs a command against this service.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Output {
        triune()
            .args(arguments)
            .arg("--socket")
            .arg(&self.socket)
            .output()
            .expect("triune runs")
    }

    /// The JSON that a command answers with; it must succeed.
    pub(crate) fn told(&self, arguments: &[&str]) -> Value {
        let output = self.ask(&[arguments, &["--json"]].concat());
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// What a command says when it fails; it must fail with `status`.
    pub(crate) fn refused(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        text
    }

    /// Makes a being; gives its id.
    pub(crate) fn add(&self, name: &str) -> String {
        text(&self.told(&["beings", "add", name])["id"])
    }

    /// The being as it is listed.
    pub(crate) fn being(&self, id: &str) -> Value {
        let all = self.told(&["beings"]);
        let beings = all["beings"].as_array().expect("a list");
        let found = beings.iter().find(|being| being["id"] == id);
        found.expect("it is listed").clone()
    }

    /// Cycles of a being's life.
    pub(crate) fn cycle_of(&self, id: &str) -> u64 {
        self.being(id)["cycle"].as_u64().expect("a count")
    }

    /// Tells the first being something.
    pub(crate) fn say(&self, words: &str) {
        let told: Value = self
            .client
            .post_json("/v1/events", &json!({ "words": words }))
            .expect("words are taken");
        assert!(told["accepted"].as_u64() > Some(0));
    }

    /// What a being remembers, best first.
    pub(crate) fn recall(&self, being: &str, question: Value) -> Vec<Value> {
        let mut question = question;
        question["being"] = being.into();
        let answer: Value = self
            .client
            .post_json("/v1/recall", &question)
            .expect("an answer");
        answer["found"].as_array().expect("a list").clone()
    }

    /// Tells the first being something and waits until it is kept and found again; gives its
    /// sequence number.
    pub(crate) fn keep(&self, words: &str) -> u64 {
        self.say(words);
        let found = || self.recall(super::FIRST, json!({ "words": words }));
        self.wait_for("the words are kept", |_| !found().is_empty());
        let moment = &found()[0];
        assert_eq!(moment["text"], words);
        moment["sequence"].as_u64().expect("a number")
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
