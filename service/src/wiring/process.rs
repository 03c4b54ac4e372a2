//! What the service itself costs, and rates of counters that others fill.

use crate::status::Process;
use std::time::Instant;

/// Ticks of processor time a second in `/proc`: USER_HZ is 100 on every Linux that we run on.
const TICKS_PER_SECOND: f64 = 100.0;
/// Rates are taken over at least this long.
const SPAN_SECONDS: f64 = 1.0;

/// The rate at which a counter grows.
#[derive(Debug)]
pub(super) struct Rate {
    then: Instant,
    count: u64,
    rate: Option<f32>,
}

impl Rate {
    pub(super) fn new() -> Self {
        Self {
            then: Instant::now(),
            count: 0,
            rate: None,
        }
    }

    /// Counts a second, over the last whole span; `None` during the first.
    pub(super) fn of(&mut self, count: u64) -> Option<f32> {
        let span = self.then.elapsed().as_secs_f64();
        if span >= SPAN_SECONDS {
            self.rate = Some((count.saturating_sub(self.count) as f64 / span) as f32);
            self.then = Instant::now();
            self.count = count;
        }
        self.rate
    }
}

/// Watches this process.
#[derive(Debug)]
pub(super) struct ProcessWatch {
    ticks: Rate,
    page_bytes: usize,
    processors: usize,
}

impl ProcessWatch {
    pub(super) fn new() -> Self {
        Self {
            ticks: Rate::new(),
            page_bytes: rustix::param::page_size(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// Memory now, and the share of all processors over the last second.
    pub(super) fn read(&mut self) -> Process {
        let ticks = self.ticks.of(busy_ticks().unwrap_or(0)).unwrap_or(0.0);
        Process {
            rss_mb: resident_pages().unwrap_or(0) as f64 * self.page_bytes as f64 / 1e6,
            cpu_share: (f64::from(ticks) / TICKS_PER_SECOND / self.processors as f64) as f32,
        }
    }
}

/// User and system time, fields 14 and 15 of proc(5) `/proc/self/stat`; the name before them
/// may hold spaces, so they are counted from its closing bracket.
fn busy_ticks() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Second field of proc(5) `/proc/self/statm`.
fn resident_pages() -> Option<u64> {
    std::fs::read_to_string("/proc/self/statm")
        .ok()?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}
