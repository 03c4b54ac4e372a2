//! The activation thread: what is going on and how it feels, by the dual activation model.

use super::latest::Giver;
use super::stop::Stop;
use super::supervisor::{Ended, Report, supervise};
use crate::status::{Npu, PartState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use triune_core::{ActivationAnswer, Sense, Timestamp};
use triune_engine::{RealTimeWish, StatePage};
use triune_memory::Memory;
use triune_npu::{Activation, CpuBackend, DualActivation};

/// How often the newest state is offered to the recogniser, which keeps one every tenth of a second.
const INTERVAL: Duration = Duration::from_millis(20);

/// What the status tells of the models.
#[derive(Debug, Default)]
pub(super) struct ActivationFacts {
    npu: Mutex<(Npu, Timestamp)>,
    /// Why no model runs, while none does.
    trouble: Mutex<Option<String>>,
}

impl ActivationFacts {
    pub(super) fn new() -> Arc<Self> {
        let facts = Self::default();
        lock(&facts.npu).0.state = PartState::Starting;
        Arc::new(facts)
    }

    /// The status's view at `now`.
    pub(super) fn view(&self, now: Timestamp) -> Npu {
        let (npu, inferred) = lock(&self.npu).clone();
        let age_ms = (npu.inferences > 0).then(|| now.since(inferred) as f64 / 1e6);
        Npu { age_ms, ..npu }
    }
}

impl ActivationFacts {
    /// Why no model runs, while none does.
    pub(super) fn trouble(&self) -> Option<String> {
        lock(&self.trouble).clone()
    }

    fn running(&self, backend: &str) {
        *lock(&self.trouble) = None;
        let npu = &mut lock(&self.npu).0;
        npu.state = PartState::Running;
        npu.backend = Some(backend.to_owned());
    }

    fn recognised(&self, recogniser: &DualActivation, activation: &Activation) {
        let label = |labels: &[String], index: u32| labels.get(index as usize).cloned();
        let mut held = lock(&self.npu);
        held.1 = activation.newest;
        let npu = &mut held.0;
        npu.situation = label(recogniser.situations(), activation.situation);
        npu.situation_confidence = Some(activation.situation_confidence);
        npu.feeling = label(recogniser.feelings(), activation.feeling);
        npu.feeling_confidence = Some(activation.feeling_confidence);
        npu.confidence = Some(
            activation
                .situation_confidence
                .min(activation.feeling_confidence),
        );
        npu.inferences += 1;
        npu.inference_us = recogniser
            .timing()
            .map(|timing| timing.compute.as_secs_f64() * 1e6);
    }

    /// The window has a gap: what was recognised before holds no longer.
    fn nothing_recognised(&self) {
        let npu = &mut lock(&self.npu).0;
        *npu = Npu {
            backend: npu.backend.take(),
            state: npu.state,
            inferences: npu.inferences,
            ..Npu::default()
        };
    }
}

impl Report for Arc<ActivationFacts> {
    fn absent(&self, why: &str) {
        self.nothing_recognised();
        lock(&self.npu).0.state = PartState::Failed;
        *lock(&self.trouble) = Some(why.to_owned());
    }

    fn restarting(&self) {
        lock(&self.npu).0.state = PartState::Restarting;
    }
}

/// Starts the activation thread.
pub(super) fn start(
    wish: RealTimeWish,
    page: Arc<StatePage>,
    memory: Arc<Memory>,
    mut answers: Giver<ActivationAnswer>,
    facts: Arc<ActivationFacts>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    let told = Arc::clone(&facts);
    let ended = stop.clone();
    supervise("activation", wish, stop, facts, move || {
        let outcome = activate(&page, &memory, &mut answers, &told, &ended);
        answers.give_absent();
        outcome
    })
}

/// One run: loads the model and asks it until it fails or the end comes.
fn activate(
    page: &StatePage,
    memory: &Memory,
    answers: &mut Giver<ActivationAnswer>,
    facts: &ActivationFacts,
    stop: &Stop,
) -> Ended {
    // Made on this thread: the backend's own threads stay on its processors.
    let backend = CpuBackend::new();
    let mut recogniser = match DualActivation::load_shipped(&backend) {
        Ok(recogniser) => recogniser,
        Err(error) => return Ended::NotFitted(error.to_string()),
    };
    facts.running(recogniser.backend_name());
    let rests_on = [Sense::Hear, Sense::See, Sense::Feel];
    while !stop.wait(INTERVAL) {
        // It rests on three senses together. While one is refused the window gets no states, and
        // starts anew after the gap.
        if !rests_on
            .into_iter()
            .all(|sense| memory.consent().allows(sense))
        {
            answers.give_absent();
            facts.nothing_recognised();
            continue;
        }
        if !recogniser.observe(&page.read()) {
            continue;
        }
        match recogniser.activate() {
            Ok(Some(activation)) => {
                answers.give(activation.answer(activation.newest), activation.newest);
                facts.recognised(&recogniser, &activation);
            }
            Ok(None) => {
                answers.give_absent();
                facts.nothing_recognised();
            }
            Err(error) => return Ended::Failed(error.to_string()),
        }
    }
    Ended::Stopped
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
