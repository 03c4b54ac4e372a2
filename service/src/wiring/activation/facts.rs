//! What the status tells of the models, and what they recognised.

use super::freshness::Freshness;
use super::models::{fill, models_view};
use super::pace::STALE;
use super::workers::Workers;
use crate::http::{ActivationView, ModelsView, ReleaseError};
use crate::status::{Npu, PartState};
use crate::wiring::supervisor::Report;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use triune_core::{ACTIVATION_SPAN, BeingId, Nanoseconds, Timestamp};
use triune_npu::scheduler::{ModelId, Refusal, Scheduler};
use triune_npu::{Activation, ActivationHeads};

/// Refusals without an answer between them from which on it is told that no model runs: a second of
/// them at 250 Hz.
const MANY: u32 = 250;

/// What the status tells of the models.
#[derive(Debug, Default)]
pub(in crate::wiring) struct ActivationFacts(Mutex<Facts>);

#[derive(Debug, Default)]
struct Facts {
    backend: Option<String>,
    state: PartState,
    /// Why no model runs, or not the one that should.
    trouble: Option<String>,
    /// Why nothing was answered of late.
    unanswered: Option<String>,
    /// Why no patterns are looked for.
    no_patterns: Option<String>,
    refused_in_a_row: u32,
    inferences: u64,
    freshness: Freshness,
    recognised: BTreeMap<BeingId, Recognised>,
    scheduler: Weak<Scheduler>,
    model: Option<ModelId>,
    /// Whether another backend than the board's own runs, because that was of no use.
    is_stand_in: bool,
    /// Whether the board's own is to be tried again.
    is_released: bool,
}

/// What was recognised in one being.
#[derive(Clone, Debug, Default)]
struct Recognised {
    activation: ActivationView,
    /// The newest state that it rests on.
    newest: Timestamp,
}

impl Recognised {
    /// The same at `now` for somebody whose senses have all been allowed `since` then; `None` while
    /// one is refused. What rests on states of before that is not told, nor what is old.
    fn told(&self, now: Timestamp, since: Option<Timestamp>) -> Option<ActivationView> {
        let is_allowed = since.is_some_and(|since| self.newest >= since.after(ACTIVATION_SPAN));
        let age = now.since(self.newest);
        (is_allowed && age <= STALE).then(|| ActivationView {
            age_ms: age as f64 / 1e6,
            ..self.activation.clone()
        })
    }
}

