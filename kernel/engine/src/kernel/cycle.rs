//! The cycle: waits, follows commands, samples, runs the loops of every being, hands out.

use super::burst::Burst;
use super::command::{Answer, Order, Resident};
use super::control::KernelControl;
use super::desk::Desk;
use super::error::SetupError;
use super::event::KernelEvent;
use super::governor::Governor;
use super::orders::ORDERS_ON_THEIR_WAY;
use super::pages::StatePages;
use super::ports::{BeingPort, CycleSink, PerceptSource};
use super::seats::{Passage, Seats};
use super::setup::{KernelSettings, KernelSetup};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::executor::Executor;
use crate::recording::{CycleRecord, Entry, StepRecord};
use crate::timer::{Beat, CycleTimer};
use crate::touched::touched_ring;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use triune_core::{LoopSet, Percept, Tick, Timestamp, admit, integrate};

/// Runs many beings at one rate on the calling thread. The three loops are the executor's; the
/// observer of each being runs here.
#[derive(Debug)]
pub struct Kernel<C, E, P, S, O> {
    pub(super) clock: C,
    executor: E,
    source: P,
    pub(super) sink: S,
    pub(super) settings: KernelSettings,
    pub(super) timer: CycleTimer,
    pub(super) seats: Seats<O>,
    pub(super) orders: rtrb::Consumer<(u64, Order<O>)>,
    pub(super) answers: rtrb::Producer<Answer<O>>,
    pub(super) governor: Governor,
    pub(super) burst: Burst,
    pub(super) counters: Arc<Counters>,
    desk: Arc<Desk<O>>,
    pages: StatePages,
    newest: Timestamp,
    pub(super) recorded: bool,
    pub(super) last_was_over: bool,
}

impl<C: Clock, E: Executor, P: PerceptSource, S: CycleSink, O: BeingPort> Kernel<C, E, P, S, O> {
    /// A kernel whose first cycle is one period from now, and the handle that commands it.
    ///
    /// # Errors
    /// [`SetupError`] if the settings cannot be followed.
    pub fn new(setup: KernelSetup<C, E, P, S, O>) -> Result<(Self, KernelControl<O>), SetupError> {
        let settings = setup.settings;
        settings.check(&setup.residents)?;
        let pages = StatePages::default();
        let mut seats = Seats::new(settings.capacity);
        let now = setup.clock.now();
        for resident in setup.residents {
            let being = seats
                .seat(Passage::of(resident), now)
                .map_err(|(why, _)| SetupError::Being(why))?;
            pages.insert(being, Arc::clone(&seats.pages[seats.len() - 1]));
        }
        let (send_order, orders) = rtrb::RingBuffer::new(ORDERS_ON_THEIR_WAY);
        let (answers, take_answer) = touched_ring(ORDERS_ON_THEIR_WAY, || Answer {
            sequence: 0,
            outcome: Ok(()),
            passage: None,
        });
        let counters = Arc::<Counters>::default();
        let desk = Arc::new(Desk::new(send_order, take_answer, pages.clone()));
        let control = KernelControl::new(Arc::clone(&desk), Arc::clone(&counters));
        let mut timer = CycleTimer::new(now, settings.period, settings.spin);
        timer.catch_up(settings.policy.caught_up_in_a_row());
        counters.period_is(settings.period);
        let mut kernel = Self {
            clock: setup.clock,
            executor: setup.executor,
            source: setup.source,
            sink: setup.sink,
            burst: Burst::new(settings.burst),
            governor: Governor::new(),
            settings,
            timer,
            seats,
            orders,
            answers,
            counters,
            desk,
            pages,
            newest: Timestamp(0),
            recorded: false,
            last_was_over: false,
        };
        kernel.forget_waiting();
        Ok((kernel, control))
    }

    /// The counters, for other threads.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The newest states, for other threads.
    #[must_use]
    pub fn pages(&self) -> StatePages {
        self.pages.clone()
    }

