//! What a refused sense left in the state leaves the essence with the refusal.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, small, state};
use triune_core::{Average, Consent, SceneFeature, Sense, State};
use triune_memory::catalog::ConsentSource;
use triune_memory::{Memory, Opened};

const ALLOWED: Consent = Consent::ALL;

/// A state of somebody who has heard something.
fn having_heard(number: u64) -> State {
    let mut state = state(number);
    state.observation.consent = ALLOWED.bits();
    state.environmental.scene[SceneFeature::Loudness as usize] = Average {
        now: 0.5,
        short: 0.5,
        long: 0.5,
        confidence: 1.0,
        evidence: 60.0,
    };
    state
}

fn has_heard(state: &State) -> bool {
    state.environmental.scene[SceneFeature::Loudness as usize] != Average::default()
}

fn refuse_and_allow(memory: &Memory) {
    for consent in [ALLOWED.with(Sense::Hear, false), ALLOWED] {
        memory.set_consent(consent, ConsentSource::Api).unwrap();
    }
}

#[test]
fn a_refusal_of_somebody_who_does_not_cycle_lasts_though_it_is_taken_back() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let _ = opened.cycle.remember(&having_heard(7), None);
    opened.memory.close().unwrap();

    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(has_heard(&opened.essence().unwrap().state));
    refuse_and_allow(&opened.memory);
    opened.memory.close().unwrap();

    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let essence = *opened.essence().unwrap();
    assert!(!has_heard(&essence.state), "it is back");
    assert_eq!(essence.consent, ALLOWED);
    assert_eq!(essence.state.cycle, 7, "the rest is kept");
}

#[test]
fn a_refusal_of_somebody_who_waits_for_a_cycle_lasts_until_that_cycle() {
    let root = tempfile::tempdir().unwrap();
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root.path(), BEING, &small()).unwrap();
    let _ = cycle.remember(&having_heard(7), None);
    refuse_and_allow(&memory);
    memory.close().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(!has_heard(&opened.essence().unwrap().state), "it is back");

    // What a later cycle heard is kept again.
    let Opened {
        memory, mut cycle, ..
    } = opened;
    refuse_and_allow(&memory);
    let _ = cycle.remember(&having_heard(8), None);
    memory.close().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(has_heard(&opened.essence().unwrap().state));
}
