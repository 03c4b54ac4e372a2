//! The kinds of crash, and how what is left after one is judged.

pub(crate) mod damage;
pub(crate) mod kill;
pub(crate) mod power_cut;
mod power_disk;

use crate::common::{BEING, directory, draft, is_as_it_was_lived, newest, small, state};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use triune_core::{Consent, Sense};
use triune_memory::{Memory, Opened};

/// The name of the thread that writes.
const WRITER: &str = "memory-writer";

/// What was lived before a crash, by the one who lived it.
#[derive(Debug, Default)]
pub(crate) struct Lived {
    /// Cycle and time (monotonic, nanoseconds) of each moment that memory took, in order.
    pub(crate) taken: Vec<(u64, u64)>,
    /// Last sequence number that memory called durable.
    pub(crate) durable: u64,
    /// Newest cycle whose state memory called durable.
    pub(crate) durable_state: u64,
    /// When the crash was.
    pub(crate) end: u64,
    /// How long the writer had waited in all for a processor that the machine did not give it, at
    /// moments (monotonic, nanoseconds) up to the end.
    pub(crate) waited: Vec<(u64, Duration)>,
    /// The last consent that memory reported as changed, and the one that was on its way after it.
    pub(crate) consent: Option<(Consent, Option<Consent>)>,
}

impl Lived {
    /// How long the writer waited for a processor from `at` to the end.
    fn starved_since(&self, at: u64) -> Duration {
        let until = |at| {
            let before = self.waited.iter().rev().find(|(time, _)| *time <= at);
            before.map_or(Duration::ZERO, |(_, waited)| *waited)
        };
        until(u64::MAX).saturating_sub(until(at))
    }
}

/// What came of all trials.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kills: u32,
    pub(crate) power_cuts: u32,
    pub(crate) cut_short: u32,
    pub(crate) flipped: u32,
    torn: u64,
    older: u64,
    consents: u64,
    beyond_window: u64,
    longest_loss: Duration,
    faults: Vec<String>,
}

impl Tally {
    /// What must not be, in words.
    pub(crate) fn faults(&self) -> &[String] {
        &self.faults
    }

    pub(crate) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    /// Counts what is not as it was lived, or not in order.
    pub(crate) fn judge_wholeness(&mut self, trial: &str, opened: &Opened) {
        let mut last = (0, 0);
        for crystal in opened.memory.view().iter() {
            let now = (crystal.sequence(), crystal.cycle());
            if now.0 <= last.0 || now.1 <= last.1 || !is_as_it_was_lived(crystal) {
                self.torn += 1;
                self.fault(format!("{trial}: {crystal:?} after {last:?}"));
            }
            last = now;
        }
    }

    /// Judges what a crash of the process or of the power left, where moments may wait for `window`.
    pub(crate) fn judge(&mut self, trial: &str, opened: &Opened, lived: &Lived, window: Duration) {
        self.judge_wholeness(trial, opened);
        let report = &opened.report.crystals;
        let newest = newest(&opened.memory).map_or(0, |one| one.sequence());
        let state = opened.essence().map_or(0, |essence| essence.state.cycle);
        if newest < lived.durable || state < lived.durable_state {
            self.older += 1;
            self.fault(format!(
                "{trial}: {newest} and {state}, but {lived:?} was durable"
            ));
        }
        if report.damaged + report.missing_at_start + report.missing_at_end > 0
            || report.sealed > 0
            || !report.moved_aside.is_empty()
        {
            self.fault(format!("{trial}: {report:?}"));
        }
        self.judge_consent(trial, opened, lived);
        self.judge_loss(trial, opened, lived, window);
    }

