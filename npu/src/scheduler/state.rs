//! What the lanes and those who ask share.

use super::class::Class;
use super::dispatcher::{Charge, Dispatcher, Entry};
use super::executor::{AddError, ExecuteError, Executor, ModelId};
use super::latency::Latency;
use super::load::Load;
use super::refusal::Refusal;
use super::slot::{Answer, Job, complete};
use super::source::ModelSource;
use super::statistics::{ClassStatistics, LaneStatistics, ModelStatistics, Statistics};
use crate::manifest::Manifest;
use crate::model::{ModelDescription, Timing};
use crate::model_hash::ModelHash;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a request is begun: once, and once again when its worker was lost.
const MOST_ATTEMPTS: u32 = 2;

pub(super) struct Shared {
    pub(super) executor: Arc<dyn Executor>,
    start: Instant,
    state: Mutex<State>,
    /// Held while a model is loaded, so that none is loaded twice.
    adding: Mutex<()>,
    /// Rung when there is work, or nothing more to do.
    work: Condvar,
}

struct State {
    dispatcher: Dispatcher<Box<Job>>,
    next: u64,
    stopped: bool,
    models: BTreeMap<ModelId, ModelFigures>,
    lanes: Vec<LaneFigures>,
    classes: [ClassFigures; 3],
}

struct ModelFigures {
    manifest: Arc<Manifest>,
    description: Arc<ModelDescription>,
    latency: Latency,
    runs: u64,
    failures: u64,
    quarantined: bool,
}

#[derive(Clone, Default)]
struct LaneFigures {
    runs: u64,
    load: Load,
    running_since: Option<Duration>,
}

struct ClassFigures {
    counts: ClassStatistics,
    waits: Latency,
}

/// A request on its way to a lane.
pub(super) struct Taken {
    pub(super) job: Box<Job>,
    pub(super) usual: Option<Duration>,
    class: Class,
    number: u64,
    began: Duration,
    waited: Duration,
    charge: Charge,
}

