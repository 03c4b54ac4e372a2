//! A place for one request: its buffers, and how its answer comes back.

use super::class::Class;
use super::executor::ModelId;
use super::refusal::Refusal;
use super::state::Shared;
use crate::model::{ModelDescription, Timing};
use crate::tensor::{Tensor, TensorMut, TensorRef};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a request was answered; the outputs stand in the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How long the run took.
    pub timing: Timing,
    /// From the submission to the start of the run.
    pub waited: Duration,
    /// Whether the deadline had passed when the run ended.
    pub late: bool,
}

/// The end of a request: the slot comes back whatever happened, to be used again.
#[derive(Debug)]
pub struct Done {
    /// The place, with the inputs as they were and, after an answer, the outputs.
    pub slot: Slot,
    /// The answer, or why there is none.
    pub result: Result<Answer, Refusal>,
}

/// What a request carries.
pub(super) struct Job {
    pub(super) model: ModelId,
    pub(super) description: Arc<ModelDescription>,
    pub(super) inputs: Vec<Tensor>,
    pub(super) outputs: Vec<Tensor>,
    pub(super) completion: Arc<Completion>,
    pub(super) deadline: Instant,
    pub(super) submitted: Instant,
    /// How often it was begun.
    pub(super) attempts: u32,
}

enum Stage {
    Open,
    Done(Box<Job>, Result<Answer, Refusal>),
    Taken,
    /// Nobody waits for it.
    Abandoned,
}

/// Where an answer is left.
pub(super) struct Completion {
    stage: Mutex<Stage>,
    bell: Condvar,
}

impl Completion {
    fn lock(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves the answer for who waits, if anybody does.
pub(super) fn complete(job: Box<Job>, result: Result<Answer, Refusal>) {
    let completion = Arc::clone(&job.completion);
    let mut stage = completion.lock();
    if matches!(*stage, Stage::Open) {
        *stage = Stage::Done(job, result);
        completion.bell.notify_all();
    }
}

/// A place for one request to one model, with buffers of its own: filled in place, used again.
pub struct Slot {
    job: Box<Job>,
    shared: Arc<Shared>,
}

impl Slot {
    pub(super) fn new(
        model: ModelId,
        description: Arc<ModelDescription>,
        shared: Arc<Shared>,
    ) -> Self {
        let now = Instant::now();
        let job = Box::new(Job {
            model,
            inputs: description.inputs.iter().map(Tensor::zero).collect(),
            outputs: description.outputs.iter().map(Tensor::zero).collect(),
            description,
            completion: Arc::new(Completion {
                stage: Mutex::new(Stage::Open),
                bell: Condvar::new(),
            }),
            deadline: now,
            submitted: now,
            attempts: 0,
        });
        Self { job, shared }
    }

    /// What the model takes and yields.
    #[must_use]
    pub fn describe(&self) -> &ModelDescription {
        &self.job.description
    }

    /// An input to fill.
    ///
    /// # Panics
    /// If the model has no such input.
    #[must_use]
    pub fn input(&mut self, index: usize) -> TensorMut<'_> {
        self.job.inputs[index].view_mut()
    }

    /// An output: what the last answered request yielded; without meaning after a refusal.
    ///
    /// # Panics
    /// If the model has no such output.
    #[must_use]
    pub fn output(&self, index: usize) -> TensorRef<'_> {
        self.job.outputs[index].view()
    }

    /// Hands the request over. It is answered or refused exactly once; a refusal at once is told
    /// by the ticket too.
    #[must_use = "a ticket that is dropped withdraws its request"]
    pub fn submit(mut self, class: Class, deadline: Instant) -> Ticket {
        self.job.submitted = Instant::now();
        self.job.deadline = deadline;
        self.job.attempts = 0;
        let completion = Arc::clone(&self.job.completion);
        *completion.lock() = Stage::Open;
        let number = self.shared.submit(self.job, class);
        Ticket {
            shared: self.shared,
            completion,
            class,
            number,
            deadline,
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Slot({})", self.job.description.name)
    }
}

/// The right to one answer.
#[derive(Debug)]
pub struct Ticket {
    shared: Arc<Shared>,
    completion: Arc<Completion>,
    class: Class,
    number: u64,
    deadline: Instant,
}

impl Ticket {
    /// Waits for the answer. A request that still waits at its deadline is refused then; one that
    /// runs is waited for.
    #[must_use]
    pub fn wait(self) -> Done {
        let mut may_wait_on = true;
        let mut stage = self.completion.lock();
        loop {
            if let Some((job, result)) = taken(&mut stage) {
                drop(stage);
                return self.done(job, result);
            }
            if !may_wait_on {
                stage = self
                    .completion
                    .bell
                    .wait(stage)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                let waited = self.completion.bell.wait_timeout(stage, left);
                stage = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            may_wait_on = false;
            drop(stage);
            if let Some(job) = self.shared.expire(self.class, self.number) {
                return self.done(job, Err(Refusal::DeadlinePassed));
            }
            stage = self.completion.lock();
        }
    }

    /// The answer if it is there, else the ticket again.
    ///
    /// # Errors
    /// The ticket, while there is no answer.
    pub fn poll(self) -> Result<Done, Self> {
        let taken = taken(&mut self.completion.lock());
        if let Some((job, result)) = taken {
            return Ok(self.done(job, result));
        }
        if Instant::now() >= self.deadline
            && let Some(job) = self.shared.expire(self.class, self.number)
        {
            return Ok(self.done(job, Err(Refusal::DeadlinePassed)));
        }
        Err(self)
    }

    /// Waits for the answer until `limit`, also for a request that runs.
    ///
    /// # Errors
    /// The ticket, while there is no answer.
    pub fn wait_until(self, limit: Instant) -> Result<Done, Self> {
        let mut stage = self.completion.lock();
        while matches!(*stage, Stage::Open) {
            let left = limit.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.completion.bell.wait_timeout(stage, left);
            stage = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(stage);
        self.poll()
    }

    fn done(&self, job: Box<Job>, result: Result<Answer, Refusal>) -> Done {
        let shared = Arc::clone(&self.shared);
        Done {
            slot: Slot { job, shared },
            result,
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Also what holds an answer is dropped here: it holds this very completion.
        let stage = std::mem::replace(&mut *self.completion.lock(), Stage::Abandoned);
        if matches!(stage, Stage::Open) {
            self.shared.withdraw(self.class, self.number);
        }
    }
}

fn taken(stage: &mut Stage) -> Option<(Box<Job>, Result<Answer, Refusal>)> {
    match std::mem::replace(stage, Stage::Taken) {
        Stage::Done(job, result) => Some((job, result)),
        other => {
            *stage = other;
            None
        }
    }
}

impl fmt::Debug for Completion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Completion")
    }
}
