//! Windows are even in the states' own time, and never mix what does not belong together.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use triune_core::{ACTIVATION_SPAN, BeingId, State, Timestamp};
use triune_npu::{
    FEATURE_COUNT, FEATURE_NAMES, LONGEST_GAP_SAMPLES, SAMPLE_COUNT, SAMPLE_INTERVAL, StateWindow,
    features,
};

const LENGTH: usize = FEATURE_COUNT * SAMPLE_COUNT;

/// A state at this time whose salience tells the time too.
fn state(time: u64) -> State {
    let mut state = State::at_rest(BeingId::FIRST);
    state.time = Timestamp(time);
    state.observation.salience = (time / 1_000_000) as f32 / 1e5;
    state
}

/// The saliences in a full window, in milliseconds, oldest first.
fn saliences(window: &StateWindow) -> Vec<u64> {
    let mut elements = vec![0.0; LENGTH];
    assert!(window.write(&mut elements));
    let place = FEATURE_NAMES
        .iter()
        .position(|&name| name == "salience")
        .unwrap();
    elements[place * SAMPLE_COUNT..(place + 1) * SAMPLE_COUNT]
        .iter()
        .map(|salience| (salience * 1e5).round() as u64)
        .collect()
}

#[test]
fn every_feature_comes_from_its_field() {
    let mut state = state(0);
    for (place, average) in state.environmental.scene.iter_mut().enumerate() {
        average.now = 0.01 * (place + 1) as f32;
        average.long = 0.01 * (place + 11) as f32;
    }
    state.environmental.scene[0].confidence = 0.31;
    state.environmental.scene[3].confidence = 0.32;
    state.environmental.scene[7].confidence = 0.33;
    state.environmental.surprise = 0.4;
    state.experiential.centres.0 = [0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77];
    let features = features(&state);
    let named = |name: &str| features[FEATURE_NAMES.iter().position(|&n| n == name).unwrap()];
    let scene = &state.environmental.scene;
    assert_eq!(named("loudness"), scene[0].now);
    assert_eq!(named("strain"), scene[7].now);
    assert_eq!(named("usual loudness"), scene[0].long);
    assert_eq!(named("usual strain"), scene[7].long);
    assert_eq!(named("trust in hearing"), 0.31);
    assert_eq!(named("trust in sight"), 0.32);
    assert_eq!(named("trust in body"), 0.33);
    assert_eq!(named("surprise"), 0.4);
    assert_eq!(named("vitality centre"), 0.71);
    assert_eq!(named("coherence centre"), 0.77);
}

#[test]
fn recognition_is_no_input_of_recognition() {
    let mut recognised = state(0);
    recognised.analytical.situation = 3;
    recognised.analytical.feeling = 2;
    assert_eq!(features(&recognised), features(&state(0)));
}

#[test]
fn a_window_fills_and_slides() {
    let mut window = StateWindow::new();
    let mut elements = vec![0.0; LENGTH];
    for sample in 0..SAMPLE_COUNT as u64 {
        assert!(!window.write(&mut elements));
        assert!(window.observe(&state(sample * SAMPLE_INTERVAL)));
    }
    assert!(!window.write(&mut elements[1..]));
    assert_eq!(
        saliences(&window),
        (0..3200).step_by(100).collect::<Vec<_>>()
    );
    assert!(window.observe(&state(32 * SAMPLE_INTERVAL)));
    assert_eq!(
        saliences(&window),
        (100..3300).step_by(100).collect::<Vec<_>>()
    );
    assert_eq!(window.newest(), Some(Timestamp(32 * SAMPLE_INTERVAL)));
}

#[test]
fn a_window_ends_with_the_newest_state_at_any_rate() {
    for cycle in [1, 4, 7, 20, 50] {
        let mut window = StateWindow::new();
        for time in (0..=4_000).step_by(cycle) {
            assert!(window.observe(&state(time * 1_000_000)));
        }
        let newest = 4_000 / cycle as u64 * cycle as u64;
        assert_eq!(window.newest(), Some(Timestamp(newest * 1_000_000)));
        for (place, sampled) in saliences(&window).into_iter().rev().enumerate() {
            let due = newest - 100 * place as u64;
            assert!(
                2 * sampled.abs_diff(due) <= cycle as u64,
                "{sampled} for {due}"
            );
        }
    }
}

#[test]
fn the_same_state_again_is_nothing_new() {
    let mut window = StateWindow::new();
    assert!(window.observe(&state(5)));
    assert!(!window.observe(&state(5)));
}

