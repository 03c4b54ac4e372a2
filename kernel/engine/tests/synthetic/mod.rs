//! Runs of several beings without an engine: what one would hand out, made by the step itself.
#![allow(dead_code, reason = "each user takes a part")]
use triune_core::{
    Being, BeingId, Judgement, LoopKind, LoopSet, Nanoseconds, Percept, RecallAnswer, Sense, Tick,
    Timestamp, ToldPercept, admit, step_joined,
};
use triune_engine::{BeingStart, CycleRecord, Entry, StepRecord};

pub(crate) const PERIOD: Nanoseconds = 4_000_000;
const MILLISECOND: Nanoseconds = 1_000_000;

/// Seeded noise (Marsaglia, Xorshift RNGs, 2003).
#[derive(Clone, Debug)]
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Evenly from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }
}

/// Senses as they run on a board: sound every 10 ms, pictures 30 times a second, the body ten
/// times, an answer of memory twice; a few words a minute. Between two of them only ages grow.
pub(crate) struct Senses {
    noise: Noise,
    percept: Percept,
    times: [Timestamp; 5],
    words_in: u64,
}

impl Senses {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            noise: Noise(seed),
            percept: Percept::ABSENT,
            times: [Timestamp(0); 5],
            words_in: 500,
        }
    }

    fn is_due(&mut self, sense: usize, every: Nanoseconds, now: Timestamp) -> bool {
        let due = now.since(self.times[sense]) >= every;
        if due {
            // A sense stamps when its input was there, a little before it is taken.
            self.times[sense] = Timestamp(now.0 - self.noise.below(MILLISECOND));
        }
        due
    }

    pub(crate) fn at(&mut self, now: Timestamp) -> Percept {
        let talks = (now.0 / 7_000_000_000).is_multiple_of(3);
        let talk = f32::from(u8::from(talks));
        if self.is_due(0, 10 * MILLISECOND, now) {
            let hearing = &mut self.percept.hearing;
            let level = -62.0 + 30.0 * talk + 4.0 * self.noise.unit();
            hearing.level = Judgement::fresh(level, 1.0);
            hearing.speech = Judgement::fresh(talk * 0.8 + 0.1 * self.noise.unit(), 0.9);
            hearing.onset = match self.noise.below(120) {
                0 => Judgement::fresh(self.noise.unit(), 1.0),
                _ => hearing.onset.aged(10 * MILLISECOND),
            };
            for band in &mut hearing.bands.values {
                *band = level - 20.0 * self.noise.unit();
            }
            hearing.bands.confidence = 1.0;
            hearing.bands.age = 0;
        }
        if self.is_due(1, 33_333_333, now) {
            let sight = &mut self.percept.sight;
            sight.brightness = Judgement::fresh(0.4 + 0.01 * self.noise.unit(), 1.0);
            sight.motion = Judgement::fresh(0.02 * self.noise.unit() + 0.2 * talk, 0.9);
            for cell in &mut sight.grid.0 {
                *cell = 100 + self.noise.below(4) as u8;
            }
        }
        if self.is_due(2, 100 * MILLISECOND, now) {
            let body = &mut self.percept.body;
            body.load = Judgement::fresh(self.noise.below(100) as f32 / 200.0, 1.0);
            body.temperature = Judgement::fresh(45.0 + self.noise.below(8) as f32 / 4.0, 1.0);
            body.memory = Judgement::fresh(0.31, 1.0);
            body.pressure = Judgement::fresh(self.noise.below(10) as f32 / 100.0, 1.0);
        }
        if self.is_due(3, 500 * MILLISECOND, now) {
            self.percept.answers.recall = RecallAnswer {
                crystal: self.noise.below(1_000),
                similarity: Judgement::fresh(self.noise.unit(), 1.0),
            };
        }
        let mut aged = self.percept;
        let old = |sense: usize| now.since(self.times[sense]);
        aged.hearing = aged.hearing.aged(old(0));
        aged.sight = aged.sight.aged(old(1));
        aged.body = aged.body.aged(old(2));
        aged.answers.recall.similarity = aged.answers.recall.similarity.aged(old(3));
        self.words_in -= 1;
        if self.words_in == 0 {
            self.words_in = 2_000 + self.noise.below(5_000);
            aged.told = ToldPercept::from_text("the truth is that we feel and know why");
        }
        aged
    }
}

