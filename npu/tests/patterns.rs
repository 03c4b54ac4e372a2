//! Patterns that were not taught are found, kept apart and kept; nothing is invented.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/untaught_days/eyes.rs"]
mod eyes;
#[path = "../examples/dual_activation_data/generator/mod.rs"]
#[allow(dead_code, reason = "days are needed here, not windows and feelings")]
mod generator;
#[path = "../examples/untaught_days/trial.rs"]
#[allow(dead_code, reason = "no other method is tried here")]
mod trial;

use proptest::prelude::*;
use std::fs;
use triune_core::Timestamp;
use triune_npu::patterns::{
    Known, KnownError, NameError, Observation, PATTERNS_FILE, PatternEvent, Patterns,
    PatternsFileError, PatternsFormatError, TRACE_LENGTH,
};
use triune_npu::{FEATURE_COUNT, Manifest};

fn manifest() -> Manifest {
    let text = include_str!("../../models/dual_activation/manifest.toml");
    Manifest::parse(text).unwrap()
}

/// A minute and a half, several times, of a moment that no training has: the trace and the
/// features are at `level` everywhere.
fn visit(patterns: &mut Patterns, known: &Known, at: &mut u64, level: f32) -> Vec<PatternEvent> {
    let trace = [40.0 * level; TRACE_LENGTH];
    let features = [level; FEATURE_COUNT];
    let mut events = Vec::new();
    for _ in 0..(90 * 5) {
        *at += 200_000_000;
        let observation = Observation {
            time: Timestamp(*at),
            unix_ms: *at / 1_000_000,
            trace: &trace,
            features: &features,
        };
        events.extend(patterns.observe(known, &observation));
    }
    events
}

/// A being with one told pattern.
fn told(known: &Known) -> Patterns {
    let mut patterns = Patterns::default();
    let mut at = 1_000_000_000;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.extend(visit(&mut patterns, known, &mut at, 1.0));
        events.extend(visit(&mut patterns, known, &mut at, 0.0));
    }
    assert_eq!(events, [PatternEvent::Found(1)]);
    patterns
}

#[test]
fn days_are_told_as_they_were() {
    let mut eyes = eyes::Eyes::open().unwrap();
    for (seed, regimes, hours) in [(51, 0, 2.0), (52, 1, 2.5), (53, 3, 3.0), (54, 3, 3.0)] {
        let (outcome, _) = trial::trial(&mut eyes, seed, regimes, hours).unwrap();
        println!("{outcome:?}");
        assert!(outcome.is_right(), "{outcome:?}");
    }
}

#[test]
fn a_pattern_is_named_and_forgotten_and_its_id_never_comes_again() {
    let known = Known::shipped(&manifest()).unwrap();
    let mut patterns = told(&known);
    assert!(patterns.take_changed());
    patterns.name(1, "laundry").unwrap();
    assert!(patterns.take_changed() && !patterns.take_changed());
    assert_eq!(patterns.name(2, "x"), Err(NameError::NoPattern(2)));
    assert_eq!(patterns.name(0, "x"), Err(NameError::NoPattern(0)));
    assert_eq!(
        patterns.name(1, &"x".repeat(65)),
        Err(NameError::TooLong(65))
    );
    assert_eq!(patterns.name(1, "\n"), Err(NameError::ControlCharacter));
    assert_eq!(patterns.list()[0].name, "laundry");
    assert!(patterns.forget(1) && !patterns.forget(1) && !patterns.forget(0));
    assert_eq!(patterns.list(), []);
    let mut at = u64::MAX / 2;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.extend(visit(&mut patterns, &known, &mut at, 1.0));
        events.extend(visit(&mut patterns, &known, &mut at, 0.0));
    }
    assert_eq!(events, [PatternEvent::Found(2)]);
}

#[test]
fn patterns_that_grow_alike_become_one_under_the_older_id() {
    let known = Known::shipped(&manifest()).unwrap();
    let mut patterns = Patterns::default();
    let mut at = 1_000_000_000;
    // A signature has a mean for each of four channels, and onsets: five numbers of the level.
    let (one, other) = (1.0_f32, 1.15);
    let mut events = Vec::new();
    for _ in 0..3 {
        for level in [one, 0.0, other, 0.0] {
            events.extend(visit(&mut patterns, &known, &mut at, level));
        }
    }
    assert_eq!(events, [PatternEvent::Found(1), PatternEvent::Found(2)]);
    patterns.name(2, "laundry").unwrap();
    // The second comes nearer to the first, and its centre follows.
    events.clear();
    for _ in 0..20 {
        for level in [1.08, 0.0] {
            events.extend(visit(&mut patterns, &known, &mut at, level));
        }
    }
    assert_eq!(events, [PatternEvent::Merged { kept: 1, gone: 2 }]);
    let list = patterns.list();
    assert_eq!((list.len(), list[0].id), (1, 1));
    assert_eq!(list[0].name, "laundry", "a name is not lost");
}

