//! What each percept does to each energy centre, to memory and to words.
#![allow(missing_docs)]
mod common;
use common::{quiet, run};
use triune_core::*;

type Change = fn(&mut Percept);

/// Percept change, the centre that it moves, and whether upwards.
const TABLE: [(&str, Change, EnergyCentre, bool); 7] = [
    (
        "a voice raises voice",
        |p| p.hearing.speech = Judgement::fresh(0.95, 1.0),
        EnergyCentre::Voice,
        true,
    ),
    (
        "a voice raises presence",
        |p| p.hearing.speech = Judgement::fresh(0.95, 1.0),
        EnergyCentre::Presence,
        true,
    ),
    (
        "loudness raises sound",
        |p| p.hearing.level = Judgement::fresh(-10.0, 1.0),
        EnergyCentre::Sound,
        true,
    ),
    (
        "movement raises motion",
        |p| p.sight.motion = Judgement::fresh(0.5, 1.0),
        EnergyCentre::Motion,
        true,
    ),
    (
        "heat lowers vitality",
        |p| p.body.temperature = Judgement::fresh(88.0, 1.0),
        EnergyCentre::Vitality,
        false,
    ),
    (
        "strain lowers vitality",
        |p| p.body.pressure = Judgement::fresh(0.9, 1.0),
        EnergyCentre::Vitality,
        false,
    ),
    (
        "a new scene raises novelty",
        |p| {
            p.sight.brightness = Judgement::fresh(0.95, 1.0);
            p.hearing.level = Judgement::fresh(-15.0, 1.0);
        },
        EnergyCentre::Novelty,
        true,
    ),
];

#[test]
fn each_percept_moves_its_centre() {
    for (name, change, centre, upwards) in TABLE {
        let mut calm = Being::new(BeingId::FIRST);
        run(&mut calm, &quiet(), 2_000);
        let mut moved = calm.clone();
        let mut percept = quiet();
        change(&mut percept);
        run(&mut calm, &quiet(), 500);
        run(&mut moved, &percept, 500);
        let difference =
            moved.state.experiential.centres[centre] - calm.state.experiential.centres[centre];
        let difference = if upwards { difference } else { -difference };
        assert!(difference > 0.08, "{name}: moved by {difference}");
    }
}

#[test]
fn an_absent_sense_lets_its_centre_rest() {
    let mut being = Being::new(BeingId::FIRST);
    let mut loud = quiet();
    loud.hearing.level = Judgement::fresh(-5.0, 1.0);
    run(&mut being, &loud, 1_000);
    assert!(being.state.experiential.centres[EnergyCentre::Sound] > 0.6);
    let mut deaf = loud;
    deaf.hearing = HearingPercept::ABSENT;
    run(&mut being, &deaf, 2_500);
    // Its neighbours still pull a little.
    assert!(being.state.experiential.centres[EnergyCentre::Sound] < 0.15);
    assert_eq!(
        being.state.environmental.scene[SceneFeature::Loudness as usize].confidence,
        0.0
    );
}

#[test]
fn a_stale_percept_loses_trust() {
    let mut being = Being::new(BeingId::FIRST);
    let mut percept = quiet();
    percept.sight = percept.sight.aged(1_000_000_000);
    run(&mut being, &percept, 1);
    let brightness = being.state.environmental.scene[SceneFeature::Brightness as usize];
    assert!(brightness.confidence > 0.4 && brightness.confidence < 0.6);
    percept.sight = percept.sight.aged(9_000_000_000);
    run(&mut being, &percept, 1);
    let brightness = being.state.environmental.scene[SceneFeature::Brightness as usize];
    assert_eq!(brightness.confidence, 0.0);
}

#[test]
fn a_voice_out_of_quiet_is_kept_and_quiet_is_not() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 5_000);
    let quiet_moments = run(&mut being, &quiet(), 5_000);
    assert!(
        quiet_moments.is_empty(),
        "kept {} quiet moments",
        quiet_moments.len()
    );
    let mut voice = quiet();
    voice.hearing.speech = Judgement::fresh(0.9, 1.0);
    voice.hearing.level = Judgement::fresh(-25.0, 1.0);
    let kept = run(&mut being, &voice, 500);
    assert!(!kept.is_empty(), "a voice was not kept");
    assert_eq!(
        CrystalKind::from_number(kept[0].kind),
        Some(CrystalKind::Voice)
    );
    assert!(
        kept.len() <= 3,
        "kept {} moments in two seconds",
        kept.len()
    );
}

#[test]
fn words_move_flux_and_elp() {
    let mut being = Being::new(BeingId::FIRST);
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("Love and joy, hope and music!");
    run(&mut being, &percept, 1);
    let elp = being.state.analytical.elp;
    assert!(elp.pathos > elp.logos && elp.pathos > elp.ethos, "{elp:?}");
    assert!((elp.ethos + elp.logos + elp.pathos - 1.0).abs() < 1e-5);
    assert!(being.state.analytical.meaning > 0.2);
    assert!((1..=9).contains(&being.state.analytical.last_flux));
}

#[test]
fn memory_is_asked_at_its_interval_and_only_with_consent() {
    let mut being = Being::new(BeingId::FIRST);
    let count = |being: &mut Being| {
        let mut questions = 0;
        for _ in 0..1_000 {
            let tick = Tick {
                time: being.state.time.after(common::PERIOD),
                elapsed: common::PERIOD,
            };
            let (state, outputs) = step(
                &being.state,
                &quiet(),
                being.consent,
                &being.parameters,
                tick,
            );
            being.state = state;
            questions += u32::from(outputs.question.is_some());
        }
        questions
    };
    assert!((7..=8).contains(&count(&mut being)));
    being.consent = being.consent.with(Sense::Remember, false);
    assert_eq!(count(&mut being), 0);
}