/// A state whose every feature is its own.
fn rich(time: u64) -> State {
    let mut state = state(time);
    let phase = (time / 1_000_000) as f32;
    for (place, average) in state.environmental.scene.iter_mut().enumerate() {
        average.now = (phase * 0.013 + place as f32).sin();
        average.long = (phase * 0.0017 + place as f32).cos();
        average.confidence = (phase * 0.007).sin().abs();
    }
    state
}

#[test]
fn windows_on_the_grid_of_training_are_the_same_bits() {
    let cycle = 4_000_000;
    let mut every = StateWindow::new();
    let mut grid = StateWindow::new();
    let mut compared = 0;
    for number in 0..2_000 {
        let state = rich(77_000_000 + number * cycle);
        every.observe(&state);
        if number * cycle % SAMPLE_INTERVAL != 0 {
            continue;
        }
        grid.observe(&state);
        let (mut one, mut other) = (vec![0.0; LENGTH], vec![1.0; LENGTH]);
        assert_eq!(every.write(&mut one), grid.write(&mut other));
        if every.is_full() {
            let samples = (0..SAMPLE_COUNT as u64).map(|place| {
                let back = (SAMPLE_COUNT as u64 - 1 - place) * SAMPLE_INTERVAL;
                features(&rich(state.time.0 - back))
            });
            for (place, sample) in samples.enumerate() {
                for (feature, value) in sample.into_iter().enumerate() {
                    let at = feature * SAMPLE_COUNT + place;
                    assert_eq!(one[at].to_bits(), value.to_bits());
                    assert_eq!(other[at].to_bits(), value.to_bits());
                }
            }
            compared += 1;
        }
    }
    assert!(compared > 40);
}

#[test]
fn a_short_gap_is_held_and_a_long_one_starts_anew() {
    let mut window = StateWindow::new();
    for sample in 0..SAMPLE_COUNT as u64 {
        window.observe(&state(sample * SAMPLE_INTERVAL));
    }
    let resumed = 31 + LONGEST_GAP_SAMPLES;
    assert!(window.observe(&state(resumed * SAMPLE_INTERVAL)));
    assert!(window.is_full());
    assert_eq!(
        saliences(&window)[26..],
        [3100, 3100, 3100, 3100, 3100, 3600]
    );
    assert!(window.observe(&state(
        (resumed + LONGEST_GAP_SAMPLES + 1) * SAMPLE_INTERVAL
    )));
    assert!(!window.is_full());
}

#[test]
fn another_being_or_an_earlier_time_starts_anew() {
    let mut window = StateWindow::new();
    let fill = |window: &mut StateWindow| {
        for sample in 0..=SAMPLE_COUNT as u64 {
            window.observe(&state(sample * SAMPLE_INTERVAL));
        }
        assert!(window.is_full());
    };
    fill(&mut window);
    let mut other = state(33 * SAMPLE_INTERVAL);
    other.being = BeingId(2);
    assert!(window.observe(&other));
    assert!(!window.is_full());
    fill(&mut window);
    assert!(window.observe(&state(0)));
    assert!(!window.is_full());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// At whatever rate states come, a window spans its time: the sample k intervals before the
    /// newest is of a state at most one longest gap older than k intervals.
    #[test]
    fn windows_are_even(periods in proptest::collection::vec(1_u64..400, 60..200), cycle in 1_u64..40) {
        let mut window = StateWindow::new();
        let mut time = 0;
        for period in periods {
            time += (period / cycle + 1) * cycle * 1_000_000;
            window.observe(&state(time));
            if window.is_full() {
                let newest = window.newest().unwrap().0 / 1_000_000;
                for (place, sampled) in saliences(&window).into_iter().rev().enumerate() {
                    let due = newest.saturating_sub(100 * place as u64);
                    prop_assert!(sampled <= due + 100 && sampled + 600 >= due, "{sampled} for {due}");
                }
            }
        }
    }

    /// However states come, none is older than a kernel reckons with when a sense is refused.
    #[test]
    fn windows_reach_no_further_back_than_is_told(
        pauses in proptest::collection::vec(1_u64..520, 60..200),
    ) {
        let mut window = StateWindow::new();
        let mut time = 0;
        for pause in pauses {
            time += pause * 1_000_000;
            window.observe(&state(time));
            if window.is_full() {
                let newest = window.newest().unwrap().0;
                for sampled in saliences(&window) {
                    prop_assert!(newest - sampled * 1_000_000 <= ACTIVATION_SPAN);
                }
            }
        }
    }

    #[test]
    fn any_times_are_taken(times in proptest::collection::vec(any::<u64>(), 0..50)) {
        let mut window = StateWindow::new();
        for time in times {
            window.observe(&state(time));
        }
    }
}