    /// What was reported is in force, or what was under way, or only what both allow.
    fn judge_consent(&mut self, trial: &str, opened: &Opened, lived: &Lived) {
        let Some((reported, under_way)) = lived.consent else {
            return;
        };
        let next = under_way.unwrap_or(reported);
        let both = Sense::ALL
            .into_iter()
            .filter(|&sense| !(reported.allows(sense) && next.allows(sense)))
            .fold(reported, |both, sense| both.with(sense, false));
        self.consents += 1;
        if ![reported, next, both].contains(&opened.consent) {
            self.fault(format!(
                "{trial}: {:?} is consented to after {reported:?} was reported and {under_way:?} asked for",
                opened.consent
            ));
        }
    }

    fn judge_loss(&mut self, trial: &str, opened: &Opened, lived: &Lived, window: Duration) {
        let view = opened.memory.view();
        let kept: BTreeSet<u64> = view.iter().map(|crystal| crystal.cycle()).collect();
        // What retention gave up is not lost.
        let first = kept.first().copied().unwrap_or(0);
        let retired = view
            .iter()
            .next()
            .is_some_and(|oldest| oldest.sequence() > 1);
        let lost = lived
            .taken
            .iter()
            .find(|(cycle, _)| !(kept.contains(cycle) || retired && *cycle < first));
        let Some(&(cycle, at)) = lost else { return };
        let loss = Duration::from_nanos(lived.end.saturating_sub(at));
        self.longest_loss = self.longest_loss.max(loss);
        // The window leaves the disk a quarter. A machine that needs longer is slow, not wrong: a turn may
        // be under way when the moment comes, and its own flush follows.
        let mut allowed = window + 2 * flush_time() + lived.starved_since(at);
        if emulated() {
            allowed += window;
        }
        if loss > allowed {
            self.beyond_window += 1;
            self.fault(format!(
                "{trial}: moment {cycle} was handed over {loss:?} before the end and is gone"
            ));
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            power_cuts,
            cut_short,
            flipped,
            torn,
            older,
            consents,
            beyond_window,
            longest_loss,
            ..
        } = self;
        let trials = kills + power_cuts + cut_short + flipped;
        write!(
            formatter,
            "crash trials: {trials} ({kills} kills, {power_cuts} power cuts, {cut_short} files cut short, \
             {flipped} bits flipped), torn {torn}, older than durable {older}, \
             consents judged {consents}, lost beyond the window {beyond_window}, longest loss {} ms, \
             a flush {} us",
            longest_loss.as_millis(),
            flush_time().as_micros()
        )
    }
}

/// Whether this program is run by a user-mode emulator, whose threads wait for each other in ways of which
/// the system knows nothing: it shows the program as `/proc/self/exe`, but is what runs.
fn emulated() -> bool {
    let thread = rustix::thread::gettid().as_raw_nonzero();
    let runs = std::fs::read_link(format!("/proc/self/task/{thread}/exe"));
    runs.ok() != std::env::current_exe().ok()
}

/// How long a flush takes on this machine: the median of a few.
fn flush_time() -> Duration {
    static MEASURED: OnceLock<Duration> = OnceLock::new();
    *MEASURED.get_or_init(|| {
        let root = directory();
        let Opened {
            memory, mut cycle, ..
        } = Memory::open(root.path(), BEING, &small()).unwrap();
        let mut times: Vec<Duration> = (1..=15)
            .map(|number| {
                let _ = cycle.remember(&state(number), Some(&draft(number)));
                let start = Instant::now();
                memory.sync().unwrap();
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        times[times.len() / 2]
    })
}

/// Now on the monotonic clock, which parent and child share.
pub(crate) fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Now, and how long the memory's writer in a process has waited for a processor (proc(5), schedstat).
pub(crate) fn writer_waited(process: u32) -> (u64, Duration) {
    let waited = || {
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
        let writer = tasks.flatten().map(|task| task.path()).find(|task| {
            std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == WRITER)
        })?;
        let text = std::fs::read_to_string(writer.join("schedstat")).ok()?;
        text.split_whitespace().nth(1)?.parse().ok()
    };
    (now(), Duration::from_nanos(waited().unwrap_or(0)))
}
