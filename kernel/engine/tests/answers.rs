//! Answers that rest on what a being has refused since do not reach it.
#![allow(missing_docs)]
mod common;
use common::{Own, PERIOD, Scene};
use triune_core::*;
use triune_engine::*;

const BEING: BeingId = BeingId(1);

/// Memory and model answer, as of `time`.
fn answer(own: &Own, time: Timestamp) {
    let answers = AnswersPercept {
        recall: RecallAnswer {
            crystal: 7,
            similarity: Judgement::fresh(0.5, 1.0),
        },
        activation: ActivationAnswer {
            situation: 1,
            feeling: 2,
            situation_confidence: 0.9,
            feeling_confidence: 0.9,
            age: 0,
        },
    };
    *own.answered.lock().expect("lock") = Some((answers, time));
}

/// Which answers reached the newest cycle: recall, activation.
fn reached(scene: &Scene) -> (bool, bool) {
    let step = scene.witness.steps(BEING).pop().expect("it cycled");
    let answers = step.percept.answers;
    (
        answers.recall.similarity.is_present(),
        answers.activation.situation_confidence > 0.0,
    )
}

fn consent(scene: &mut Scene, consent: Consent) {
    let command = Command::Consent(BEING, consent);
    scene.ask(command).expect("there");
}

/// Start of the newest cycle.
fn newest(scene: &Scene) -> Timestamp {
    scene.own[0].states().pop().expect("it cycled").time
}

#[test]
fn what_was_asked_before_a_refusal_is_not_answered_after_it() {
    for sense in [Sense::Hear, Sense::See, Sense::Feel, Sense::Remember] {
        let mut scene = Scene::new(1, vec![]);
        scene.cycle(10);
        answer(&scene.own[0], newest(&scene));
        scene.cycle(1);
        assert_eq!(reached(&scene), (true, true));
        consent(&mut scene, Consent::ALL.with(sense, false));
        for _ in 0..10 {
            assert_eq!(reached(&scene), (false, false), "{}", sense.name());
            scene.cycle(1);
        }
    }
}

#[test]
fn a_refusal_that_lasts_one_cycle_takes_the_answers_all_the_same() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(10);
    let before = newest(&scene);
    answer(&scene.own[0], before);
    consent(&mut scene, Consent::ALL.with(Sense::Hear, false));
    let refused = newest(&scene);
    consent(&mut scene, Consent::ALL);
    assert_eq!(reached(&scene), (false, false), "asked before the refusal");
    // What is asked in the cycle of the refusal already knows nothing of the sense; the model's
    // window still holds states from before it.
    answer(&scene.own[0], refused);
    scene.cycle(1);
    assert_eq!(reached(&scene), (true, false));
    let cycles = ACTIVATION_SPAN.div_ceil(PERIOD);
    scene.cycle(cycles);
    answer(&scene.own[0], refused.after(ACTIVATION_SPAN - 1));
    scene.cycle(1);
    assert_eq!(reached(&scene), (true, false));
    answer(&scene.own[0], refused.after(ACTIVATION_SPAN));
    scene.cycle(1);
    assert_eq!(reached(&scene), (true, true));
}

#[test]
fn a_refusal_to_speak_or_share_takes_no_answer() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(10);
    answer(&scene.own[0], newest(&scene));
    let quiet = Consent::ALL
        .with(Sense::Speak, false)
        .with(Sense::Share, false);
    consent(&mut scene, quiet);
    assert_eq!(reached(&scene), (true, true));
}

#[test]
fn a_question_says_when_it_was_asked() {
    let mut scene = Scene::new(1, vec![]);
    scene.cycle(300);
    let questions = scene.own[0].questions.lock().expect("lock").clone();
    assert!(questions.len() >= 2);
    let states = scene.own[0].states();
    for question in questions {
        let asked = states.iter().find(|state| state.cycle == question.cycle);
        assert_eq!(Some(question.time), asked.map(|state| state.time));
    }
}
