//! `cycle.cost`: what the engine adds to the step.

use super::figure::{Figure, Finding, Kind};
use super::interleave::by_turns;
use std::hint::black_box;
use triune_core::{Being, BeingId, Judgement, Outputs, Percept, State, Tick, Timestamp, step};
use triune_engine::{
    Clock, CycleSink, Engine, EngineSetup, Entry, MonotonicClock, Overrun, PerceptSource,
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

struct Moving(u64);

impl PerceptSource for Moving {
    fn sample(&mut self, _now: Timestamp, percept: &mut Percept) {
        self.0 += 1;
        fill(percept, self.0);
    }
}

/// Rings as in the service, emptied now and then so that they never fill.
struct Rings {
    entries: rtrb::Producer<Entry>,
    waiting: rtrb::Consumer<Entry>,
}

impl CycleSink for Rings {
    fn record(&mut self, entry: &Entry) {
        if self.entries.push(*entry).is_err() {
            while self.waiting.pop().is_ok() {}
        }
    }
    fn accept(&mut self, _state: &State, outputs: &Outputs) {
        black_box(outputs);
    }
    fn overrun(&mut self, _overrun: Overrun) {}
}

fn fill(percept: &mut Percept, cycle: u64) {
    let wave = (cycle % 1_000) as f32 / 1_000.0;
    percept.hearing.level = Judgement::fresh(-80.0 * wave, 1.0);
    percept.hearing.speech = Judgement::fresh(wave, 0.9);
    percept.hearing.onset = Judgement::fresh(1.0 - wave, 1.0);
    percept.sight.brightness = Judgement::fresh(wave, 1.0);
    percept.sight.motion = Judgement::fresh(wave * wave, 1.0);
    percept.body.temperature = Judgement::fresh(40.0 + 20.0 * wave, 1.0);
    percept.body.load = Judgement::fresh(wave, 1.0);
}

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let (entries, waiting) = rtrb::RingBuffer::new(1_024);
    let (_changes, changes) = rtrb::RingBuffer::new(4);
    let mut engine = Engine::new(EngineSetup {
        being: Being::new(BeingId::FIRST),
        clock: Sleepless,
        source: Moving(0),
        sink: Rings { entries, waiting },
        changes,
        // The clock never sleeps, so every cycle runs at once: nothing but work is measured.
        period: PERIOD,
        spin: false,
    });
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
    let (ours, bare) = by_turns(CYCLES, || engine.cycle(), bare);
    let overhead = (ours - bare).max(0.0);
    Ok(vec![
        Figure::less_is_better(
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
        .with("recording", true)
        .with("executor", "inline")
        .into(),
    ])
}
