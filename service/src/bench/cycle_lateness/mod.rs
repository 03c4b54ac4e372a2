//! `cycle.lateness`: how late the cycle wakes, beside `cyclictest` (rt-tests) on the same
//! processor, at the same priority, by turns.

mod cyclictest;
mod ours;

use super::figure::{Figure, Finding, Kind};
use super::interleave::median;
use super::spread::Spread;
use super::stalls;
use cyclictest::Cyclictest;
use ours::Slice;
use rustix::thread::{CpuSet, sched_getaffinity};
use std::time::Duration;
use triune_engine::Explanation;

const AREA: &str = "cycle.lateness";
/// The default rate's period.
const INTERVAL: Duration = Duration::from_millis(4);
/// Slices that each side gets, and how long one is.
const SLICES: usize = 6;
const SLICE: Duration = Duration::from_secs(5);
/// SCHED_FIFO priority of both sides, where it is granted.
const PRIORITY: u8 = 80;

/// What one side did in all of its slices.
#[derive(Default)]
struct Side {
    microseconds: Vec<f64>,
    slice_p99: Vec<f64>,
    busy: Vec<f64>,
    stalls: Vec<Explanation>,
}

impl Side {
    fn add(&mut self, microseconds: Vec<f64>, busy: f64) {
        let spread = Spread::of(microseconds.clone());
        self.slice_p99.push(spread.p99());
        self.microseconds.extend(microseconds);
        self.busy.push(busy);
    }
}

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let Some(cyclictest) = Cyclictest::find() else {
        return Ok(vec![Finding::skipped(
            AREA,
            "cyclictest is not installed: apt-get install rt-tests",
        )]);
    };
    let processor = last_processor()?;
    let mut sides: [Side; 3] = Default::default();
    let mut last = None;
    let mut version = String::new();
    for round in 0..SLICES {
        eprintln!("  slice {} of {SLICES}", round + 1);
        // The order turns, so that no side always runs after the same other one.
        for turn in 0..sides.len() {
            let side = (round + turn) % sides.len();
            if side == PEER {
                // Ours ran before, so what the system grants is known.
                let priority = last.as_ref().and_then(|slice: &Slice| slice.priority);
                let report = cyclictest.run(processor, priority, INTERVAL, SLICE)?;
                sides[side].add(report.microseconds, 0.0);
                version = report.version;
            } else {
                let mut slice = ours::run(processor, PRIORITY, INTERVAL, SLICE, side == SPINNING)?;
                sides[side].add(slice.microseconds.clone(), slice.busy);
                sides[side].stalls.append(&mut slice.stalls);
                last = Some(slice);
            }
        }
    }
    let slice = last.ok_or("no slice was measured")?;
    let [sleeping, spinning, peer] = sides;
    Ok([(sleeping, false), (spinning, true)]
        .into_iter()
        .map(|(ours, spin)| {
            figure(ours, &peer, spin, &slice)
                .with("processor", processor)
                .with("peer_version", version.as_str())
                .with(
                    "peer_flags",
                    cyclictest::flags(processor, slice.priority, INTERVAL, SLICE).join(" "),
                )
                .into()
        })
        .collect())
}

/// Places in the list of sides. Ours comes first, so that what it is granted is known.
const SPINNING: usize = 1;
const PEER: usize = 2;

fn figure(ours: Side, peer: &Side, spin: bool, slice: &Slice) -> Figure {
    let (all, all_peer) = (
        Spread::of(ours.microseconds),
        Spread::of(peer.microseconds.clone()),
    );
    Figure::less_is_better(
        AREA,
        "us",
        median(ours.slice_p99.clone()),
        "cyclictest",
        median(peer.slice_p99.clone()),
        Kind::Peer,
    )
    .with("what", "p99 of a slice, the median over the slices")
    .with("spin", spin)
    .with("cpu_share", median(ours.busy))
    .with("p50_us", all.p50())
    .with("p99_us", all.p99())
    .with("p999_us", all.p999())
    .with("max_us", all.max())
    .with("peer_p50_us", all_peer.p50())
    .with("peer_p99_us", all_peer.p99())
    .with("peer_p999_us", all_peer.p999())
    .with("peer_max_us", all_peer.max())
    .with("slice_p99_us", ours.slice_p99)
    .with("peer_slice_p99_us", peer.slice_p99.clone())
    .with("lost_deadlines", stalls::summary(ours.stalls))
    .with("slices", SLICES)
    .with("slice_s", SLICE.as_secs())
    .with("n", all.count())
    .with("peer_n", all_peer.count())
    .with("interval_us", INTERVAL.as_micros() as u64)
    .with("threads", 1)
    .with("policy", cyclictest::policy(slice.priority))
    .with("priority", slice.priority)
    .with("memory_locked", slice.memory_locked)
    .with("refused", slice.refused.clone())
    .with(
        "kernel",
        rustix::system::uname().release().to_string_lossy(),
    )
    .with("peer_resolution_us", 1)
}

/// The last processor that we may run on: the first one serves most interrupts.
fn last_processor() -> Result<usize, String> {
    let allowed = sched_getaffinity(None).map_err(|error| error.to_string())?;
    (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&processor| allowed.is_set(processor))
        .ok_or_else(|| "this process may run on no processor".to_owned())
}
