//! The activation thread.

use super::budget::Budget;
use super::drought::Drought;
use super::facts::ActivationFacts;
use super::pace::{Pace, STALE};
use super::watched::{Watched, Watcher};
use super::workers::{Computing, Workers};
use crate::wiring::desk::Desk;
use crate::wiring::stop::Stop;
use crate::wiring::supervisor::{Ended, supervise};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune_board::NpuSpec;
use triune_core::{BeingId, Nanoseconds, Timestamp};
use triune_engine::RealTimeWish;
use triune_hal::clock;
use triune_npu::scheduler::{Class, Done, Refusal};

/// How long a question of another being than the first may wait: as long as a sample lasts.
const OTHERS_PATIENCE: Duration = Duration::from_millis(100);

/// What the thread is told.
pub(in crate::wiring) struct ActivationSetup {
    /// What runs models.
    pub(in crate::wiring) npu: NpuSpec,
    /// The user's own models.
    pub(in crate::wiring) models: PathBuf,
    /// Share of a lane's time that other beings than the first may take, 0 to 1.
    pub(in crate::wiring) share: f64,
    /// Time between two cycles.
    pub(in crate::wiring) period: Nanoseconds,
}

/// Starts the activation thread.
pub(in crate::wiring) fn start(
    wish: RealTimeWish,
    setup: ActivationSetup,
    watched: Desk<Watched>,
    facts: Arc<ActivationFacts>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    let told = Arc::clone(&facts);
    let ended = stop.clone();
    supervise("activation", wish, stop, facts, move || {
        loop {
            if let Some(outcome) = activate(&setup, &watched, &told, &ended) {
                return outcome;
            }
        }
    })
}

/// What was recognised by workers that are gone grows old: percepts go without.
fn withdraw(desk: &Desk<Watched>) {
    for watched in desk.entries().values_mut() {
        watched.answers.give_absent();
    }
}

/// One run: with the board's backend until that is of no use, then with pure Rust. `None` if the
/// board's is to be tried again.
fn activate(
    setup: &ActivationSetup,
    desk: &Desk<Watched>,
    facts: &ActivationFacts,
    stop: &Stop,
) -> Option<Ended> {
    let mut why = None;
    for computing in [Computing::Board, Computing::PureRust] {
        // Made on this thread: the worker stays on its processors.
        let workers = match Workers::start(&setup.npu, computing, &setup.models, stop) {
            Ok(Some(workers)) => workers,
            Ok(None) => return Some(Ended::Stopped),
            Err(error) => {
                log::warn!("activation: {error}");
                why.get_or_insert(error);
                continue;
            }
        };
        facts.running(&workers, why.as_deref());
        let outcome = Rounds::new(setup, desk, facts, &workers).go_on(stop);
        withdraw(desk);
        let error = match outcome {
            Outcome::Stopped => return Some(Ended::Stopped),
            Outcome::Released => return None,
            Outcome::SetAside => "the model ended its worker again and again".to_owned(),
            Outcome::NoAnswers(refusal) => format!("nothing was answered any more ({refusal})"),
        };
        let error = format!("{error} on {}", workers.backend());
        log::error!("activation: {error}");
        why.get_or_insert(error);
    }
    Some(Ended::Failed(why.unwrap_or_default()))
}

enum Outcome {
    Stopped,
    /// The model is set aside.
    SetAside,
    /// For long there has been nothing but this.
    NoAnswers(Refusal),
    /// The board's backend is to be tried again.
    Released,
}

/// What happens each cycle.
struct Rounds<'a> {
    desk: &'a Desk<Watched>,
    facts: &'a ActivationFacts,
    workers: &'a Workers,
    pace: Pace,
    budget: Budget,
    drought: Drought,
    watchers: BTreeMap<BeingId, Watcher>,
    /// Cycle whose state the first being was asked about last.
    first_asked: u64,
    /// The other being whose turn was last.
    turn: BeingId,
    last: Instant,
}

impl<'a> Rounds<'a> {
    fn new(
        setup: &ActivationSetup,
        desk: &'a Desk<Watched>,
        facts: &'a ActivationFacts,
        workers: &'a Workers,
    ) -> Self {
        Self {
            desk,
            facts,
            workers,
            pace: Pace::new(setup.period),
            budget: Budget::new(setup.share),
            drought: Drought::default(),
            watchers: BTreeMap::new(),
            first_asked: 0,
            turn: BeingId::FIRST,
            last: Instant::now(),
        }
    }

    fn go_on(&mut self, stop: &Stop) -> Outcome {
        while !stop.wait(self.pace.pause(Timestamp(clock::now_ns()))) {
            self.observe();
            self.ask_the_first();
            self.ask_others();
            let limit = Instant::now() + self.pace.pause(Timestamp(clock::now_ns()));
            if let Some(outcome) = self.collect(limit) {
                return outcome;
            }
            if self.facts.is_released() {
                return Outcome::Released;
            }
        }
        Outcome::Stopped
    }

