//! The engine: waits, samples, steps, hands out.

use crate::change::Change;
use crate::clock::Clock;
use crate::counters::{Counters, Overrun};
use crate::recording::{BeingStart, CycleRecord, Entry, StepRecord};
use crate::state_page::StatePage;
use crate::timer::{Beat, CycleTimer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use triune_core::{Being, LoopSet, Nanoseconds, Outputs, Percept, State, Tick, Timestamp, step};

/// Gives the newest percept. Called on the cycle thread: it must not wait, allocate or log.
pub trait PerceptSource: Send {
    /// Fills `percept`, which is [`Percept::ABSENT`], with what is known at `now`.
    fn sample(&mut self, now: Timestamp, percept: &mut Percept);
}

/// Takes what a cycle hands out. Called on the cycle thread: it must not wait, allocate or log.
pub trait CycleSink: Send {
    /// Takes what goes into a recording: parameter changes and cycles, in order.
    fn record(&mut self, entry: &Entry);
    /// Takes the being's new state and what it wants kept and asked.
    fn accept(&mut self, state: &State, outputs: &Outputs);
    /// Learns that the cycle's deadline was not kept.
    fn overrun(&mut self, overrun: Overrun);
}

/// What an engine is made of.
#[derive(Debug)]
pub struct EngineSetup<C, P, S> {
    /// Whose cycles.
    pub being: Being,
    /// The time.
    pub clock: C,
    /// Where percepts come from.
    pub source: P,
    /// Where results go.
    pub sink: S,
    /// Changes from other threads.
    pub changes: rtrb::Consumer<Change>,
    /// Time between two cycles.
    pub period: Nanoseconds,
    /// Whether the last moments before a deadline are waited out busily.
    pub spin: bool,
}

/// Runs one being inline: the three loops and the observer on the calling thread.
#[derive(Debug)]
pub struct Engine<C, P, S> {
    being: Being,
    clock: C,
    source: P,
    sink: S,
    changes: rtrb::Consumer<Change>,
    period: Nanoseconds,
    timer: CycleTimer,
    counters: Arc<Counters>,
    page: Arc<StatePage>,
    last_was_over: bool,
    has_joined: bool,
}

impl<C: Clock, P: PerceptSource, S: CycleSink> Engine<C, P, S> {
    /// An engine whose first cycle is one period from now.
    #[must_use]
    pub fn new(setup: EngineSetup<C, P, S>) -> Self {
        let page = Arc::new(StatePage::new(setup.being.state.being));
        page.publish(&setup.being.state);
        Self {
            timer: CycleTimer::new(setup.clock.now(), setup.period, setup.spin),
            being: setup.being,
            clock: setup.clock,
            source: setup.source,
            sink: setup.sink,
            changes: setup.changes,
            period: setup.period,
            counters: Arc::default(),
            page,
            last_was_over: false,
            has_joined: false,
        }
    }

    /// The counters, for other threads.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The newest state, for other threads.
    #[must_use]
    pub fn page(&self) -> Arc<StatePage> {
        Arc::clone(&self.page)
    }

    /// Cycles until `stop` is set; gives the being back.
    pub fn run(mut self, stop: &AtomicBool) -> Being {
        // Start-up took its time: the first deadline is one period from here.
        self.timer = self.timer.restarted(self.clock.now());
        while !stop.load(Ordering::Relaxed) {
            self.cycle();
        }
        self.being
    }

    /// Waits for the next deadline and runs one cycle.
    pub fn cycle(&mut self) {
        let beat = self.timer.wait(&self.clock);
        if !self.has_joined {
            self.has_joined = true;
            self.sink
                .record(&Entry::Joined(BeingStart::from(&self.being)));
        }
        self.take_changes();
        let tick = Tick {
            time: beat.started,
            elapsed: (beat.skipped + 1) * self.period,
        };
        let mut percept = Percept::ABSENT;
        self.source.sample(beat.started, &mut percept);
        let being = &self.being;
        let percept = being.consent.admit(&percept);
        let (state, outputs) = step(
            &being.state,
            &percept,
            being.consent,
            &being.parameters,
            tick,
        );
        self.being.state = state;
        self.page.publish(&state);
        self.sink.accept(&state, &outputs);
        self.sink.record(&Entry::Cycle(CycleRecord {
            tick,
            period: self.period,
            lateness: beat.lateness(),
            skipped: beat.skipped,
            joined: LoopSet::ALL,
            beings: 1,
            level: 0,
            burst: 0,
        }));
        self.sink.record(&Entry::Step(StepRecord {
            being: state.being,
            consent: self.being.consent,
            reserved: 0,
            percept,
            state,
        }));
        self.finish(&beat);
    }

    fn take_changes(&mut self) {
        while let Ok(change) = self.changes.pop() {
            match change {
                Change::Consent(consent) => self.being.consent = consent,
                Change::Parameters(parameters) => {
                    self.being.parameters = parameters;
                    let being = self.being.state.being;
                    self.sink.record(&Entry::Parameters(being, parameters));
                }
            }
        }
    }

    fn finish(&mut self, beat: &Beat) {
        let ended = self.clock.now();
        let cost = ended.since(beat.started);
        let over = ended.since(beat.deadline) > self.period;
        // Deadlines that a long cycle ran over are that cycle's overrun; only those that were
        // lost while the thread slept are one of their own.
        let slept_over = beat.skipped > 0 && !self.last_was_over;
        self.last_was_over = over;
        let overrun = over || slept_over;
        self.counters.count(beat, self.period, cost, overrun);
        if overrun {
            self.sink.overrun(Overrun {
                cycle: self.being.state.cycle,
                deadline: beat.deadline,
                lateness: beat.skipped * self.period + beat.lateness(),
                cost,
                skipped: beat.skipped,
            });
        }
    }
}
