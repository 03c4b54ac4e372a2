//! Loops that are late, and the words that wait for them.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene};
use std::collections::VecDeque;
use triune_core::*;
use triune_engine::*;

/// Leaves out what the script says; runs everything when it has ended.
struct Tardy {
    joined: VecDeque<LoopSet>,
}

impl Executor for Tardy {
    fn run(
        &mut self,
        works: &mut [BeingWork],
        elapsed: Nanoseconds,
        _deadline: Timestamp,
    ) -> LoopSet {
        let joined = self.joined.pop_front().unwrap_or(LoopSet::ALL);
        for work in works {
            let (state, parameters) = (&work.being.state, &work.being.parameters);
            for kind in LoopKind::ALL {
                if joined.contains(kind) {
                    work.loops
                        .run(kind, state, &work.percept, parameters, elapsed);
                }
            }
        }
        joined
    }
}

const WITHOUT_ANALYTICAL: LoopSet = LoopSet::ALL.with(LoopKind::Analytical, false);

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
fn a_run_with_late_loops_replays() {
    let mut scene = scene(&[WITHOUT_ANALYTICAL, LoopSet::NONE, LoopSet::ALL]);
    scene.own[0].tell("late but true");
    scene.cycle(20);
    for id in [BeingId(1), BeingId(2)] {
        let mut state = State::at_rest(id);
        let cycles = scene.witness.cycles();
        for (cycle, step) in cycles.iter().zip(scene.witness.steps(id)) {
            let parameters = Parameters::default();
            (state, _) = step_joined(
                &state,
                &step.percept,
                cycle.joined,
                step.consent,
                &parameters,
                cycle.tick,
            );
            assert_eq!(state, step.state);
        }
    }
}
