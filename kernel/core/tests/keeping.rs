//! What is kept, as what, how often, and how often memory is asked.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, cycle, quiet, run};
use triune_core::*;

type Change = fn(&mut Percept);

/// A change out of quiet and what its moment is kept as.
const KINDS: [(Change, CrystalKind); 5] = [
    (
        |p| p.hearing.speech = Judgement::fresh(0.9, 1.0),
        CrystalKind::Voice,
    ),
    (
        |p| p.hearing.level = Judgement::fresh(-5.0, 1.0),
        CrystalKind::Sound,
    ),
    (
        |p| p.sight.brightness = Judgement::fresh(1.0, 1.0),
        CrystalKind::Sight,
    ),
    (
        |p| p.body.temperature = Judgement::fresh(85.0, 1.0),
        CrystalKind::Body,
    ),
    (
        |p| p.told = ToldPercept::from_text("because of love we trust and hope"),
        CrystalKind::Words,
    ),
];

#[test]
fn a_moment_is_kept_as_what_stood_out() {
    for (change, kind) in KINDS {
        let mut being = Being::new(BeingId::FIRST);
        run(&mut being, &quiet(), 5_000);
        let mut percept = quiet();
        change(&mut percept);
        let kept = run(&mut being, &percept, 500);
        let first = kept
            .first()
            .unwrap_or_else(|| panic!("{} was not kept", kind.name()));
        assert_eq!(CrystalKind::from_number(first.kind), Some(kind));
        assert_eq!(first.told, percept.told.fingerprint());
        assert_eq!(being.state.observation.kept as usize, kept.len());
    }
}

#[test]
fn words_are_kept_however_often_and_ordinary_they_are() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 5_000);
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("the keys lie under the blue bowl");
    // The tenth time nothing about it is new.
    let kept = run(&mut being, &percept, 10);
    assert_eq!(kept.len(), 10);
    let fingerprint = percept.told.fingerprint();
    assert!(kept.iter().all(|moment| moment.told == fingerprint));
    being.consent = being.consent.with(Sense::Remember, false);
    assert!(run(&mut being, &percept, 10).is_empty());
}

#[test]
fn quiet_is_not_kept() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 5_000);
    let kept = run(&mut being, &quiet(), 5_000);
    assert!(kept.is_empty(), "kept {} quiet moments", kept.len());
}

/// The cycles of a life in which a moment was kept, while a voice goes on out of quiet.
fn kept_cycles(being: &mut Being, cycles: u64) -> Vec<u64> {
    let mut voice = quiet();
    voice.hearing.speech = Judgement::fresh(0.9, 1.0);
    let kept = run(being, &voice, cycles);
    kept.iter().map(|draft| draft.cycle).collect()
}

#[test]
fn two_moments_lie_the_interval_apart() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 5_000);
    let kept = kept_cycles(&mut being, 1_000);
    assert!(kept.len() >= 3, "{kept:?}");
    for pair in kept.windows(2) {
        assert_eq!(pair[1] - pair[0], 250, "{kept:?}");
    }
}

/// The cycles, counted from the call, in which memory is asked.
fn questions(being: &mut Being, cycles: u64) -> Vec<u64> {
    (1..=cycles)
        .filter(|_| {
            let asked = cycle(being, &quiet(), LoopSet::ALL).question.is_some();
            assert!(!asked || being.consent.allows(Sense::Remember));
            asked
        })
        .collect()
}

#[test]
fn memory_is_asked_at_its_interval_and_only_with_consent() {
    let mut being = Being::new(BeingId::FIRST);
    let expected = (1..=8).map(|half_second| half_second * 125);
    assert_eq!(questions(&mut being, 1_000), expected.collect::<Vec<_>>());
    being.consent = being.consent.with(Sense::Remember, false);
    assert!(questions(&mut being, 1_000).is_empty());
}

/// Intervals are time, not cycles: cycles that an overrun swallowed count.
#[test]
fn an_overrun_does_not_move_the_interval() {
    let mut being = Being::new(BeingId::FIRST);
    run(&mut being, &quiet(), 50);
    let tick = Tick {
        time: being.state.time.after(50 * PERIOD),
        elapsed: 50 * PERIOD,
    };
    let (state, outputs) = step(
        &being.state,
        &quiet(),
        being.consent,
        &being.parameters,
        tick,
    );
    assert!(outputs.question.is_none());
    being.state = state;
    assert_eq!(questions(&mut being, 200), [25, 150]);
}
