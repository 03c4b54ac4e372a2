//! Scenes: what is taken from a state, and histories.
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use triune_core::{
    Being, BeingId, Consent, EnergyCentre, Judgement, Percept, Sense, Tick, Timestamp, step,
};
use triune_gpu::{FaceScene, HISTORY_SAMPLES, History, LightVehicle};

/// Four milliseconds: 250 hertz.
const PERIOD: u64 = 4_000_000;

/// A being's state after a second of `percept`.
fn lived(percept: &Percept, consent: Consent) -> triune_core::State {
    let being = Being::new(BeingId::FIRST);
    let mut state = being.state;
    for cycle in 1..=250 {
        let tick = Tick {
            time: Timestamp(cycle * PERIOD),
            elapsed: PERIOD,
        };
        state = step(&state, percept, consent, &being.parameters, tick).0;
    }
    state
}

fn hearing_only() -> Percept {
    let mut percept = Percept::ABSENT;
    percept.hearing.level = Judgement::fresh(-20.0, 1.0);
    percept.hearing.speech = Judgement::fresh(0.9, 1.0);
    percept
}

#[test]
fn a_state_before_its_first_cycle_tells_nothing() {
    let state = Being::new(BeingId::FIRST).state;
    assert_eq!(LightVehicle::of(&state), None);
    assert_eq!(FaceScene::of_state(&state), FaceScene::default());
}

#[test]
fn centres_whose_sense_is_absent_are_unknown() {
    let vehicle = LightVehicle::of(&lived(&hearing_only(), Consent::ALL)).unwrap();
    let centre = |centre: EnergyCentre| vehicle.centres[centre as usize];
    assert!(centre(EnergyCentre::Voice).unwrap().value > 0.3);
    assert!(centre(EnergyCentre::Sound).unwrap().value > 0.3);
    assert_eq!(centre(EnergyCentre::Motion), None);
    assert_eq!(centre(EnergyCentre::Vitality), None);
    assert!(centre(EnergyCentre::Coherence).is_some());
}

#[test]
fn a_refused_sense_leaves_its_centres_unknown() {
    let consent = Consent::ALL.with(Sense::Hear, false);
    let vehicle = LightVehicle::of(&lived(&hearing_only(), consent)).unwrap();
    assert_eq!(vehicle.centres[EnergyCentre::Voice as usize], None);
    assert_eq!(vehicle.centres[EnergyCentre::Sound as usize], None);
}

#[test]
fn the_scene_of_a_state_holds_its_figures() {
    let state = lived(&hearing_only(), Consent::ALL);
    let scene = FaceScene::of_state(&state);
    assert_eq!(scene.kept, Some(u64::from(state.observation.kept)));
    let vehicle = scene.vehicle.unwrap();
    assert_eq!(vehicle.cycle, 250);
    assert_eq!(vehicle.coherence, Some(state.observation.coherence));
    assert_eq!(vehicle.arousal, Some(state.experiential.arousal));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_keeps_the_newest(values in proptest::collection::vec(any::<Option<i16>>(), 0..600)) {
        let values: Vec<Option<f32>> = values.into_iter().map(|value| value.map(f32::from)).collect();
        let history: History = values.iter().copied().collect();
        let newest = &values[values.len().saturating_sub(HISTORY_SAMPLES)..];
        prop_assert_eq!(history.iter().collect::<Vec<_>>(), newest);
        prop_assert_eq!(history.len(), newest.len());
        prop_assert_eq!(history.is_empty(), newest.is_empty());
    }
}

#[test]
fn what_is_not_a_number_is_unknown_in_a_history() {
    let history: History = [Some(f32::NAN), Some(f32::INFINITY), Some(1.0)]
        .into_iter()
        .collect();
    assert_eq!(history.iter().collect::<Vec<_>>(), [None, None, Some(1.0)]);
}
