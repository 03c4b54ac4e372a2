//! A world for kernels to run in.
#![allow(dead_code, reason = "each test file uses a part")]
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use triune_core::*;
use triune_engine::*;

pub(crate) const PERIOD: Nanoseconds = 4_000_000;

/// Shared senses from a seeded generator; each cycle's work takes as long as the script says.
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

/// One being's own ends: words that it is told, one a cycle, and everything that it was handed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    pub(crate) told: Arc<Mutex<VecDeque<ToldPercept>>>,
    pub(crate) states: Arc<Mutex<Vec<State>>>,
    pub(crate) questions: Arc<Mutex<Vec<Question>>>,
    /// What was answered last, as of that time; given every cycle, ever older.
    pub(crate) answered: Arc<Mutex<Option<(AnswersPercept, Timestamp)>>>,
    /// What this being's part of a cycle takes.
    pub(crate) work: Option<(MockClock, Nanoseconds)>,
}

impl Own {
    pub(crate) fn tell(&self, words: &str) {
        let told = ToldPercept::from_text(words);
        self.told.lock().expect("lock").push_back(told);
    }

    pub(crate) fn states(&self) -> Vec<State> {
        self.states.lock().expect("lock").clone()
    }

    pub(crate) fn cycles(&self) -> u64 {
        self.states.lock().expect("lock").len() as u64
    }
}

impl BeingPort for Own {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        if let Some((answers, time)) = *self.answered.lock().expect("lock") {
            percept.answers = answers;
            percept.answers.recall.similarity = answers.recall.similarity.aged(now.since(time));
            percept.answers.activation.age = now.since(time);
        }
        if let Some(told) = self.told.lock().expect("lock").pop_front() {
            percept.told = told;
        }
        if let Some((clock, span)) = &self.work {
            clock.advance(*span);
        }
    }

    fn accept(&mut self, state: &State, outputs: &Outputs) {
        self.states.lock().expect("lock").push(*state);
        self.questions
            .lock()
            .expect("lock")
            .extend(outputs.question);
    }
}

/// Keeps everything that the kernel tells.
#[derive(Clone, Default)]
pub(crate) struct Witness {
    pub(crate) entries: Arc<Mutex<Vec<Entry>>>,
    pub(crate) overruns: Arc<Mutex<Vec<Overrun>>>,
    pub(crate) events: Arc<Mutex<Vec<KernelEvent>>>,
    pub(crate) deaf: Arc<std::sync::atomic::AtomicBool>,
}

impl Witness {
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.lock().expect("lock").clone()
    }

    pub(crate) fn cycles(&self) -> Vec<CycleRecord> {
        let cycle = |entry: &Entry| match entry {
            Entry::Cycle(record) => Some(*record),
            _ => None,
        };
        self.entries().iter().filter_map(cycle).collect()
    }

    pub(crate) fn steps(&self, being: BeingId) -> Vec<StepRecord> {
        let step = |entry: &Entry| match entry {
            Entry::Step(record) if record.being == being => Some(*record),
            _ => None,
        };
        self.entries().iter().filter_map(step).collect()
    }

    pub(crate) fn events(&self) -> Vec<KernelEvent> {
        self.events.lock().expect("lock").clone()
    }
}

impl CycleSink for Witness {
    fn wants_record(&self) -> bool {
        !self.deaf.load(std::sync::atomic::Ordering::Relaxed)
    }
    fn record(&mut self, entry: &Entry) {
        self.entries.lock().expect("lock").push(*entry);
    }
    fn overrun(&mut self, overrun: Overrun) {
        self.overruns.lock().expect("lock").push(overrun);
    }
    fn event(&mut self, _at: Timestamp, event: KernelEvent) {
        self.events.lock().expect("lock").push(event);
    }
}

pub(crate) type TestKernel<E = InlineExecutor> = Kernel<MockClock, E, World, Witness, Own>;

/// A kernel with everything that looks at it.
pub(crate) struct Scene<E = InlineExecutor> {
    pub(crate) clock: MockClock,
    pub(crate) kernel: TestKernel<E>,
    pub(crate) control: KernelControl<Own>,
    pub(crate) witness: Witness,
    pub(crate) own: Vec<Own>,
}

pub(crate) fn resident(id: u64, port: &Own) -> Resident<Own> {
    Resident {
        being: Being::new(BeingId(id)),
        port: port.clone(),
    }
}

impl Scene {
    /// Beings 1 to `beings` at 250 Hz, and cycles that take as long as the script says.
    pub(crate) fn new(beings: u64, work: Vec<Nanoseconds>) -> Self {
        Self::with(beings, work, KernelSettings::default())
    }

    pub(crate) fn with(beings: u64, work: Vec<Nanoseconds>, settings: KernelSettings) -> Self {
        Self::on(InlineExecutor, beings, work, settings)
    }
}

impl<E: Executor> Scene<E> {
    pub(crate) fn on(
        executor: E,
        beings: u64,
        work: Vec<Nanoseconds>,
        settings: KernelSettings,
    ) -> Self {
        let clock = MockClock::at(Timestamp(0));
        let own: Vec<Own> = (0..beings).map(|_| Own::default()).collect();
        Self::of(executor, &clock, own, World::new(&clock, work), settings)
    }

    pub(crate) fn of(
        executor: E,
        clock: &MockClock,
        own: Vec<Own>,
        source: World,
        settings: KernelSettings,
    ) -> Self {
        let witness = Witness::default();
        let residents = (1..).zip(&own).map(|(id, own)| resident(id, own)).collect();
        let (kernel, control) = Kernel::new(KernelSetup {
            residents,
            clock: clock.clone(),
            executor,
            source,
            sink: witness.clone(),
            settings,
        })
        .expect("possible settings");
        Self {
            clock: clock.clone(),
            kernel,
            control,
            witness,
            own,
        }
    }

    pub(crate) fn cycle(&mut self, times: u64) {
        for _ in 0..times {
            self.kernel.cycle();
        }
    }

    /// Sends a command, lets one cycle pass and gives what became of it.
    pub(crate) fn ask(&mut self, command: Command<Own>) -> Outcome<Own> {
        let ticket = self.control.submit(command)?;
        self.kernel.cycle();
        ticket.poll().expect("answered within a cycle")
    }

    /// What became of a command that was refused.
    pub(crate) fn refusal(&mut self, command: Command<Own>) -> CommandError {
        self.ask(command).expect_err("refused").why
    }

    pub(crate) fn counted(&self) -> CountersView {
        self.control.counters().read()
    }
}

/// Leaves out what the script says; runs everything when it has ended.
pub(crate) struct Tardy {
    pub(crate) joined: VecDeque<LoopSet>,
}

impl Executor for Tardy {
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        _deadline: Timestamp,
    ) -> LoopSet {
        let joined = self.joined.pop_front().unwrap_or(LoopSet::ALL);
        for work in works {
            let (state, parameters) = (&work.being.state, &work.being.parameters);
            for kind in LoopKind::ALL {
                if joined.contains(kind) {
                    work.loops
                        .run(kind, state, &work.percept, parameters, elapsed);
                }
            }
        }
        joined
    }
}

pub(crate) const WITHOUT_ANALYTICAL: LoopSet = LoopSet::ALL.with(LoopKind::Analytical, false);
