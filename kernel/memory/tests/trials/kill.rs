//! A process that lives, and is killed without warning.

use super::{Lived, Tally, now, writer_waited};
use crate::common::{BEING, directory, draft, newest, small, state};
use fastrand::Rng;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use triune_memory::{Memory, Opened, Options, Remembered};

const DIRECTORY: &str = "TRIUNE_CRASH_DIRECTORY";
const WINDOW: Duration = Duration::from_millis(60);
/// So often it is looked how long the child's writer had to wait.
const SAMPLE: Duration = Duration::from_millis(5);

/// Short intervals and small segments, so that a kill finds every kind of work under way, and few of
/// them, so that old ones are removed all the time.
fn options() -> Options {
    Options {
        flush_window: WINDOW,
        essence_interval: Duration::from_millis(5),
        records_per_segment: 16,
        crystal_bytes: 12 * (4096 + 16 * 512),
        wear_budget: u64::MAX,
        ..small()
    }
}

/// The child: goes on where the run before it ended and says what it does, until it is killed.
pub(crate) fn child() {
    let Some(root) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(Path::new(&root), BEING, &options()).unwrap();
    let newest = newest(&memory).map_or(0, |one| one.cycle());
    let mut number = newest.max(memory.history().latest().map_or(0, |state| state.cycle));
    let mut out = std::io::stdout();
    for round in 1_u64.. {
        for _ in 0..3 {
            number += 1;
            let outcome = cycle.remember(&state(number), Some(&draft(number)));
            // Handed over by now: how long this thread waited before is no loss.
            let at = now();
            if outcome == Remembered::Moment {
                writeln!(out, "lived {number} {at}").unwrap();
            }
        }
        std::thread::sleep(Duration::from_micros(700));
        if round.is_multiple_of(16) {
            let durable = memory.sync().unwrap().last_crystal;
            writeln!(out, "durable {durable} {number}").unwrap();
        } else {
            writeln!(out, "durable {} 0", memory.statistics().last_durable).unwrap();
        }
    }
}

/// Where one child after the other lives.
pub(crate) struct Ground {
    root: tempfile::TempDir,
    child: &'static str,
}

impl Ground {
    /// `child` names the test that calls [`child`].
    pub(crate) fn new(child: &'static str) -> Self {
        Self {
            root: directory(),
            child,
        }
    }

    /// Starts a child, kills it, and judges what is left.
    pub(crate) fn trial(&self, rng: &mut Rng, tally: &mut Tally) {
        tally.kills += 1;
        let trial = format!("kill {}", tally.kills);
        let lived = self.live_and_die(Duration::from_micros(rng.u64(0..120_000)));
        let opened = Memory::open(self.root.path(), BEING, &options()).unwrap();
        tally.judge(&trial, &opened, &lived, WINDOW);
    }

    fn live_and_die(&self, after_first_durable: Duration) -> Lived {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", self.child, "--nocapture"])
            .env(DIRECTORY, self.root.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (first, lives) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut lived = Lived::default();
            for line in lines.map_while(Result::ok) {
                if lived.hear(&line) && lived.durable > 0 {
                    let _ = first.send(());
                }
            }
            lived
        });
        // Killed at any point of its work, but never before it did any.
        lives.recv().unwrap();
        let (start, mut waited) = (Instant::now(), Vec::new());
        loop {
            waited.push(writer_waited(child.id()));
            let left = after_first_durable.saturating_sub(start.elapsed());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(SAMPLE));
        }
        let end = now();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut lived = reader.join().unwrap();
        lived.end = end;
        lived.waited = waited;
        lived
    }
}

impl Lived {
    /// Takes note of what the child said; whether it was something.
    fn hear(&mut self, line: &str) -> bool {
        let mut words = line.split(' ');
        let what = words.next();
        let numbers: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        match (what, numbers.as_slice()) {
            (Some("lived"), &[cycle, at]) => self.taken.push((cycle, at)),
            (Some("durable"), &[crystal, state]) => {
                self.durable = self.durable.max(crystal);
                self.durable_state = self.durable_state.max(state);
            }
            _ => return false,
        }
        true
    }
}
