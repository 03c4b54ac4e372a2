//! The cycle thread allocates nothing once it runs.
#![allow(missing_docs)]
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use triune_core::*;
use triune_engine::*;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

struct Steady;

impl PerceptSource for Steady {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing.level = Judgement::fresh(-((now.0 % 90) as f32), 1.0);
        percept.hearing.speech = Judgement::fresh((now.0 % 10) as f32 / 10.0, 1.0);
        percept.told = ToldPercept {
            tokens: [now.0; 16],
            count: 16,
            confidence: 1.0,
            age: 0,
        };
    }
}

struct Rings {
    entries: rtrb::Producer<Entry>,
    overruns: rtrb::Producer<Overrun>,
}

impl CycleSink for Rings {
    fn record(&mut self, entry: &Entry) {
        let _ = self.entries.push(*entry);
    }
    fn accept(&mut self, _state: &State, _outputs: &Outputs) {}
    fn overrun(&mut self, overrun: Overrun) {
        let _ = self.overruns.push(overrun);
    }
}

#[test]
fn a_hundred_thousand_cycles_allocate_nothing() {
    let (entries, _keep_entries) = rtrb::RingBuffer::new(64);
    let (overruns, _keep_overruns) = rtrb::RingBuffer::new(64);
    let (_changes, receive) = rtrb::RingBuffer::new(4);
    let mut engine = Engine::new(EngineSetup {
        being: Being::new(BeingId::FIRST),
        clock: MockClock::at(Timestamp(0)),
        source: Steady,
        sink: Rings { entries, overruns },
        changes: receive,
        period: 1_000_000,
        spin: true,
    });
    // An allocation in here aborts the test.
    assert_no_alloc(|| {
        for _ in 0..100_000 {
            engine.cycle();
        }
    });
    assert_eq!(engine.counters().read().cycles, 100_000);
}
