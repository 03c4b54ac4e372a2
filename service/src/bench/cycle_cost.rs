//! `cycle.cost`: what the engine adds to the step.

use super::figure::{Figure, Finding, Kind};
use super::interleave::by_turns;
use super::world::{Ends, Moving, Rings, fill};
use std::hint::black_box;
use triune_core::{Being, BeingId, Percept, Tick, Timestamp, step};
use triune_engine::{
    Clock, InlineExecutor, Kernel, KernelSettings, KernelSetup, MonotonicClock, Resident,
};

const AREA: &str = "cycle.cost";
/// The default rate's period, nanoseconds.
const PERIOD: u64 = 4_000_000;
/// Cycles in one turn.
const CYCLES: u32 = 20_000;

/// The true clock, read as the engine reads it, but never slept on.
struct Sleepless;

impl Clock for Sleepless {
    fn now(&self) -> Timestamp {
        MonotonicClock.now()
    }
    fn sleep_until(&self, _deadline: Timestamp) {}
}

/// A kernel of one being that never sleeps: nothing but work is measured.
fn kernel(
    recording: bool,
) -> Result<Kernel<Sleepless, InlineExecutor, Moving, Rings, Ends>, String> {
    let (overruns, _) = rtrb::RingBuffer::new(4);
    let (kernel, _control) = Kernel::new(KernelSetup {
        residents: vec![Resident {
            being: Being::new(BeingId::FIRST),
            port: Ends(None),
        }],
        clock: Sleepless,
        executor: InlineExecutor,
        source: Moving(0),
        sink: Rings {
            entries: recording.then(|| rtrb::RingBuffer::new(1_024)),
            overruns,
        },
        settings: KernelSettings {
            period: PERIOD,
            ..KernelSettings::default()
        },
    })
    .map_err(|error| error.to_string())?;
    Ok(kernel)
}

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    [false, true].into_iter().map(compare).collect()
}

fn compare(recording: bool) -> Result<Finding, String> {
    let mut kernel = kernel(recording)?;
    let mut being = Being::new(BeingId::FIRST);
    let mut cycle = 0;
    let bare = || {
        cycle += 1;
        let mut percept = Percept::ABSENT;
        fill(&mut percept, cycle);
        let tick = Tick {
            time: Timestamp(cycle * PERIOD),
            elapsed: PERIOD,
        };
        let (state, outputs) = step(
            &being.state,
            &percept,
            being.consent,
            &being.parameters,
            tick,
        );
        black_box(outputs);
        being.state = state;
    };
    let (ours, bare) = by_turns(CYCLES, || kernel.cycle(), bare);
    let overhead = (ours - bare).max(0.0);
    let figure = Figure::less_is_better(
        AREA,
        "us",
        ours / 1e3,
        "the bare step",
        bare / 1e3,
        Kind::Limit,
    )
    .with("overhead_us", overhead / 1e3)
    .with("overhead_share_of_4ms", overhead / PERIOD as f64)
    .with("beings", 1)
    .with("recording", recording)
    .with("executor", "inline");
    Ok(figure.into())
}
