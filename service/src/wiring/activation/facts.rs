//! The activation thread: what is going on and how it feels, by the dual activation model.

use super::desk::Desk;
use super::household::ConsentCell;
use super::latest::Giver;
use super::stop::Stop;
use super::supervisor::{Ended, Report, supervise};
use crate::status::{Npu, PartState};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use triune_core::{ACTIVATION_SPAN, ActivationAnswer, BeingId, Sense, Timestamp};
use triune_engine::{RealTimeWish, StatePage};
use triune_npu::{Activation, DualActivation, PureRustBackend, RunError};

/// How often the newest state is offered to the recogniser, which keeps one every tenth of a second.
const INTERVAL: Duration = Duration::from_millis(20);

/// What the status tells of the models.
#[derive(Debug, Default)]
pub(super) struct ActivationFacts {
    /// The view, and the newest state that it rests on.
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

    /// The status's view at `now`, of somebody whose senses have all been allowed `since` then; `None`
    /// while one is refused. What rests on states of before that is not told.
    pub(super) fn view(&self, now: Timestamp, since: Option<Timestamp>) -> Npu {
        let (npu, newest) = lock(&self.npu).clone();
        if since.is_none_or(|since| newest < since.after(ACTIVATION_SPAN)) {
            return Npu {
                backend: npu.backend,
                state: npu.state,
                ..Npu::default()
            };
        }
        let age_ms = (npu.inferences > 0).then(|| now.since(newest) as f64 / 1e6);
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

/// One being's states, and where what is recognised in them goes.
pub(super) struct Watched {
    pub(super) page: Arc<StatePage>,
    pub(super) consent: ConsentCell,
    pub(super) answers: Giver<ActivationAnswer>,
}

impl Watched {
    /// What is recognised rests on three senses together.
    fn may_be_recognised(&self) -> bool {
        let consent = self.consent.get();
        [Sense::Hear, Sense::See, Sense::Feel]
            .into_iter()
            .all(|sense| consent.allows(sense))
    }
}

/// Starts the activation thread.
pub(super) fn start(
    wish: RealTimeWish,
    watched: Desk<Watched>,
    facts: Arc<ActivationFacts>,
    stop: Stop,
) -> std::io::Result<JoinHandle<()>> {
    let told = Arc::clone(&facts);
    let ended = stop.clone();
    supervise("activation", wish, stop, facts, move || {
        let outcome = activate(&watched, &told, &ended);
        for watched in watched.entries().values_mut() {
            watched.answers.give_absent();
        }
        outcome
    })
}

/// One run: loads the model for each being and asks it until it fails or the end comes.
fn activate(desk: &Desk<Watched>, facts: &ActivationFacts, stop: &Stop) -> Ended {
    // Made on this thread: the backend's own threads stay on its processors.
    let backend = PureRustBackend::new();
    let mut recognisers: BTreeMap<BeingId, DualActivation> = BTreeMap::new();
    while !stop.wait(INTERVAL) {
        let mut entries = desk.entries();
        recognisers.retain(|being, _| entries.contains_key(being));
        if !entries.contains_key(&BeingId::FIRST) {
            // It is being erased, and so is what was recognised in it.
            facts.nothing_recognised();
        }
        for (&being, watched) in entries.iter_mut() {
            let recogniser = match recognisers.entry(being) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => match DualActivation::load_shipped(&backend) {
                    Ok(recogniser) => {
                        facts.running(recogniser.backend_name());
                        entry.insert(recogniser)
                    }
                    Err(error) => return Ended::NotFitted(error.to_string()),
                },
            };
            // The status speaks of the first being.
            let facts = (being == BeingId::FIRST).then_some(facts);
            if let Err(error) = recognise(watched, recogniser, facts) {
                return Ended::Failed(error.to_string());
            }
        }
    }
    Ended::Stopped
}

/// Offers one being's newest state to its recogniser, and answers when there is an answer.
fn recognise(
    watched: &mut Watched,
    recogniser: &mut DualActivation,
    facts: Option<&ActivationFacts>,
) -> Result<(), RunError> {
    // While a sense is refused the window gets no states, and starts anew after the gap.
    if watched.may_be_recognised() {
        if !recogniser.observe(&watched.page.read()) {
            return Ok(());
        }
        if let Some(activation) = recogniser.activate()? {
            let answer = activation.answer(activation.newest);
            watched.answers.give(answer, activation.newest);
            if let Some(facts) = facts {
                facts.recognised(recogniser, &activation);
            }
            return Ok(());
        }
    }
    watched.answers.give_absent();
    if let Some(facts) = facts {
        facts.nothing_recognised();
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_states_before_a_refusal_is_not_told() {
        let facts = ActivationFacts::new();
        let newest = Timestamp(10 * ACTIVATION_SPAN);
        *lock(&facts.npu) = (
            Npu {
                situation: Some("conversation".to_owned()),
                inferences: 3,
                ..Npu::default()
            },
            newest,
        );
        let told = |since| facts.view(newest, since).situation.is_some();
        assert!(told(Some(Timestamp(9 * ACTIVATION_SPAN))));
        assert!(!told(Some(Timestamp(9 * ACTIVATION_SPAN + 1))));
        assert!(!told(Some(newest)));
        assert!(!told(None));
    }
}
