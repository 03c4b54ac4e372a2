//! A loop that is late contributes its last value, says how old it is, and catches up.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, any, cycle, quiet, run, run_joined};
use proptest::prelude::*;
use triune_core::*;
use zerocopy::IntoBytes;

/// The bytes of one loop's part of a state.
fn part(state: &State, kind: LoopKind) -> Vec<u8> {
    match kind {
        LoopKind::Environmental => state.environmental.as_bytes().to_vec(),
        LoopKind::Analytical => state.analytical.as_bytes().to_vec(),
        LoopKind::Experiential => state.experiential.as_bytes().to_vec(),
    }
}

/// A percept with something for every loop to do.
fn lively() -> Percept {
    let mut percept = quiet();
    percept.hearing.level = Judgement::fresh(-20.0, 0.9);
    percept.hearing.speech = Judgement::fresh(0.7, 0.8);
    percept.sight.motion = Judgement::fresh(0.1, 1.0);
    percept.told = ToldPercept::from_text("because of love");
    percept.answers.recall = RecallAnswer {
        crystal: 1,
        similarity: Judgement::fresh(0.4, 0.9),
    };
    percept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever happens meanwhile, its part stays bit for bit and its age counts every nanosecond.
    #[test]
    fn a_late_loop_keeps_its_part_and_says_its_age(
        start in any::state(),
        parameters in any::parameters(),
        cycles in prop::collection::vec((any::percept(), any::elapsed(), any::joined()), 1..16),
        consent in any::consent(),
        kind in prop::sample::select(LoopKind::ALL.to_vec()),
    ) {
        let mut state = start;
        state.loop_ages = [0; 3];
        state.observation.consent = consent.bits();
        for feature in 0..SCENE_FEATURES {
            state.environmental.scene[feature] = Average::default();
        }
        let before = part(&state, kind);
        let mut late = 0;
        for (percept, elapsed, joined) in cycles {
            let joined = joined.with(kind, false);
            let tick = Tick { time: state.time.after(elapsed), elapsed };
            (state, _) = step_joined(&state, &percept, joined, consent, &parameters, tick);
            late += elapsed;
            prop_assert_eq!(part(&state, kind), before.clone());
            prop_assert_eq!(state.loop_ages[kind as usize], late);
            prop_assert_eq!(state.stale_loops().contains(kind), late > 0);
            for other in LoopKind::ALL {
                if joined.contains(other) {
                    prop_assert_eq!(state.loop_ages[other as usize], 0);
                    prop_assert!(!state.stale_loops().contains(other));
                }
            }
        }
    }
}

/// Runs two lives, one of which misses a loop for `missed` cycles and then has it again.
fn two_lives(kind: LoopKind, missed: u64) -> (State, State) {
    let mut punctual = Being::new(BeingId::FIRST);
    run(&mut punctual, &quiet(), 2_000);
    let mut percept = lively();
    run(&mut punctual, &percept, 50);
    // Words reach one cycle only.
    percept.told = ToldPercept::ABSENT;
    let mut late = punctual.clone();
    run(&mut punctual, &percept, missed + 1);
    run_joined(&mut late, &percept, LoopSet::ALL.with(kind, false), missed);
    assert_eq!(late.state.loop_ages[kind as usize], missed * PERIOD);
    run(&mut late, &percept, 1);
    assert_eq!(late.state.stale_loops(), LoopSet::NONE);
    (punctual.state, late.state)
}

fn assert_close(name: &str, one: f32, other: f32, most: f32) {
    assert!((one - other).abs() <= most, "{name}: {one} and {other}");
}

#[test]
fn a_loop_that_joins_again_has_caught_up() {
    for missed in [1, 10, 50] {
        // The error of one long step instead of many short ones is of second order in its length.
        let most = 0.000_5 * missed as f32;
        let (punctual, late) = two_lives(LoopKind::Environmental, missed);
        let scenes = punctual
            .environmental
            .scene
            .iter()
            .zip(&late.environmental.scene);
        for (feature, (one, other)) in SceneFeature::ALL.iter().zip(scenes) {
            let name = feature.name();
            assert_close(name, one.now, other.now, 1e-6);
            assert_close(name, one.short, other.short, most);
            assert_close(name, one.long, other.long, most);
            assert_close(name, one.evidence, other.evidence, 1e-3);
        }
        let (punctual, late) = two_lives(LoopKind::Analytical, missed);
        let (one, other) = (&punctual.analytical, &late.analytical);
        assert_close("meaning", one.meaning, other.meaning, most);
        assert_close("novelty", one.novelty, other.novelty, most);
        assert_eq!(one.microseconds_to_question, other.microseconds_to_question);

        let (punctual, late) = two_lives(LoopKind::Experiential, missed);
        for centre in EnergyCentre::ALL {
            let (one, other) = (&punctual.experiential.centres, &late.experiential.centres);
            assert_close(centre.name(), one[centre], other[centre], 2.0 * most);
        }
    }
}

