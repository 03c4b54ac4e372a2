//! Eight beings cycle while their memories are searched, exported and synced without a pause.
//!
//! `TRIUNE_SOAK_SECONDS` says for how long (10 when it is not set). A run of a minute or more is a long
//! one: it must have no overrun that the machine does not account for, and `cyclictest`, where it is
//! installed, runs beside it on another processor. Without SCHED_FIFO anything else may keep the cycle from
//! its processor, so overruns are told there and prove nothing.
#![allow(missing_docs)]
#[path = "../common/mod.rs"]
mod common;
mod overruns;
mod peer;

use common::Service;
use overruns::Overruns;
use peer::Peer;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use triune::control::{Client, ControlError};
use triune::kernel_api::{BeingMode, BeingView, BeingsView, MemoryView, SyncedView};
use triune::status::Status;
use triune_memory::transfer::verify_export;

/// Beings that cycle: as many as the host's board always lets cycle.
const BEINGS: usize = 8;
/// From so many seconds on a run is a long one.
const LONG: u64 = 60;
/// How often to look after overruns: the service lists the newest few.
const LOOK: Duration = Duration::from_millis(500);
/// Time for an answer: the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn cycles_are_kept_while_memory_is_searched_exported_and_synced() {
    let seconds = std::env::var("TRIUNE_SOAK_SECONDS").map_or(10, |text| {
        text.parse().expect("TRIUNE_SOAK_SECONDS is whole seconds")
    });
    let folder = tempfile::tempdir().expect("folder");
    let service = Service::start(folder.path(), &["--see", "pattern"]);
    let client = service.client.clone().with_time(PATIENCE);
    let beings = settle(&client);
    let peer = (seconds >= LONG)
        .then(|| Peer::beside(&service.status(), seconds, folder.path()))
        .flatten();

    let begun: Status = client.get_json("/v1/status").expect("a status");
    let mut overruns = Overruns::from(&begun);
    let done = pester(&client, &beings, Duration::from_secs(seconds), || {
        overruns.look(&client);
    });
    overruns.last_look(&client);

    let lateness = peer.map(Peer::report);
    let status = service.status();
    let cycle = &status["cycle"];
    let count = |name: &str| cycle[name].as_u64().expect("a number");
    assert_eq!(
        count("cycles") + count("skipped"),
        count("scheduled"),
        "{cycle}"
    );
    let all: BeingsView = client.get_json("/v1/beings").expect("beings");
    assert_eq!(all.beings.len(), BEINGS);
    for being in &all.beings {
        assert_eq!(being.mode, BeingMode::Awake, "{being:?}");
        let path = format!("/v1/memory?being={}", being.id);
        let memory: MemoryView = client.get_json(&path).expect("a memory");
        assert_eq!(memory.dropped, 0, "{memory:?}");
        assert_eq!(memory.degraded, None, "{memory:?}");
    }
    let (ended, log) = service.end();
    assert!(ended.success(), "the service ends in order");
    assert!(
        log.contains(" not explained"),
        "its last words tell of overruns"
    );
    let unexplained = overruns.unexplained();
    println!(
        "soak: {seconds} s, {BEINGS} beings, {} cycles, {} skipped, {} overruns ({} not explained), lateness p99 {} us, max {} us; {done}",
        count("cycles"),
        count("skipped"),
        count("overruns"),
        unexplained.len(),
        cycle["lateness_us"]["p99"],
        cycle["lateness_us"]["max"],
    );
    if let Some(lateness) = lateness {
        println!("soak: {lateness}");
    }
    println!("soak: {overruns}");
    if seconds < LONG {
        return;
    }
    if status["real_time"]["granted"] == true {
        assert!(unexplained.is_empty(), "not the machine's: {unexplained:?}");
        assert_eq!(overruns.missed(), 0, "too many to be listed");
    } else {
        println!("skipped: without SCHED_FIFO an overrun may be anybody's");
    }
}

/// Adds beings until there are [`BEINGS`]; gives the ids of all.
fn settle(client: &Client) -> Vec<String> {
    for number in 2..=BEINGS {
        let name = json!({ "name": format!("Being {number}") });
        let _: BeingView = client.post_json("/v1/beings", &name).expect("added");
    }
    let all: BeingsView = client.get_json("/v1/beings").expect("beings");
    all.beings.into_iter().map(|being| being.id).collect()
}

/// What was asked of the service meanwhile.
#[derive(Default)]
struct Done {
    searches: u64,
    exports: u64,
    exported_bytes: u64,
    syncs: u64,
    words: u64,
}

impl std::fmt::Display for Done {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{} searches, {} exports of {} bytes, {} syncs, {} words told",
            self.searches, self.exports, self.exported_bytes, self.syncs, self.words
        )
    }
}

/// Asks from four threads without a pause for `span`; whatever is refused is a failure, but for what
/// says that it should be tried again. Meanwhile it takes a `look` every [`LOOK`].
fn pester(client: &Client, beings: &[String], span: Duration, mut look: impl FnMut()) -> Done {
    let ended = AtomicBool::new(false);
    let goes_on = || !ended.load(Ordering::Relaxed);
    let each = || beings.iter().cycle().take_while(move |_| goes_on());
    std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let questions = [
                json!({ "words": "keys" }),
                json!({ "near": 0, "limit": 20 }),
                json!({ "words": "tab*", "salience": 0.1 }),
            ];
            let mut searches = 0;
            for (being, question) in each().zip(questions.iter().cycle()) {
                let mut question = question.clone();
                question["being"] = json!(being);
                searches += asked(client.post_json::<Value>("/v1/recall", &question));
            }
            searches
        });
        let exporting = scope.spawn(|| {
            let (mut exports, mut bytes) = (0, 0);
            for being in each() {
                let path = format!("/v1/beings/{being}/export");
                if let Some(file) = given(client.get_bytes(&path)) {
                    let manifest = verify_export(&*file).expect("an export is whole");
                    assert_eq!(&manifest.being, being);
                    exports += 1;
                    bytes += file.len() as u64;
                }
            }
            (exports, bytes)
        });
        let syncing = scope.spawn(|| {
            let mut syncs = 0;
            while goes_on() {
                syncs += asked(client.post_json::<SyncedView>("/v1/memory/sync", &json!({})));
            }
            syncs
        });
        let telling = scope.spawn(|| {
            let mut words = 0;
            while goes_on() {
                let told = json!({ "words": format!("the keys lie on table {words}") });
                words += asked(client.post_json::<Value>("/v1/events", &told));
                // People speak no faster, and a day's wear is bounded.
                sleep(Duration::from_millis(500));
            }
            words
        });
        let began = Instant::now();
        while began.elapsed() < span {
            sleep(LOOK);
            look();
        }
        ended.store(true, Ordering::Relaxed);
        let (exports, exported_bytes) = exporting.join().expect("exports succeed");
        Done {
            searches: searching.join().expect("searches succeed"),
            exports,
            exported_bytes,
            syncs: syncing.join().expect("syncs succeed"),
            words: telling.join().expect("words are taken"),
        }
    })
}

/// 1 for an answer, 0 for "later".
fn asked<T>(answer: Result<T, ControlError>) -> u64 {
    u64::from(given(answer).is_some())
}

/// The answer; nothing where the service says that it is busy.
fn given<T>(answer: Result<T, ControlError>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(ControlError::Refused(_, problem)) if [429, 503].contains(&problem.status) => {
            sleep(Duration::from_millis(20));
            None
        }
        Err(error) => panic!("{error}"),
    }
}