    /// Cycles until `stop` is set; gives everyone back. Commands that came too late are refused.
    pub fn run(mut self, stop: &AtomicBool) -> Vec<Resident<O>> {
        // Start-up took its time: the first deadline is one period from here.
        self.timer = self.timer.restarted(self.clock.now());
        while !stop.load(Ordering::Relaxed) {
            self.cycle();
        }
        self.desk.close(&mut self.orders);
        self.seats.into_residents()
    }

    /// Waits for the next deadline and runs one cycle.
    pub fn cycle(&mut self) {
        let beat = self.timer.wait(&self.clock);
        // Where the rate has risen, a deadline that is made up for may lie before the last cycle. No two
        // cycles share a time: an answer may rest on the one before a refusal.
        self.newest = self.newest.after(1).max(beat.time());
        let tick = Tick {
            time: self.newest,
            elapsed: beat.elapsed(),
        };
        let level = self.governor.level();
        self.meet_recorder();
        self.follow_orders(tick.time);
        let cycling = self.burst.cycling(self.seats.len());
        self.sense(cycling, tick.time);
        let joined = self.run_loops(cycling, &beat, tick);
        if self.recorded {
            self.sink.record(&Entry::Cycle(CycleRecord {
                tick,
                period: beat.period,
                lateness: beat.lateness(),
                skipped: beat.skipped,
                joined,
                beings: cycling as u32,
                level,
                burst: u32::from(self.burst.lasts()),
            }));
        }
        self.integrate(cycling, joined, tick);
        self.finish(&beat, level, cycling, joined);
    }

    /// Gives each being the shared senses and its own, as far as it consents.
    fn sense(&mut self, cycling: usize, now: Timestamp) {
        let mut shared = Percept::ABSENT;
        self.source.sample(now, &mut shared);
        let seats = &mut self.seats;
        let columns = seats
            .works
            .iter_mut()
            .zip(&mut seats.ports)
            .zip(&mut seats.words)
            .zip(&seats.refused);
        for (((work, port), words), refused) in columns.take(cycling) {
            let mut percept = shared;
            port.sample(now, &mut percept);
            if let Some(refused) = refused {
                percept.answers = percept.answers.resting_on(now.since(*refused));
            }
            if words.tell(percept.told, now).is_err() {
                self.counters.lost_words();
                let being = work.being.state.being;
                self.sink.event(now, KernelEvent::WordsLost(being));
            }
            percept.told = words.first(now);
            work.percept = admit(&percept, work.being.consent);
        }
    }

    /// The loops have until a quarter of a period before the next deadline: that is the
    /// observers' part. A cycle that began late gives them a quarter of a period at least.
    fn run_loops(&mut self, cycling: usize, beat: &Beat, tick: Tick) -> LoopSet {
        if cycling == 0 {
            return LoopSet::ALL;
        }
        let quarter = self.timer.period() / 4;
        let before_next = Timestamp(self.timer.next_deadline().0.saturating_sub(quarter));
        let deadline = before_next.max(beat.started.after(quarter));
        self.executor
            .run(&mut self.seats.works[..cycling], tick.elapsed, deadline)
    }

    fn integrate(&mut self, cycling: usize, joined: LoopSet, tick: Tick) {
        for seat in 0..cycling {
            let work = &mut self.seats.works[seat];
            let being = &mut work.being;
            let (state, outputs) = integrate(
                &being.state,
                &work.loops,
                joined,
                &work.percept,
                being.consent,
                &being.parameters,
                tick,
            );
            being.state = state;
            self.seats.words[seat].settle(joined);
            self.seats.pages[seat].publish(&state);
            self.seats.ports[seat].accept(&state, &outputs);
            if self.recorded {
                self.sink.record(&Entry::Step(StepRecord {
                    being: state.being,
                    consent: being.consent,
                    reserved: 0,
                    percept: work.percept,
                    state,
                }));
            }
        }
    }
}
