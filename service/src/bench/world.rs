//! A world that moves, for kernels that are measured.

use std::hint::black_box;
use triune_core::{Judgement, Outputs, Percept, State, Timestamp};
use triune_engine::{BeingPort, CycleSink, Entry, KernelEvent, Overrun, PerceptSource};
use triune_memory::CycleSide;

/// Shared senses that change with every cycle.
pub(super) struct Moving(pub(super) u64);

impl PerceptSource for Moving {
    fn sample(&mut self, _now: Timestamp, percept: &mut Percept) {
        self.0 += 1;
        fill(percept, self.0);
    }
}

/// What is sensed in a cycle.
pub(super) fn fill(percept: &mut Percept, cycle: u64) {
    let wave = (cycle % 1_000) as f32 / 1_000.0;
    percept.hearing.level = Judgement::fresh(-80.0 * wave, 1.0);
    percept.hearing.speech = Judgement::fresh(wave, 0.9);
    percept.hearing.onset = Judgement::fresh(1.0 - wave, 1.0);
    percept.sight.brightness = Judgement::fresh(wave, 1.0);
    percept.sight.motion = Judgement::fresh(wave * wave, 1.0);
    percept.body.temperature = Judgement::fresh(40.0 + 20.0 * wave, 1.0);
    percept.body.load = Judgement::fresh(wave, 1.0);
}

/// A being's ends, with its memory where it has one.
pub(super) struct Ends(pub(super) Option<CycleSide>);

impl BeingPort for Ends {
    fn sample(&mut self, _now: Timestamp, _percept: &mut Percept) {}

    fn accept(&mut self, state: &State, outputs: &Outputs) {
        match &mut self.0 {
            Some(memory) => {
                let _ = black_box(memory.remember(state, outputs.crystal.as_ref()));
            }
            None => {
                black_box((state, outputs));
            }
        }
    }
}

/// Rings as in the service; that of the entries is emptied now and then so that it never fills.
pub(super) struct Rings {
    pub(super) entries: Option<(rtrb::Producer<Entry>, rtrb::Consumer<Entry>)>,
    pub(super) overruns: rtrb::Producer<Overrun>,
}

impl CycleSink for Rings {
    fn wants_record(&self) -> bool {
        self.entries.is_some()
    }

    fn record(&mut self, entry: &Entry) {
        if let Some((give, take)) = &mut self.entries
            && give.push(*entry).is_err()
        {
            while take.pop().is_ok() {}
        }
    }

    fn overrun(&mut self, overrun: Overrun) {
        let _ = self.overruns.push(overrun);
    }

    fn event(&mut self, _at: Timestamp, _event: KernelEvent) {}
}
