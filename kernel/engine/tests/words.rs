//! Loops that are late, and the words that wait for them.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene, Tardy, WITHOUT_ANALYTICAL};
use triune_core::*;
use triune_engine::*;

fn scene(joined: &[LoopSet]) -> Scene<Tardy> {
    let joined = joined.iter().copied().collect();
    Scene::on(Tardy { joined }, 2, vec![], KernelSettings::default())
}

fn told(scene: &Scene<Tardy>) -> Vec<ToldPercept> {
    let steps = scene.witness.steps(BeingId(1));
    steps.iter().map(|step| step.percept.told).collect()
}

#[test]
fn words_are_offered_again_until_the_loop_has_had_them() {
    let mut scene = scene(&[LoopSet::ALL, WITHOUT_ANALYTICAL, WITHOUT_ANALYTICAL]);
    scene.cycle(1);
    scene.own[0].tell("the sun rises");
    scene.cycle(4);
    let words = ToldPercept::from_text("the sun rises");
    assert_eq!(
        told(&scene),
        [
            ToldPercept::ABSENT,
            words,
            words.aged(PERIOD),
            words.aged(2 * PERIOD),
            ToldPercept::ABSENT,
        ]
    );
    let states = scene.own[0].states();
    assert_eq!(states[2].analytical.meaning, 0.0, "not heard yet");
    assert_eq!(
        states[2].stale_loops(),
        LoopSet::NONE.with(LoopKind::Analytical, true)
    );
    assert!(states[3].analytical.meaning > 0.0, "heard in the end");
    assert_eq!(scene.counted().late_joins, [0, 2, 0]);
}

#[test]
fn later_words_wait_for_earlier_ones() {
    let mut scene = scene(&[WITHOUT_ANALYTICAL; 3]);
    for words in ["one", "two", "three"] {
        scene.own[0].tell(words);
    }
    scene.cycle(7);
    let fingerprint = |words: &str| ToldPercept::from_text(words).fingerprint();
    let heard: Vec<_> = told(&scene)[3..]
        .iter()
        .map(ToldPercept::fingerprint)
        .collect();
    // Each reaches the loop whole and in its own cycle, so that memory finds its text.
    assert_eq!(
        heard,
        [
            fingerprint("one"),
            fingerprint("two"),
            fingerprint("three"),
            0
        ]
    );
}

#[test]
fn words_beyond_the_list_are_counted_and_told() {
    let mut scene = scene(&[WITHOUT_ANALYTICAL; 20]);
    for number in 0..10 {
        scene.own[0].tell(&format!("word {number}"));
    }
    scene.cycle(40);
    let lost = scene.witness.events();
    assert_eq!(lost, [KernelEvent::WordsLost(BeingId(1)); 2]);
    assert_eq!(scene.counted().lost_words, 2);
    assert_eq!(
        told(&scene)[20..]
            .iter()
            .filter(|told| told.count > 0)
            .count(),
        8
    );
}

#[test]
fn waiting_words_stay_with_their_being_when_others_have_their_turn() {
    let burst = BurstSettings {
        steady_beings: 1,
        burst_beings: 2,
        longest: 1_000_000_000,
        rest: 0,
        rate: None,
        cost_limit: 70,
        by_itself: false,
    };
    let settings = KernelSettings {
        burst: Some(burst),
        ..KernelSettings::default()
    };
    let joined = [WITHOUT_ANALYTICAL; 4].into();
    let mut scene = Scene::on(Tardy { joined }, 3, vec![], settings);
    scene.own[1].tell("mine alone");
    let ask = |scene: &mut Scene<Tardy>, command| {
        scene.ask(Command::Burst(command)).expect("possible");
    };
    ask(&mut scene, BurstCommand::Start);
    scene.cycle(2);
    // The second being has not heard its words yet when the third has its turn.
    ask(&mut scene, BurstCommand::End);
    ask(&mut scene, BurstCommand::Start);
    scene.cycle(5);
    let heard = |id| {
        let steps = scene.witness.steps(BeingId(id));
        steps
            .iter()
            .filter(|step| step.percept.told.count > 0)
            .count()
    };
    assert_eq!((heard(2), heard(3)), (3, 0));
    ask(&mut scene, BurstCommand::End);
    ask(&mut scene, BurstCommand::Start);
    let step = scene.witness.steps(BeingId(2)).pop().expect("a step");
    let words = ToldPercept::from_text("mine alone");
    assert_eq!(step.percept.told.fingerprint(), words.fingerprint());
    assert_eq!(step.percept.told.age, step.state.time.0 - PERIOD);
}
