//! The service's overruns, each set against what the machine kept from it.

use std::collections::BTreeMap;
use std::fmt;
use std::thread::sleep;
use std::time::Duration;
use triune::control::Client;
use triune::status::{Stall, Status};
use triune_core::Timestamp;
use triune_engine::{EXPLAINED_SHARE, StallWitness};

/// The service lists an overrun some 20 ms after it counts it; so long is waited before the last look.
const LISTED_WITHIN: Duration = Duration::from_millis(100);

/// An overrun and how long the witness saw the machine stand still meanwhile, microseconds.
#[derive(Debug)]
pub(crate) struct Seen {
    stall: Stall,
    witnessed_us: Option<f64>,
}

impl Seen {
    fn is_explained(&self) -> bool {
        let is_enough = |seen: f64| seen >= self.stall.late_us * EXPLAINED_SHARE;
        self.stall.explained || self.witnessed_us.is_some_and(is_enough)
    }
}

/// What the service has listed from a moment on.
pub(crate) struct Overruns {
    witness: Option<StallWitness>,
    /// Overruns that were counted before.
    counted_before: u64,
    /// The last cycle before.
    last_before: u64,
    /// Overruns that were counted at the last look.
    counted: u64,
    /// By their cycle.
    seen: BTreeMap<u64, Seen>,
}

impl Overruns {
    /// Those from now on; with a witness where the cycle has a real-time priority on one processor.
    pub(crate) fn from(status: &Status) -> Self {
        let real_time = &status.real_time;
        let witness = real_time
            .cpu
            .filter(|_| real_time.granted)
            .zip(u8::try_from(real_time.priority).ok())
            .ok_or_else(|| "the cycle has no real-time priority on one processor".to_owned())
            .and_then(|(processor, priority)| {
                StallWitness::above(priority, processor as usize).map_err(|why| why.to_string())
            });
        if let Err(why) = &witness {
            println!("soak: no witness of stalls: {why}");
        }
        Self {
            witness: witness.ok(),
            counted_before: status.cycle.overruns,
            last_before: status.cycle.cycles,
            counted: status.cycle.overruns,
            seen: BTreeMap::new(),
        }
    }

    /// Takes in what the service lists now and did not list before.
    pub(crate) fn look(&mut self, client: &Client) {
        let status: Status = client.get_json("/v1/status").expect("a status");
        self.counted = status.cycle.overruns;
        for stall in status.cycle.stalls {
            if stall.cycle <= self.last_before || self.seen.contains_key(&stall.cycle) {
                continue;
            }
            let from = Timestamp(stall.deadline_ns);
            let span = from..from.after((stall.late_us * 1e3) as u64);
            let witness = self.witness.as_mut();
            let witnessed_us = witness.map(|witness| witness.stalled(span) as f64 / 1e3);
            self.seen.insert(
                stall.cycle,
                Seen {
                    stall,
                    witnessed_us,
                },
            );
        }
    }

    /// Takes in what was counted until now, once it is listed: the service counts an overrun at once and
    /// lists it later.
    pub(crate) fn last_look(&mut self, client: &Client) {
        let status: Status = client.get_json("/v1/status").expect("a status");
        sleep(LISTED_WITHIN);
        self.look(client);
        // What was counted meanwhile may not be listed yet.
        self.counted = status.cycle.overruns;
    }

    /// Those for which neither the machine's counters nor the witness account.
    pub(crate) fn unexplained(&self) -> Vec<&Seen> {
        self.seen
            .values()
            .filter(|seen| !seen.is_explained())
            .collect()
    }

    /// Those of which nothing is known but that they were: counted, but gone from the list before a
    /// look. Known after the last one.
    pub(crate) fn missed(&self) -> u64 {
        (self.counted - self.counted_before).saturating_sub(self.seen.len() as u64)
    }
}

impl fmt::Display for Overruns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} overruns listed, {} not explained, {} missed",
            self.seen.len(),
            self.unexplained().len(),
            self.missed()
        )?;
        let us = |span: Option<f64>| span.map_or("-".to_owned(), |span| format!("{span:.0}"));
        for seen in self.seen.values() {
            writeln!(
                out,
                "  cycle {}: {:.0} us late; run queue {}, stolen {}, witnessed {}",
                seen.stall.cycle,
                seen.stall.late_us,
                us(seen.stall.run_queue_us),
                us(seen.stall.steal_us),
                us(seen.witnessed_us),
            )?;
        }
        Ok(())
    }
}
