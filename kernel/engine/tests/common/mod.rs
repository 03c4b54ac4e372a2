//! A world for engines to run in.
#![allow(dead_code, reason = "each test file uses a part")]
use std::sync::{Arc, Mutex};
use triune_core::*;
use triune_engine::*;

pub(crate) const PERIOD: Nanoseconds = 4_000_000;

/// Percepts from a seeded generator; each cycle's work takes as long as the script says.
pub(crate) struct World {
    pub(crate) clock: MockClock,
    pub(crate) work: Vec<Nanoseconds>,
    pub(crate) cycle: usize,
    pub(crate) random: u64,
}

impl World {
    pub(crate) fn new(clock: &MockClock, work: Vec<Nanoseconds>) -> Self {
        Self {
            clock: clock.clone(),
            work,
            cycle: 0,
            random: 0x2545_F491_4F6C_DD1D,
        }
    }

    fn next(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 40) as f32 / (1_u64 << 24) as f32
    }
}

impl PerceptSource for World {
    fn sample(&mut self, _now: Timestamp, percept: &mut Percept) {
        percept.hearing.level = Judgement::fresh(-90.0 * self.next(), 1.0);
        percept.hearing.speech = Judgement::fresh(self.next(), 0.9);
        percept.sight.brightness = Judgement::fresh(self.next(), 1.0);
        percept.sight.motion = Judgement::fresh(self.next(), 0.8);
        percept.body.temperature = Judgement::fresh(30.0 + 60.0 * self.next(), 1.0);
        if let Some(&work) = self.work.get(self.cycle) {
            self.clock.advance(work);
        }
        self.cycle += 1;
    }
}

/// Keeps everything that the engine hands out.
#[derive(Clone, Default)]
pub(crate) struct Witness {
    pub(crate) entries: Arc<Mutex<Vec<Entry>>>,
    pub(crate) overruns: Arc<Mutex<Vec<Overrun>>>,
    pub(crate) states: Arc<Mutex<Vec<State>>>,
}

impl CycleSink for Witness {
    fn record(&mut self, entry: &Entry) {
        self.entries.lock().expect("lock").push(*entry);
    }
    fn accept(&mut self, state: &State, _outputs: &Outputs) {
        self.states.lock().expect("lock").push(*state);
    }
    fn overrun(&mut self, overrun: Overrun) {
        self.overruns.lock().expect("lock").push(overrun);
    }
}

pub(crate) type TestEngine = Engine<MockClock, World, Witness>;

pub(crate) fn engine(
    clock: &MockClock,
    work: Vec<Nanoseconds>,
) -> (TestEngine, Witness, rtrb::Producer<Change>) {
    let (changes, receive) = rtrb::RingBuffer::new(16);
    let witness = Witness::default();
    let engine = Engine::new(EngineSetup {
        being: Being::new(BeingId::FIRST),
        clock: clock.clone(),
        source: World::new(clock, work),
        sink: witness.clone(),
        changes: receive,
        period: PERIOD,
        spin: false,
    });
    (engine, witness, changes)
}

/// The cycles among what was handed out.
pub(crate) fn cycles(entries: &[Entry]) -> Vec<CycleRecord> {
    entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Cycle(record) => Some(*record),
            _ => None,
        })
        .collect()
}
