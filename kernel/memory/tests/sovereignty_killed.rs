//! A process killed while it writes a catalogue or imports a being.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, beings_in, draft, small, state};
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use triune_core::{BeingId, Consent, Sense};
use triune_memory::catalog::ConsentSource;
use triune_memory::transfer::{Progress, export_being, import_being};
use triune_memory::{Memory, erase_being};

/// A child holds its parent's locks from its fork until it becomes another program, so one test must
/// not start children while the other opens and closes beings.
static ALONE: Mutex<()> = Mutex::new(());
const DIRECTORY: &str = "TRIUNE_SOVEREIGNTY_KILL_DIRECTORY";

/// Runs the test `child` of this file in a process of its own on `root`, kills it `after` it said its
/// first line, and returns the last line that it said.
fn killed(child: &str, root: &Path, after: Duration) -> String {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--nocapture"])
        .env(DIRECTORY, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("done ").map(str::to_owned));
    let mut last = said.next().unwrap();
    std::thread::sleep(after);
    process.kill().unwrap();
    process.wait().unwrap();
    for line in said {
        last = line;
    }
    last
}

fn say(text: impl std::fmt::Display) {
    println!("\ndone {text}");
    std::io::stdout().flush().unwrap();
}

/// In an ordinary run of the tests the variable is not set and the children do nothing.
#[test]
fn child_changes_its_consent_until_it_is_killed() {
    let Some(root) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let memory = Memory::open(Path::new(&root), BEING, &small())
        .unwrap()
        .memory;
    for hears in [false, true].into_iter().cycle() {
        let consent = Consent::ALL.with(Sense::Hear, hears);
        memory.set_consent(consent, ConsentSource::Api).unwrap();
        say(memory.catalog().consent_changes(1).unwrap()[0].number);
    }
}

#[test]
fn every_logged_change_survives_sigkill() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let root = tempfile::tempdir().unwrap();
    for trial in 0..10 {
        let child = "child_changes_its_consent_until_it_is_killed";
        let last = killed(child, root.path(), Duration::from_micros(trial * 2_713));
        let known: u64 = last.parse().unwrap();
        let opened = Memory::open(root.path(), BEING, &small()).unwrap();
        let changes = opened.memory.catalog().consent_changes(usize::MAX).unwrap();
        assert!(
            changes.len() as u64 >= known,
            "{} of {known}",
            changes.len()
        );
        let mut before = Consent::NONE;
        for (number, change) in (1..).zip(changes.iter().rev()) {
            assert_eq!((change.number, change.before), (number, before));
            before = change.after;
        }
        // What the log refused last is refused, whatever the essence had.
        assert_eq!(opened.consent, before);
        let moved_aside = std::fs::read_dir(common::directory_of(root.path()))
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().contains("damaged")
            })
            .count();
        assert_eq!(moved_aside, 0);
    }
}

#[test]
fn child_imports_and_erases_until_it_is_killed() {
    let Some(root) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let root = Path::new(&root);
    for round in 0_u64.. {
        erase_being(root, BEING).unwrap();
        import_being(root, &root.join("export"), None, &mut go_on).unwrap();
        say(round);
    }
}

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn an_import_leaves_the_whole_being_or_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    for number in 1..=100 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    export_being(root.path(), BEING, &root.path().join("export"), &mut go_on).unwrap();
    drop(opened);
    for trial in 0..10 {
        let child = "child_imports_and_erases_until_it_is_killed";
        killed(child, root.path(), Duration::from_micros(trial * 3_517));
        // The next start, of whichever being.
        drop(Memory::open(root.path(), BeingId(2), &small()).unwrap());
        erase_being(root.path(), BeingId(2)).unwrap();
        let left = std::fs::read_dir(root.path().join("beings"))
            .unwrap()
            .count();
        let beings = beings_in(root.path());
        assert_eq!(left, beings.len(), "only beings are left");
        if beings == [BEING] {
            let whole = Memory::open(root.path(), BEING, &small()).unwrap();
            assert_eq!(whole.memory.view().len(), 100);
            assert_eq!(whole.essence().unwrap().state, state(100));
        }
    }
}
