//! Random histories of consent, over all senses: nothing of what was refused is in the state, in
//! memory, in an export that is opened again, or in an answer.

use crate::common::files::holding;
use crate::common::{FIRST, Service, noise, write};
use crate::refusal::{FEATURES, is_in};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SENSES: [&str; 6] = ["hear", "see", "feel", "remember", "share", "speak"];
/// Kinds of moments that one sense alone makes.
const KINDS: [(&str, &[&str]); 3] = [
    ("hear", &["voice", "sound"]),
    ("see", &["sight"]),
    ("feel", &["body"]),
];
/// Changes in a history.
const STEPS: usize = 30;
/// Wall and monotonic clock are read one after the other.
const SLACK_MS: u64 = 20;
/// Under which the export is taken in again.
const COPY: &str = "00000000000000c0";

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock").as_millis() as u64
}

/// What was consented to, and when it was not.
struct History {
    random: fastrand::Rng,
    allowed: BTreeMap<&'static str, bool>,
    /// From the answer to a refusal until it is taken back, milliseconds since 1970.
    refused: Vec<(&'static str, u64, u64)>,
    begun: BTreeMap<&'static str, u64>,
    told: Vec<(String, bool)>,
    /// Sequence numbers with whom it was shared.
    given: Vec<u64>,
}

impl History {
    fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            allowed: SENSES.map(|sense| (sense, true)).into(),
            refused: Vec::new(),
            begun: BTreeMap::new(),
            told: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Changes one to three senses at once.
    fn change(&mut self, service: &Service) {
        let mut change = serde_json::Map::new();
        for _ in 0..self.random.usize(1..=3) {
            let sense = SENSES[self.random.usize(..SENSES.len())];
            change.insert(sense.to_owned(), self.random.bool().into());
        }
        let asked = now_ms();
        let path = format!("/v1/beings/{FIRST}/consent");
        let answer: Value = service.client.patch_json(&path, &change).expect("changed");
        let answered = now_ms();
        for sense in SENSES {
            let Some(wanted) = change.get(sense).and_then(Value::as_bool) else {
                assert_eq!(answer[sense], self.allowed[sense], "{sense} was not named");
                continue;
            };
            assert_eq!(answer[sense], wanted);
            match (self.allowed[sense], wanted) {
                (true, false) => {
                    self.begun.insert(sense, answered);
                }
                (false, true) => {
                    let begun = self.begun.remove(sense).expect("it was refused");
                    self.refused.push((sense, begun, asked));
                }
                _ => {}
            }
            self.allowed.insert(sense, wanted);
        }
    }

    fn allows(&self, sense: &str) -> bool {
        self.allowed[sense]
    }

    /// Nothing of a refused sense is in the state.
    fn check_state(&self, service: &Service) {
        let state: Value = service.client.get_json("/v1/state").expect("state");
        for (sense, features) in FEATURES {
            for feature in features {
                assert!(
                    self.allows(sense) || !is_in(&state, feature),
                    "{feature} is in {state}"
                );
            }
        }
        let expression = &state["observation"]["expression"];
        assert!(self.allows("speak") || *expression == 0.0, "{expression}");
    }

    /// Tells words that nothing else holds.
    fn tell(&mut self, service: &Service) {
        let marker = format!("marker{}xq{}", self.told.len(), self.random.u32(..));
        if self.allows("remember") {
            service.keep(&marker);
        } else {
            service.say(&marker);
        }
        self.told.push((marker, self.allows("remember")));
    }

    /// Gives a moment away, which works while it is consented to and never else.
    fn give(&mut self, service: &Service, receiver: &str) {
        let newest = service.recall(FIRST, json!({ "limit": 1 }));
        let Some(sequence) = newest.first().and_then(|one| one["sequence"].as_u64()) else {
            return;
        };
        let crystal = sequence.to_string();
        let gift = [
            "beings", "give", "--from", FIRST, "--to", receiver, &crystal,
        ];
        if self.allows("share") {
            let answer = service.told(&gift);
            let arrived = answer["sequences"].as_array().expect("a list");
            self.given.extend(arrived.iter().filter_map(Value::as_u64));
        } else {
            assert!(service.refused(1, &gift).contains("does not consent"));
        }
    }

    /// The spans in which a sense was refused.
    fn spans(&self, sense: &str) -> impl Iterator<Item = (u64, u64)> {
        let open = self.begun.get(sense).map(|&begun| (begun, u64::MAX));
        let ended = self
            .refused
            .iter()
            .filter(move |(of, ..)| *of == sense)
            .map(|&(_, begun, ended)| (begun, ended));
        ended.chain(open)
    }