/// A run under way: hands out entries as an engine of several beings does.
pub(crate) struct SyntheticRun {
    pub(crate) beings: Vec<Being>,
    pub(crate) entries: Vec<Entry>,
    senses: Senses,
    noise: Noise,
    deadline: Timestamp,
}

impl SyntheticRun {
    /// A run of `beings` that have joined.
    pub(crate) fn new(beings: u64, seed: u64) -> Self {
        let mut run = Self {
            beings: Vec::new(),
            entries: Vec::new(),
            senses: Senses::new(seed),
            noise: Noise(seed ^ 0x5555),
            deadline: Timestamp(3_000_000_000),
        };
        for number in 1..=beings {
            // Beings that differ in nothing but their name would be the same run several times.
            let mut being = Being::new(BeingId(number));
            let damping = 0.5 + 0.1 * number as f32;
            let tuned = being.parameters.set("centre_damping", damping);
            tuned.expect("in range");
            let average = being
                .parameters
                .set("short_average_seconds", 0.9 + 0.1 * number as f32);
            average.expect("in range");
            run.join(being);
        }
        run
    }

    pub(crate) fn join(&mut self, being: Being) {
        self.entries.push(Entry::Joined(BeingStart::from(&being)));
        self.beings.push(being);
    }

    pub(crate) fn leave(&mut self, being: BeingId) {
        self.entries.push(Entry::Left(being));
        self.beings.retain(|other| other.state.being != being);
    }

    pub(crate) fn tune(&mut self, being: BeingId, name: &str, value: f32) {
        let found = self.beings.iter_mut().find(|b| b.state.being == being);
        let found = found.expect("takes part");
        found.parameters.set(name, value).expect("in range");
        self.entries
            .push(Entry::Parameters(being, found.parameters));
    }

    /// A steady cycle.
    pub(crate) fn cycle(&mut self) {
        self.cycle_as(LoopSet::ALL, 0, 0, 0);
    }

    /// A cycle in which `joined` were in time, after `skipped` lost deadlines.
    pub(crate) fn cycle_as(&mut self, joined: LoopSet, skipped: u64, level: u32, burst: u32) {
        let period = if burst > 0 { PERIOD / 2 } else { PERIOD };
        let elapsed = (skipped + 1) * period;
        self.deadline = self.deadline.after(elapsed);
        let lateness = 2_000 + self.noise.below(60_000);
        let tick = Tick {
            time: self.deadline.after(lateness),
            elapsed,
        };
        self.entries.push(Entry::Cycle(CycleRecord {
            tick,
            period,
            lateness,
            skipped,
            joined,
            beings: self.beings.len() as u32,
            level,
            burst,
        }));
        let sensed = self.senses.at(tick.time);
        for being in &mut self.beings {
            let percept = admit(&sensed, being.consent);
            let (state, _) = step_joined(
                &being.state,
                &percept,
                joined,
                being.consent,
                &being.parameters,
                tick,
            );
            being.state = state;
            self.entries.push(Entry::Step(StepRecord {
                being: state.being,
                consent: being.consent,
                reserved: 0,
                percept,
                state,
            }));
        }
    }

    /// Everything that a run can meet, over `cycles` cycles.
    pub(crate) fn eventful(beings: u64, cycles: u64, seed: u64) -> Self {
        let mut run = Self::new(beings, seed);
        let mut dice = Noise(seed ^ 0xABCD_EF01);
        for cycle in 0..cycles {
            match cycle % 311 {
                50 => run.tune(BeingId(1), "centre_damping", 0.1 + 3.0 * dice.unit()),
                120 => run.join(Being::new(BeingId(100 + cycle))),
                200 => run.leave(BeingId(100 + cycle - 80)),
                250 => {
                    let consent = run.beings[0].consent;
                    let hears = consent.allows(Sense::Hear);
                    run.beings[0].consent = consent.with(Sense::Hear, !hears);
                }
                _ => {}
            }
            let late = LoopKind::ALL[dice.below(3) as usize];
            let in_time = dice.below(20) > 0;
            let joined = LoopSet::ALL.with(late, in_time);
            let skipped = if dice.below(97) == 0 {
                dice.below(5)
            } else {
                0
            };
            let burst = u32::from(cycle % 400 < 40);
            run.cycle_as(joined, skipped, u32::from(cycle % 600 > 500), burst);
        }
        run
    }
}