impl Shared {
    pub(super) fn new(executor: Arc<dyn Executor>, lanes: usize, bound: usize) -> Self {
        let classes = Class::ALL.map(|class| ClassFigures {
            counts: ClassStatistics::new(class),
            waits: Latency::new(),
        });
        Self {
            executor,
            start: Instant::now(),
            state: Mutex::new(State {
                dispatcher: Dispatcher::new(lanes, bound),
                next: 0,
                stopped: false,
                models: BTreeMap::new(),
                lanes: vec![LaneFigures::default(); lanes],
                classes,
            }),
            adding: Mutex::new(()),
            work: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn since_start(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.start)
    }

    pub(super) fn add(&self, source: &ModelSource) -> Result<ModelId, AddError> {
        let _adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = ModelHash::of(&source.bytes);
        let is_same = |figures: &ModelFigures| {
            figures.description.hash == hash && figures.manifest == source.manifest
        };
        let known = {
            let state = self.lock();
            let mut models = state.models.iter();
            models
                .find(|(_, figures)| is_same(figures))
                .map(|(&id, _)| id)
        };
        if let Some(model) = known {
            return Ok(model);
        }
        let (model, description) = self.executor.add(source)?;
        let figures = ModelFigures {
            manifest: Arc::clone(&source.manifest),
            description,
            latency: Latency::new(),
            runs: 0,
            failures: 0,
            quarantined: false,
        };
        self.lock().models.insert(model, figures);
        Ok(model)
    }

    pub(super) fn description(&self, model: ModelId) -> Option<Arc<ModelDescription>> {
        let state = self.lock();
        let figures = state.models.get(&model)?;
        Some(Arc::clone(&figures.description))
    }

    /// Takes a request in; a refusal goes to who waits for the answer. Gives the request's number.
    pub(super) fn submit(&self, job: Box<Job>, class: Class) -> u64 {
        let now = self.since_start(job.submitted);
        let mut guard = self.lock();
        let state = &mut *guard;
        let number = state.next;
        state.next += 1;
        state.classes[class.index()].counts.offered += 1;
        let mut expired = Vec::new();
        let outcome = if state.stopped {
            Err((job, Refusal::Stopped))
        } else {
            // Places that are held by what is refused anyway are given to who comes.
            while let Some(entry) = state.dispatcher.take_expired(now) {
                state.classes[entry.class.index()].counts.expired += 1;
                expired.push(entry.item);
            }
            let figures = state.models.get(&job.model);
            let entry = Entry {
                number,
                class,
                since: now,
                deadline: self.since_start(job.deadline),
                cost: figures.and_then(|figures| figures.latency.promised(now)),
                item: job,
            };
            state.dispatcher.offer(now, entry)
        };
        if let Err((_, refusal)) = &outcome {
            state.classes[class.index()].counts.count(refusal);
        }
        drop(guard);
        match outcome {
            Ok(()) => self.work.notify_one(),
            Err((job, refusal)) => complete(job, Err(refusal)),
        }
        refuse_expired(expired);
        number
    }

    /// Takes out a request whose deadline has passed, if it still waits.
    pub(super) fn expire(&self, class: Class, number: u64) -> Option<Box<Job>> {
        let mut state = self.lock();
        let entry = state.dispatcher.withdraw(class, number)?;
        state.classes[class.index()].counts.expired += 1;
        Some(entry.item)
    }

    /// Takes out a request that nobody waits for, if it still waits.
    pub(super) fn withdraw(&self, class: Class, number: u64) {
        let mut state = self.lock();
        let entry = state.dispatcher.withdraw(class, number);
        if entry.is_some() {
            state.classes[class.index()].counts.withdrawn += 1;
        }
        drop(state);
        // The buffers are freed outside of the lock.
        drop(entry);
    }

    /// Waits for the next request of `lane`; nothing once all is stopped.
    pub(super) fn next(&self, lane: usize) -> Option<Taken> {
        let mut guard = self.lock();
        loop {
            if guard.stopped {
                return None;
            }
            let now = self.since_start(Instant::now());
            let mut expired = Vec::new();
            while let Some(entry) = guard.dispatcher.take_expired(now) {
                guard.classes[entry.class.index()].counts.expired += 1;
                expired.push(entry.item);
            }
            if !expired.is_empty() {
                drop(guard);
                refuse_expired(expired);
                guard = self.lock();
                continue;
            }
            if let Some((entry, charge)) = guard.dispatcher.take(now, lane) {
                return Some(guard.taken(lane, now, entry, charge));
            }
            guard = self
                .work
                .wait(guard)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What was taken has ended: answers it, or puts it back.
    pub(super) fn finish(&self, lane: usize, taken: Taken, outcome: Result<Timing, ExecuteError>) {
        let restarts = self.executor.statistics().restarts;
        let now = self.since_start(Instant::now());
        let mut guard = self.lock();
        let state = &mut *guard;
        let Taken {
            mut job,
            class,
            number,
            began,
            waited,
            charge,
            ..
        } = taken;
        let ran = now.saturating_sub(began);
        state.dispatcher.finished(lane, charge, ran);
        state.lanes[lane].ended(began, now);
        let counts = &mut state.classes[class.index()].counts;
        let mut again = false;
        if let Some(figures) = state.models.get_mut(&job.model) {
            figures.count(&outcome, now, ran);
        }
        let result = match outcome {
            Ok(timing) => Ok(Answer {
                timing,
                waited,
                late: now > self.since_start(job.deadline),
            }),
            Err(ExecuteError::Run(error)) => Err(Refusal::Run(error)),
            Err(ExecuteError::Quarantined) => Err(Refusal::Quarantined),
            Err(ExecuteError::Stopped) => Err(Refusal::Stopped),
            Err(ExecuteError::NoWorker) => Err(Refusal::WorkerLost { restarts }),
            Err(ExecuteError::WorkerLost) => {
                job.attempts += 1;
                again = job.attempts < MOST_ATTEMPTS && !state.stopped;
                Err(Refusal::WorkerLost { restarts })
            }
        };
        if again {
            let entry = Entry {
                number,
                class,
                since: began.saturating_sub(waited),
                deadline: self.since_start(job.deadline),
                cost: None,
                item: job,
            };
            match state.dispatcher.put_back(now, entry) {
                Ok(()) => {
                    counts.put_back += 1;
                    drop(guard);
                    self.work.notify_one();
                    return;
                }
                Err(back) => job = back,
            }
        }
        match &result {
            Ok(answer) => {
                counts.answered += 1;
                counts.late += u64::from(answer.late);
            }
            Err(refusal) => counts.count(refusal),
        }
        drop(guard);
        complete(job, result);
    }

    /// Refuses all that waits and lets the lanes end.
    pub(super) fn stop(&self) {
        let mut refused = Vec::new();
        let mut state = self.lock();
        state.stopped = true;
        while let Some(entry) = state.dispatcher.take_any() {
            let counts = &mut state.classes[entry.class.index()].counts;
            counts.count(&Refusal::Stopped);
            refused.push(entry.item);
        }
        drop(state);
        self.work.notify_all();
        for job in refused {
            complete(job, Err(Refusal::Stopped));
        }
        self.executor.stop();
    }

    pub(super) fn statistics(&self) -> Statistics {
        let (backend, workers) = (self.executor.backend(), self.executor.statistics());
        let state = self.lock();
        let now = self.since_start(Instant::now());
        let lanes = state.lanes.iter().map(|lane| lane.statistics(now));
        let models = state.models.iter().map(|(&id, model)| model.statistics(id));
        Statistics {
            backend,
            lanes: lanes.collect(),
            classes: Class::ALL.map(|class| ClassStatistics {
                waiting: state.dispatcher.waiting(class),
                p99_wait: state.classes[class.index()].waits.p99(),
                ..state.classes[class.index()].counts
            }),
            models: models.collect(),
            workers,
        }
    }
}

impl State {
    fn taken(
        &mut self,
        lane: usize,
        now: Duration,
        entry: Entry<Box<Job>>,
        charge: Charge,
    ) -> Taken {
        let waited = now.saturating_sub(entry.since);
        self.lanes[lane].running_since = Some(now);
        self.classes[entry.class.index()].waits.record(now, waited);
        let figures = self.models.get(&entry.item.model);
        Taken {
            usual: figures.and_then(|figures| figures.latency.usual()),
            job: entry.item,
            class: entry.class,
            number: entry.number,
            began: now,
            waited,
            charge,
        }
    }
}

fn refuse_expired(jobs: impl IntoIterator<Item = Box<Job>>) {
    for job in jobs {
        complete(job, Err(Refusal::DeadlinePassed));
    }
}

impl LaneFigures {
    fn ended(&mut self, began: Duration, now: Duration) {
        self.runs += 1;
        self.running_since = None;
        self.load.add(began, now);
    }

    fn statistics(&self, now: Duration) -> LaneStatistics {
        let mut load = self.load.clone();
        if let Some(since) = self.running_since {
            load.add(since, now);
        }
        LaneStatistics {
            runs: self.runs,
            busy: load.share(now),
        }
    }
}

impl ModelFigures {
    fn count(&mut self, outcome: &Result<Timing, ExecuteError>, now: Duration, ran: Duration) {
        match outcome {
            Ok(_) => {
                self.runs += 1;
                self.latency.record(now, ran);
                self.quarantined = false;
            }
            Err(ExecuteError::Quarantined) => self.quarantined = true,
            Err(ExecuteError::Run(_) | ExecuteError::WorkerLost) => self.failures += 1,
            Err(ExecuteError::NoWorker | ExecuteError::Stopped) => {}
        }
    }

    fn statistics(&self, id: ModelId) -> ModelStatistics {
        ModelStatistics {
            id,
            name: self.description.name.clone(),
            manifest: Arc::clone(&self.manifest),
            hash: self.description.hash,
            runs: self.runs,
            failures: self.failures,
            p50: self.latency.p50(),
            p99: self.latency.p99(),
            quarantined: self.quarantined,
        }
    }
}

impl ClassStatistics {
    fn new(class: Class) -> Self {
        Self {
            class,
            waiting: 0,
            offered: 0,
            answered: 0,
            refused_full: 0,
            refused_deadline: 0,
            expired: 0,
            withdrawn: 0,
            failed: 0,
            lost: 0,
            late: 0,
            put_back: 0,
            p99_wait: Duration::ZERO,
        }
    }

    fn count(&mut self, refusal: &Refusal) {
        *match refusal {
            Refusal::QueueFull { .. } => &mut self.refused_full,
            Refusal::DeadlineCannotBeKept { .. } => &mut self.refused_deadline,
            Refusal::DeadlinePassed => &mut self.expired,
            Refusal::WorkerLost { .. } | Refusal::Quarantined | Refusal::Stopped => &mut self.lost,
            Refusal::Run(_) => &mut self.failed,
        } += 1;
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Shared")
    }
}
