//! A process killed at any moment: what it had been told is durable is there afterwards.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft, small, state};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use triune_memory::{Memory, Opened, Options};

const DIRECTORY: &str = "TRIUNE_MEMORY_KILL_DIRECTORY";

fn options() -> Options {
    Options {
        flush_window: Duration::from_millis(8),
        essence_interval: Duration::from_millis(5),
        records_per_segment: 32,
        ..small()
    }
}

/// The child: goes on where the run before it ended, and says what is durable, until it is killed.
/// In an ordinary run of the tests the variable is not set and this does nothing.
#[test]
fn child_remembers_until_it_is_killed() {
    let Some(root) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(Path::new(&root), BEING, &options()).unwrap();
    let mut number = memory
        .recent(1)
        .first()
        .map_or(0, |crystal| crystal.cycle());
    let mut told = 0;
    loop {
        for _ in 0..3 {
            number += 1;
            let _ = cycle.remember(&state(number), Some(&draft(number)));
        }
        std::thread::sleep(Duration::from_micros(700));
        let durable = memory.statistics().last_durable;
        if durable != told {
            told = durable;
            println!("durable {durable}");
            std::io::stdout().flush().unwrap();
        }
    }
}

#[test]
fn what_was_durable_survives_sigkill() {
    let root = tempfile::tempdir().unwrap();
    let mut known = 0;
    for trial in 0_u64..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "child_remembers_until_it_is_killed",
                "--nocapture",
            ])
            .env(DIRECTORY, root.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let durable = |line: String| line.trim().strip_prefix("durable ")?.parse::<u64>().ok();
        // Killed at another point of its work each time, but never before it did any.
        for line in lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(durable)
            .take(2)
        {
            known = line;
        }
        std::thread::sleep(Duration::from_micros(trial * 1_931));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines.map_while(Result::ok).filter_map(durable) {
            known = line;
        }
        assert!(known > 0);

        let opened = Memory::open(root.path(), BEING, &options()).unwrap();
        let report = &opened.report.crystals;
        assert_eq!(
            (report.damaged, report.sealed, report.missing_at_end),
            (0, 0, 0),
            "{report:?}"
        );
        assert!(opened.essence().is_some());
        let view = opened.memory.view();
        assert!(
            view.len() >= known,
            "{} of {known} durable crystals",
            view.len()
        );
        let mut last = 0;
        for (sequence, crystal) in (1..).zip(view.iter()) {
            assert_eq!(crystal.sequence(), sequence);
            assert!(crystal.cycle() > last);
            last = crystal.cycle();
            let expected = draft(crystal.cycle());
            assert_eq!(crystal.embedding(), &expected.embedding);
            assert_eq!(crystal.time(), expected.time);
            assert_eq!(crystal.salience().to_bits(), expected.salience.to_bits());
        }
    }
}