impl ActivationFacts {
    pub(in crate::wiring) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Facts {
            state: PartState::Starting,
            ..Facts::default()
        })))
    }

    /// What was recognised in a being; see [`Self::view`].
    pub(in crate::wiring) fn activation(
        &self,
        being: BeingId,
        now: Timestamp,
        since: Option<Timestamp>,
    ) -> Option<ActivationView> {
        lock(&self.0).recognised.get(&being)?.told(now, since)
    }

    /// The status's view at `now`, of somebody whose senses have all been allowed `since` then; `None`
    /// while one is refused. What rests on states of before that is not told.
    pub(in crate::wiring) fn view(&self, now: Timestamp, since: Option<Timestamp>) -> Npu {
        let facts = lock(&self.0);
        let (scheduler, model) = (facts.scheduler.upgrade(), facts.model);
        let mut npu = Npu {
            backend: facts.backend.clone(),
            state: facts.state,
            inferences: facts.inferences,
            fresh_share: facts.freshness.share(),
            no_patterns: facts.no_patterns.clone(),
            ..Npu::default()
        };
        let first = facts.recognised.get(&BeingId::FIRST);
        let told = first.and_then(|recognised| recognised.told(now, since));
        // Its locks are others.
        drop(facts);
        if let Some(told) = told {
            npu.confidence = Some(told.situation_confidence.min(told.feeling_confidence));
            npu.situation = Some(told.situation);
            npu.situation_confidence = Some(told.situation_confidence);
            npu.feeling = Some(told.feeling);
            npu.feeling_confidence = Some(told.feeling_confidence);
            npu.age_ms = Some(told.age_ms);
        }
        if let Some(scheduler) = scheduler {
            fill(&mut npu, &scheduler.statistics(), model);
        }
        npu
    }

    /// The models that are loaded.
    pub(in crate::wiring) fn models(&self) -> ModelsView {
        let scheduler = lock(&self.0).scheduler.upgrade();
        scheduler.map_or_else(ModelsView::default, |scheduler| {
            models_view(&scheduler.statistics())
        })
    }

    /// Lets a model run again where it was set aside; from the next round on.
    pub(in crate::wiring) fn release(&self, model: &str) -> Result<(), ReleaseError> {
        let is_known = self
            .models()
            .models
            .iter()
            .any(|one| one.model.name == model);
        let mut facts = lock(&self.0);
        match (is_known, facts.is_stand_in) {
            (false, _) => Err(ReleaseError::NoSuchModel(model.to_owned())),
            (true, false) => Err(ReleaseError::NotSetAside(model.to_owned())),
            (true, true) => {
                facts.is_released = true;
                Ok(())
            }
        }
    }

    /// Whether the board's own backend is to be tried again; told once.
    pub(super) fn is_released(&self) -> bool {
        std::mem::take(&mut lock(&self.0).is_released)
    }

    /// Why no model runs, or not the one that should.
    pub(in crate::wiring) fn trouble(&self) -> Option<String> {
        let facts = lock(&self.0);
        facts
            .unanswered
            .as_ref()
            .or(facts.trouble.as_ref())
            .cloned()
    }

    /// These run, in place of what did not because of `why`.
    pub(super) fn running(&self, workers: &Workers, why: Option<&str>) {
        let mut facts = lock(&self.0);
        facts.state = match why {
            Some(_) => PartState::Degraded,
            None => PartState::Running,
        };
        (facts.is_stand_in, facts.is_released) = (why.is_some(), false);
        let backend = workers.backend();
        facts.trouble = why
            .map(|why| format!("{backend} takes the place of the board's own: {why}"))
            .or_else(|| workers.set_back.clone());
        facts.backend = Some(backend);
        facts.no_patterns = workers.known.as_ref().err().cloned();
        facts.unanswered = None;
        facts.refused_in_a_row = 0;
        facts.scheduler = Arc::downgrade(&workers.scheduler);
        facts.model = Some(workers.model);
    }

    /// Cycles have gone by while there was something to recognise; see [`Freshness::passed`].
    pub(super) fn passed(&self, passed: u64, cycle: u64, time: Timestamp, period: Nanoseconds) {
        lock(&self.0).freshness.passed(passed, cycle, time, period);
    }

    /// This was recognised in a being's state of `cycle`, and given at `now`.
    pub(super) fn recognised(
        &self,
        being: BeingId,
        heads: &ActivationHeads,
        activation: &Activation,
        cycle: u64,
        now: Timestamp,
    ) {
        let label = |labels: &[String], index: u32| {
            let label = labels.get(index as usize);
            label.cloned().unwrap_or_default()
        };
        let recognised = Recognised {
            activation: ActivationView {
                situation: label(heads.situations(), activation.situation),
                situation_confidence: activation.situation_confidence,
                feeling: label(heads.feelings(), activation.feeling),
                feeling_confidence: activation.feeling_confidence,
                age_ms: 0.0,
                // Who knows the being's patterns adds it.
                pattern: None,
            },
            newest: activation.newest,
        };
        let mut facts = lock(&self.0);
        facts.inferences += 1;
        facts.refused_in_a_row = 0;
        facts.unanswered = None;
        if being == BeingId::FIRST {
            facts.freshness.answered(cycle, now);
        }
        facts.recognised.insert(being, recognised);
    }

    /// A question was refused.
    pub(super) fn refused(&self, refusal: &Refusal) {
        let mut facts = lock(&self.0);
        facts.refused_in_a_row += 1;
        if facts.refused_in_a_row >= MANY && facts.unanswered.is_none() {
            facts.unanswered = Some(format!("nothing is recognised: {refusal}"));
            log::warn!("activation: {refusal}");
        }
    }

    /// What was recognised in a being before holds no longer.
    pub(super) fn nothing_recognised(&self, being: BeingId) {
        lock(&self.0).recognised.remove(&being);
    }

    /// Whoever is not there any more is forgotten.
    pub(super) fn keep_only(&self, is_there: impl Fn(&BeingId) -> bool) {
        lock(&self.0).recognised.retain(|being, _| is_there(being));
    }
}

impl Report for Arc<ActivationFacts> {
    fn absent(&self, why: &str) {
        let mut facts = lock(&self.0);
        facts.recognised.clear();
        facts.state = PartState::Failed;
        facts.trouble = Some(why.to_owned());
    }

    fn restarting(&self) {
        lock(&self.0).state = PartState::Restarting;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(newest: Timestamp) -> Arc<ActivationFacts> {
        let facts = ActivationFacts::new();
        let activation = ActivationView {
            situation: "conversation".to_owned(),
            ..ActivationView::default()
        };
        let recognised = Recognised { activation, newest };
        lock(&facts.0).recognised.insert(BeingId::FIRST, recognised);
        facts
    }

    #[test]
    fn what_rests_on_states_before_a_refusal_is_not_told() {
        let newest = Timestamp(10 * ACTIVATION_SPAN);
        let facts = recognised(newest);
        let told = |since| {
            let told = facts.view(newest, since).situation.is_some();
            assert_eq!(
                told,
                facts.activation(BeingId::FIRST, newest, since).is_some()
            );
            told
        };
        assert!(told(Some(Timestamp(9 * ACTIVATION_SPAN))));
        assert!(!told(Some(Timestamp(9 * ACTIVATION_SPAN + 1))));
        assert!(!told(Some(newest)));
        assert!(!told(None));
    }

    #[test]
    fn what_is_old_or_of_somebody_else_is_not_told() {
        let newest = Timestamp(10 * ACTIVATION_SPAN);
        let facts = recognised(newest);
        let told = |being, later| {
            let told = facts.activation(being, newest.after(later), Some(Timestamp(0)));
            told.map(|told| told.age_ms)
        };
        assert_eq!(told(BeingId::FIRST, 4_000_000), Some(4.0));
        assert_eq!(told(BeingId::FIRST, STALE), Some(500.0));
        assert_eq!(told(BeingId::FIRST, STALE + 1), None);
        assert_eq!(told(BeingId(2), 0), None);
        facts.keep_only(|being| *being != BeingId::FIRST);
        assert_eq!(told(BeingId::FIRST, 0), None);
    }
}