    /// Takes in every being's newest state.
    fn observe(&mut self) {
        let mut entries = self.desk.entries();
        self.watchers.retain(|being, _| entries.contains_key(being));
        // What was recognised in a being goes with it.
        self.facts.keep_only(|being| entries.contains_key(being));
        let now = Timestamp(clock::now_ns());
        for (&being, watched) in entries.iter_mut() {
            let watcher = self
                .watchers
                .entry(being)
                .or_insert_with(|| Watcher::new(&watched.page));
            if !watcher.is_of(watched) {
                *watcher = Watcher::new(&watched.page);
            }
            let state = watched.page.read();
            let passed = if being == BeingId::FIRST {
                self.pace.saw(state.time, state.cycle)
            } else {
                0
            };
            // While a sense is refused the window gets no states, and starts anew after the gap.
            if watched.may_be_recognised() {
                if passed > 0 && watcher.is_full() {
                    let period = self.pace.period();
                    self.facts.passed(passed, state.cycle, state.time, period);
                }
                watcher.observe(&state);
            } else {
                watcher.withdraw();
            }
            if !watcher.has_fresh_answer(now) {
                watched.answers.give_absent();
                self.facts.nothing_recognised(being);
            }
        }
    }

    /// The first being is asked each cycle, or as often as the machine keeps up with.
    fn ask_the_first(&mut self) {
        let every = self.pace.every();
        let due = self.first_asked;
        let Some(next) = self.pace.next_cycle() else {
            return;
        };
        let Some(first) = self.watchers.get_mut(&BeingId::FIRST) else {
            return;
        };
        if !first.may_ask() || first.cycle.abs_diff(due) < every {
            return;
        }
        self.first_asked = first.cycle;
        let next = next.after((every - 1) * self.pace.period());
        let left = next.since(Timestamp(clock::now_ns()));
        let deadline = Instant::now() + Duration::from_nanos(left);
        let Workers {
            scheduler, model, ..
        } = self.workers;
        first.ask(scheduler, *model, Class::Cycle, deadline);
    }

    /// The others are asked in turn, as far as their share of time goes.
    fn ask_others(&mut self) {
        let now = Instant::now();
        self.budget.passed(now - self.last);
        self.last = now;
        let after = (Bound::Excluded(self.turn), Bound::Unbounded);
        let others: Vec<BeingId> = self
            .watchers
            .range(after)
            .chain(self.watchers.range(..=self.turn))
            .filter(|&(&being, watcher)| being != BeingId::FIRST && watcher.may_ask())
            .map(|(&being, _)| being)
            .collect();
        for being in others {
            if !self.budget.spend() {
                return;
            }
            self.turn = being;
            if let Some(watcher) = self.watchers.get_mut(&being) {
                let Workers {
                    scheduler, model, ..
                } = self.workers;
                watcher.ask(scheduler, *model, Class::Sense, now + OTHERS_PATIENCE);
            }
        }
    }

    /// Hands on what is answered before `limit`; how it ends if there will be no more answers.
    fn collect(&mut self, limit: Instant) -> Option<Outcome> {
        for (&being, watcher) in &mut self.watchers {
            let Some((Done { slot, result }, newest, cycle)) = watcher.wait(limit) else {
                continue;
            };
            let is_first = being == BeingId::FIRST;
            match result {
                Ok(answer) => {
                    self.drought.answered();
                    match (is_first, answer.late) {
                        (true, true) => self.pace.missed(),
                        (true, false) => self.pace.kept(),
                        (false, _) => self.budget.ran(answer.timing.total),
                    }
                    let heads = &self.workers.heads;
                    let activation = heads.read(|output| slot.output(output), newest);
                    let mut entries = self.desk.entries();
                    let now = Timestamp(clock::now_ns());
                    let wanted = entries
                        .get_mut(&being)
                        .filter(|watched| watcher.is_of(watched) && watched.may_be_recognised())
                        .filter(|_| now.since(newest) <= STALE);
                    if let Some(watched) = wanted {
                        watched.answers.give(activation.answer(newest), newest);
                        watcher.answered(newest);
                        self.facts.recognised(being, heads, &activation, cycle, now);
                        let trace = heads.trace(|output| slot.output(output));
                        let trace = trace.and_then(|trace| trace.try_into().ok());
                        if let Some((known, trace)) = self.workers.known.as_ref().ok().zip(trace) {
                            let features = watcher.asked_features();
                            watched.discovery.observe(known, newest, trace, features);
                        }
                    }
                }
                Err(Refusal::Quarantined) => return Some(Outcome::SetAside),
                Err(refusal) => {
                    use Refusal::{DeadlineCannotBeKept, DeadlinePassed, Run, WorkerLost};
                    if matches!(refusal, WorkerLost { .. } | Run(_))
                        && self.drought.failed(Instant::now())
                    {
                        return Some(Outcome::NoAnswers(refusal));
                    }
                    if is_first && matches!(refusal, DeadlineCannotBeKept { .. } | DeadlinePassed) {
                        self.pace.missed();
                    }
                    self.facts.refused(&refusal);
                }
            }
            watcher.put_back(slot);
        }
        None
    }
}