#[test]
fn one_long_visit_is_no_pattern() {
    let known = Known::shipped(&manifest()).unwrap();
    let mut patterns = Patterns::default();
    let mut at = 1_000_000_000;
    for _ in 0..20 {
        assert_eq!(visit(&mut patterns, &known, &mut at, 1.0), []);
    }
    assert_eq!(patterns.list(), []);
}

#[test]
fn what_is_no_number_is_passed_over() {
    let known = Known::shipped(&manifest()).unwrap();
    let mut patterns = Patterns::default();
    let mut at = 1_000_000_000;
    assert_eq!(visit(&mut patterns, &known, &mut at, f32::NAN), []);
    assert_eq!(patterns.segments_met(), 0);
}

#[test]
fn a_file_comes_back_and_a_damaged_one_is_put_aside() {
    let known = Known::shipped(&manifest()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(PATTERNS_FILE);
    let empty = Patterns::open(folder.path()).unwrap();
    assert!(empty.put_aside.is_none() && empty.patterns.list().is_empty());
    let mut patterns = told(&known);
    patterns.name(1, "Wäsche").unwrap();
    patterns.store(folder.path()).unwrap();
    let again = Patterns::open(folder.path()).unwrap();
    assert_eq!(again.patterns.list(), patterns.list());
    let bytes = patterns.encode();
    // Each bit counts.
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        assert!(Patterns::decode(&damaged).is_err(), "byte {place}");
        assert!(Patterns::decode(&bytes[..place]).is_err(), "cut at {place}");
    }
    for number in 1..3 {
        fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        let (aside, reason) = Patterns::open(folder.path()).unwrap().put_aside.unwrap();
        assert_eq!(reason, PatternsFormatError::Damaged);
        assert_eq!(
            aside,
            folder.path().join(format!("patterns.damaged-{number}"))
        );
        assert_eq!(fs::read(aside).unwrap(), &bytes[..bytes.len() - 1]);
        assert!(!file.exists());
    }
    fs::write(&file, "something else").unwrap();
    let (_, reason) = Patterns::open(folder.path()).unwrap().put_aside.unwrap();
    assert_eq!(reason, PatternsFormatError::Foreign);
    // A later program's file stays where it is.
    let mut later = bytes;
    later[4] = 2;
    fs::write(&file, &later).unwrap();
    let refused = Patterns::open(folder.path()).unwrap_err();
    assert!(matches!(
        refused,
        PatternsFileError::Format {
            reason: PatternsFormatError::TooNew(2),
            ..
        }
    ));
    assert_eq!(fs::read(&file).unwrap(), later);
}

#[test]
fn statistics_of_another_model_are_refused() {
    let bytes = include_bytes!("../../models/dual_activation/known.bin").to_vec();
    let parse = |bytes: &[u8]| Known::parse(bytes, &manifest()).map(|_| ());
    assert_eq!(parse(&bytes), Ok(()));
    assert_eq!(parse(b"TRPT"), Err(KnownError::Foreign));
    assert_eq!(parse(&bytes[..bytes.len() - 1]), Err(KnownError::Damaged));
    let altered = |place: usize| {
        let mut bytes = bytes.clone();
        bytes[place] ^= 2;
        parse(&bytes)
    };
    assert_eq!(altered(4), Err(KnownError::TooNew(3)));
    assert!(matches!(altered(8), Err(KnownError::OtherModel(_))));
}

proptest! {
    #[test]
    fn any_bytes_are_patterns_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = b"TRPT\x01\0\0\0".to_vec();
        file.extend(bytes);
        let sum = crc32c::crc32c(&file).to_le_bytes();
        file.extend(sum);
        if let Ok(patterns) = Patterns::decode(&file) {
            prop_assert_eq!(patterns.encode(), file);
        }
    }
}
