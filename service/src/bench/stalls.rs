//! Overruns of a measured thread, each set against what the machine kept from it.

use serde_json::{Value, json};
use std::time::Duration;
use triune_engine::{Explanation, Losses, Overrun, StallWatch, StallWitness};

/// How often to look.
pub(super) const INTERVAL: Duration = Duration::from_millis(20);
/// Intervals that are held against an overrun: 200 ms, many ticks of stolen time.
const INTERVALS: usize = 10;
/// Overruns that are listed; all are counted.
const LISTED: usize = 16;

/// Looks after a thread from another one, every [`INTERVAL`].
pub(super) struct StallList {
    watch: StallWatch,
    witness: Option<StallWitness>,
    losses: Losses,
    overruns: rtrb::Consumer<Overrun>,
    found: Vec<Explanation>,
}

impl StallList {
    /// Of the thread with this kernel id on `processor`, which tells its overruns through a ring. A
    /// witness stands above its SCHED_FIFO priority, if that is given.
    pub(super) fn of(
        thread: i32,
        processor: usize,
        priority: Option<u8>,
        overruns: rtrb::Consumer<Overrun>,
    ) -> Self {
        Self {
            witness: priority.and_then(|priority| StallWitness::above(priority, processor).ok()),
            watch: StallWatch::of_thread(thread, Some(processor)),
            losses: Losses::over(INTERVALS),
            overruns,
            found: Vec::new(),
        }
    }

    /// Takes in what has come since the last look.
    pub(super) fn look(&mut self) {
        self.losses.note(self.watch.since_last());
        while let Ok(overrun) = self.overruns.pop() {
            let witness = self.witness.as_mut();
            let witnessed = witness.map(|witness| witness.stalled(overrun.span()));
            self.found.push(self.losses.explain(&overrun, witnessed));
        }
    }

    /// What was found.
    pub(super) fn found(self) -> Vec<Explanation> {
        self.found
    }
}

/// How many there are, how many the machine accounts for, and the longest of them, for a figure.
pub(super) fn summary(mut found: Vec<Explanation>) -> Value {
    found.sort_unstable_by_key(|stall| std::cmp::Reverse(stall.late));
    let us = |span: u64| span as f64 / 1e3;
    let listed: Vec<_> = found
        .iter()
        .take(LISTED)
        .map(|stall| {
            json!({
                "late_us": us(stall.late),
                "run_queue_us": stall.waiting.map(us),
                "stolen_us": stall.stolen.map(us),
                "witnessed_us": stall.witnessed.map(us),
                "explained": stall.explained,
            })
        })
        .collect();
    json!({
        "count": found.len(),
        "explained": found.iter().filter(|stall| stall.explained).count(),
        "longest": listed,
    })
}