    /// No moment is of a time in which it was refused.
    fn check_moments(&self, moments: &[Value]) {
        for moment in moments {
            let at = moment["unix_ms"].as_u64().expect("a time");
            let kind = moment["kind"].as_str().expect("a kind");
            let made_of = KINDS.iter().filter(|(_, kinds)| kinds.contains(&kind));
            for sense in made_of.map(|&(sense, _)| sense).chain(["remember"]) {
                for (begun, ended) in self.spans(sense) {
                    assert!(
                        at < begun + SLACK_MS || at + SLACK_MS > ended,
                        "{sense} was refused from {begun} to {ended}: {moment}"
                    );
                }
            }
        }
    }

    /// A memory holds the words that it may hold, and no others.
    fn check_words(&self, service: &Service, being: &str) {
        for (marker, kept) in &self.told {
            let found = service.recall(being, json!({ "words": marker }));
            assert_eq!(found.len(), usize::from(*kept), "{marker} of {being}");
        }
    }
}

fn everything(service: &Service, being: &str) -> Vec<Value> {
    let moments = service.recall(being, json!({ "limit": 1000 }));
    assert!(moments.len() < 1000, "not all of them are looked at");
    moments
}

fn start(data: &Path, sound: &str) -> Service {
    Service::start(data, &["--hear", sound, "--see", "pattern"])
}

#[test]
fn nothing_of_what_was_refused_is_anywhere() {
    let seed = std::env::var("TRIUNE_TEST_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("TRIUNE_TEST_SEED is a number"),
    );
    println!("the history of TRIUNE_TEST_SEED={seed}");
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("made");
    std::fs::write(data.join("triune.toml"), "[memory]\nflush_window_ms = 20\n").expect("written");
    let mut sound = Vec::new();
    for _ in 0..8 {
        sound.extend(noise(4_800, 0.4));
        sound.extend(vec![0.0; 14_400]);
    }
    let sound = write(folder.path(), "onsets.wav", &sound);
    let sound = sound.to_str().expect("UTF-8");
    let mut service = start(&data, sound);
    let receiver = service.add("Receiver");
    let mut history = History::new(seed);
    for step in 0..STEPS {
        history.change(&service);
        history.check_state(&service);
        match history.random.u32(..4) {
            0 => history.give(&service, &receiver),
            1 => std::thread::sleep(Duration::from_millis(history.random.u64(..300))),
            _ => history.tell(&service),
        }
        history.check_state(&service);
        if step == STEPS / 2 {
            service.kill();
            service = start(&data, sound);
            let consent: Value = service
                .client
                .get_json(&format!("/v1/beings/{FIRST}/consent"))
                .expect("consent");
            assert_eq!(consent, json!(history.allowed), "a kill changed it");
        }
    }
    let cycle = service.cycle_of(FIRST);
    service.wait_for("the last words are lived", |service| {
        service.cycle_of(FIRST) > cycle + 50
    });

    // In memory and in the answers.
    service.told(&["memory", "sync"]);
    history.check_moments(&everything(&service, FIRST));
    history.check_words(&service, FIRST);
    let mut answers = json!(everything(&service, FIRST)).to_string();
    for path in [
        "/v1/status",
        "/v1/state",
        "/v1/memory/crystals?limit=1000",
        "/v1/beings",
        "/v1/memory",
        "/metrics",
    ] {
        let answer = service.client.get_bytes(path).expect("an answer");
        answers += &String::from_utf8_lossy(&answer);
    }
    // In an export, opened again.
    let file = folder.path().join("first.being");
    let file = file.to_str().expect("UTF-8");
    service.told(&["beings", "export", FIRST, file]);
    service.told(&["beings", "import", file, "--as", COPY]);
    let consent = service.told(&["consent", "--being", COPY]);
    assert_eq!(consent, json!(history.allowed), "the export allows more");
    service.told(&["consent", "--being", COPY, "remember=no"]);
    service.told(&["beings", "wake", COPY]);
    history.check_moments(&everything(&service, COPY));
    history.check_words(&service, COPY);
    // With whom it was shared.
    let shared = everything(&service, &receiver);
    for moment in shared.iter().filter(|one| one["origin"] == FIRST) {
        let sequence = moment["sequence"].as_u64().expect("a number");
        assert!(history.given.contains(&sequence), "never given: {moment}");
    }
    // In the files and the log.
    for (marker, kept) in &history.told {
        assert!(!service.log().contains(marker), "words are logged");
        if !kept {
            assert!(!answers.contains(marker), "{marker} is in an answer");
            let none = Vec::<std::path::PathBuf>::new();
            assert_eq!(holding(folder.path(), marker.as_bytes()), none);
        }
    }
}