/// Without catching up its averages would lie as far behind as those of a life that is younger by
/// all that was missed.
#[test]
fn catching_up_is_more_than_one_step() {
    let missed = 50;
    let (punctual, late) = two_lives(LoopKind::Environmental, missed);
    let mut younger = Being::new(BeingId::FIRST);
    run(&mut younger, &quiet(), 2_000);
    run(&mut younger, &lively(), 51);
    let short = |state: &State| state.environmental.scene[SceneFeature::Speech as usize].short;
    let behind = short(&punctual) - short(&younger.state);
    let lag = short(&punctual) - short(&late);
    assert!(lag.abs() < 0.25 * behind, "{lag} of {behind}");
}

/// It stands at its last countdown, which may be at its end.
#[test]
fn a_late_loop_does_not_ask_again() {
    let mut being = Being::new(BeingId::FIRST);
    let late = LoopSet::ALL.with(LoopKind::Analytical, false);
    let mut percept = quiet();
    while cycle(&mut being, &percept, LoopSet::ALL).question.is_none() {}
    percept = lively();
    for _ in 0..50 {
        assert!(cycle(&mut being, &percept, late).question.is_none());
    }
}

/// Words that find the analytical loop late are offered again: a moment that stands out meanwhile
/// is kept as what it is, and the words once, when they are read.
#[test]
fn a_loud_moment_does_not_keep_words_that_come_again() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 5_000);
    let mut bang = quiet();
    bang.hearing.level = Judgement::fresh(-5.0, 1.0);
    bang.told = ToldPercept::from_text("because of love");
    let late = LoopSet::ALL.with(LoopKind::Analytical, false);
    let kept = run_joined(&mut being, &bang, late, 5);
    assert_eq!(kept.len(), 1, "it stands out");
    assert_eq!(
        CrystalKind::from_number(kept[0].kind),
        Some(CrystalKind::Sound)
    );
    assert_eq!(kept[0].told, 0);
    let kept = run(&mut being, &bang, 1);
    assert_eq!(
        CrystalKind::from_number(kept[0].kind),
        Some(CrystalKind::Words)
    );
    assert_eq!(kept[0].told, bang.told.fingerprint());
}

#[test]
fn an_observation_on_stale_parts_is_less_sure() {
    for kind in LoopKind::ALL {
        let mut being = Being::new(BeingId::FIRST);
        run(&mut being, &lively(), 1_000);
        let late = LoopSet::ALL.with(kind, false);
        let mut before = being.state.observation.confidence;
        assert!(before > 0.8);
        let stale_cycles = 62;
        for _ in 0..stale_cycles {
            run_joined(&mut being, &lively(), late, 1);
            let confidence = being.state.observation.confidence;
            assert!(confidence < before, "{}", kind.name());
            before = confidence;
        }
        // With its part gone, two thirds at most are left.
        assert!(before < 0.7, "{}: {before}", kind.name());
        run(&mut being, &lively(), 1);
        assert!(being.state.observation.confidence > 0.8);
    }
}

#[test]
fn nothing_is_acted_on_when_every_loop_is_stale() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 2_000);
    run(&mut being, &lively(), 100);
    assert!(being.state.observation.expression > 0.0);
    run_joined(&mut being, &lively(), LoopSet::NONE, 63);
    let kept = run_joined(&mut being, &lively(), LoopSet::NONE, 1_000);
    assert!(kept.is_empty());
    assert_eq!(being.state.observation.confidence, 0.0);
    assert_eq!(being.state.observation.expression, 0.0);
    assert_eq!(being.state.stale_loops(), LoopSet::ALL);
}

#[test]
fn a_set_of_loops_has_its_bits() {
    for bits in 0..8 {
        let set = LoopSet::from_bits(bits).expect("three loops");
        assert_eq!(set.bits(), bits);
        for kind in LoopKind::ALL {
            assert_eq!(set.contains(kind), bits >> kind as u32 & 1 == 1);
            assert!(set.with(kind, true).contains(kind));
            assert!(!set.with(kind, false).contains(kind));
        }
    }
    for bits in [8, 9, 1 << 31, u32::MAX] {
        assert_eq!(LoopSet::from_bits(bits), None);
    }
    assert_eq!(LoopSet::from_bits(0), Some(LoopSet::NONE));
    assert_eq!(LoopSet::from_bits(7), Some(LoopSet::ALL));
    let late = LoopSet::ALL.with(LoopKind::Analytical, false);
    assert_eq!(format!("{late:?}"), r#"{"environmental", "experiential"}"#);
}
