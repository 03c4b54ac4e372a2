//! Sovereignty: no being sees or changes another.
#![allow(missing_docs)]
mod common;
use common::{Own, Scene, resident};
use proptest::prelude::*;
use std::collections::BTreeSet;
use triune_core::*;
use triune_engine::*;

#[test]
fn a_port_is_handed_its_own_being_only() {
    let mut scene = Scene::new(3, vec![]);
    scene.own[1].tell("only the second being hears this");
    scene.cycle(300);
    for (id, own) in (1..).zip(&scene.own) {
        let beings: BTreeSet<_> = own.states().iter().map(|state| state.being).collect();
        assert_eq!(beings, BTreeSet::from([BeingId(id)]));
        let questions = own.questions.lock().expect("lock");
        assert!(!questions.is_empty());
        assert!(questions.iter().all(|asked| asked.being == BeingId(id)));
    }
    // Words of one being leave no bit in another.
    let [one, two, three] = [0, 1, 2].map(|number: usize| scene.own[number].states()[299]);
    assert_ne!(one.analytical, two.analytical);
    assert_eq!(one.analytical, three.analytical);
}

#[test]
fn equal_inputs_and_unequal_consents_make_unequal_beings() {
    let mut scene = Scene::new(2, vec![]);
    let deaf = Consent::ALL.with(Sense::Hear, false);
    scene
        .ask(Command::Consent(BeingId(2), deaf))
        .expect("there");
    scene.cycle(100);
    let (hears, deaf) = (scene.own[0].states()[100], scene.own[1].states()[100]);
    let loudness = |state: &State| state.environmental.scene[SceneFeature::Loudness as usize];
    assert!(loudness(&hears).confidence > 0.0);
    assert_eq!(loudness(&deaf), Average::default());
    let step = scene.witness.steps(BeingId(2)).pop().expect("a step");
    assert_eq!(step.percept.hearing, HearingPercept::ABSENT);
    assert!(step.percept.sight.brightness.is_present());
}

/// The states of being 1 in a life with nobody else.
fn alone(cycles: u64) -> Vec<State> {
    let mut scene = Scene::new(1, vec![]);
    scene.own[0].tell("good morning");
    scene.cycle(cycles);
    scene.own[0].states()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Others come, change and go in any order: not one bit of the first being changes.
    #[test]
    fn company_changes_no_bit(doings in prop::collection::vec((0_u8..5, 2_u64..6), 1..60)) {
        let mut scene = Scene::new(1, vec![]);
        scene.own[0].tell("good morning");
        for &(doing, id) in &doings {
            let other = BeingId(id);
            let command = match doing {
                0 | 1 => Command::Add(resident(id, &Own::default())),
                2 => Command::Remove(other),
                3 => Command::Consent(other, Consent::NONE),
                _ => Command::Parameters(other, Parameters {
                    centre_damping: 2.0,
                    ..Parameters::default()
                }),
            };
            let _followed_or_refused = scene.ask(command);
        }
        prop_assert_eq!(scene.own[0].states(), alone(doings.len() as u64));
    }
}
