//! What hearing reports does not depend on blocks, is right in level, and holds against any input.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::*;
use proptest::prelude::*;
use triune_core::{HearingPercept, Timestamp};
use triune_senses::{
    BAND_EDGES_HZ, Event, EventKind, Hearing, HearingError, HearingParameters, SoundInput,
};

fn hearing(rate_hz: u32, channels: u16) -> Hearing {
    Hearing::new(
        SoundInput { rate_hz, channels },
        HearingParameters::default(),
    )
    .unwrap()
}

fn percept_of(rate: u32, samples: &[f32]) -> HearingPercept {
    *hearing(rate, 1).process(samples, START, |_| {})
}

/// A scene with every kind of event in it.
fn scene(rate: u32) -> Vec<f32> {
    let mut random = Random(9);
    let mut samples = noise(Colour::Pink, 3 * rate as usize, -50.0, &mut random);
    mix(&mut samples, &vowels(rate, 1.0, -15.0), rate as usize);
    mix(&mut samples, &[0.8, -0.8], 5 * rate as usize / 2);
    samples
}

/// Hears stereo in blocks of the given sizes, over and over.
fn hear_in_blocks(rate: u32, samples: &[f32], sizes: &[usize]) -> (Vec<Event>, HearingPercept) {
    let stereo: Vec<f32> = samples
        .iter()
        .flat_map(|&sample| [sample, 0.5 * sample])
        .collect();
    let mut hearing = hearing(rate, 2);
    let mut events = Vec::new();
    let (mut frame, mut sizes) = (0, sizes.iter().cycle());
    while frame < samples.len() {
        let frames = (*sizes.next().unwrap()).min(samples.len() - frame);
        let block = &stereo[2 * frame..2 * (frame + frames)];
        hearing.process(block, instant(rate, frame), |event| events.push(*event));
        frame += frames;
    }
    (events, *hearing.percept())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn blocks_of_any_size_give_the_same(
        rate in prop::sample::select(vec![16_000_u32, 44_100, 48_000, 11_025]),
        sizes in prop::collection::vec(1_usize..=4096, 1..8),
    ) {
        let samples = scene(rate);
        let whole = hear_in_blocks(rate, &samples, &[samples.len()]);
        prop_assert!(!beginnings(&whole.0, EventKind::Speech).is_empty());
        prop_assert!(!beginnings(&whole.0, EventKind::Onset).is_empty());
        prop_assert_eq!(hear_in_blocks(rate, &samples, &sizes), whole);
    }

    #[test]
    fn any_samples_are_survived(
        rate in 8_000_u32..=192_000,
        channels in 1_u16..=8,
        pieces in prop::collection::vec((any::<u32>(), 1_usize..4000), 1..12),
        times in prop::collection::vec(any::<u64>(), 12),
    ) {
        let mut hearing = hearing(rate, channels);
        for (index, &(bits, length)) in pieces.iter().enumerate() {
            let mut random = Random(u64::from(bits));
            let samples: Vec<f32> = (0..length)
                .map(|_| match bits % 3 {
                    0 => f32::from_bits(random.next() as u32),
                    1 => f32::from_bits(bits),
                    _ => random.normal(),
                })
                .collect();
            let percept = *hearing.process(&samples, Timestamp(times[index]), |event| {
                assert!(event.confidence.is_finite());
                assert!(event.end.is_none_or(|end| end >= event.start));
            });
            for judgement in [percept.level, percept.onset, percept.speech] {
                prop_assert!((0.0..=1.0).contains(&judgement.confidence), "{:?}", percept);
                prop_assert!((-120.0..=1.0).contains(&judgement.value), "{:?}", percept);
            }
            prop_assert!(percept.bands.values.iter().all(|level| (-120.0..=0.0).contains(level)));
        }
    }
}

#[test]
fn one_sample_at_a_time_gives_the_same() {
    let samples = scene(16_000);
    assert_eq!(
        hear_in_blocks(16_000, &samples, &[1]),
        hear_in_blocks(16_000, &samples, &[4096])
    );
}

#[test]
fn levels_are_those_of_the_signal_at_every_rate() {
    for rate in [
        8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000,
    ] {
        let percept = percept_of(rate, &tones(rate, 1.0, &[(1400.0, 0.1)]));
        // A sine of amplitude 0.1 has a mean square of 0.005.
        assert!(
            (percept.level.value + 23.01).abs() < 0.3,
            "{rate} Hz: {:?}",
            percept.level
        );
        let bands = percept.bands.values;
        let loudest = (0..bands.len())
            .max_by(|&a, &b| bands[a].total_cmp(&bands[b]))
            .unwrap();
        assert!(
            (BAND_EDGES_HZ[loudest]..BAND_EDGES_HZ[loudest + 1]).contains(&1400.0),
            "{bands:?}"
        );
        assert!((bands[loudest] + 23.01).abs() < 0.3, "{rate} Hz: {bands:?}");
        assert!(bands[loudest + 3] < -70.0, "{rate} Hz: {bands:?}");
    }
}

#[test]
fn what_lies_above_the_band_does_not_fold_into_it() {
    for rate in [44_100, 48_000, 96_000, 192_000] {
        for hertz in [8_300.0, 11_000.0, 15_000.0, 17_400.0] {
            let level = percept_of(rate, &tones(rate, 0.5, &[(hertz, 0.5)]))
                .level
                .value;
            assert!(
                level < -60.0,
                "{hertz} Hz at {rate} Hz comes through with {level} dB"
            );
        }
    }
}

#[test]
fn nothing_heard_is_absent() {
    let mut hearing = hearing(48_000, 2);
    assert_eq!(*hearing.percept(), HearingPercept::ABSENT);
    assert_eq!(*hearing.process(&[], START, |_| {}), HearingPercept::ABSENT);
    assert_eq!(
        *hearing.process(&[0.1; 20], START, |_| {}),
        HearingPercept::ABSENT
    );
    assert_eq!(hearing.noise_floor(), None);
}

#[test]
fn silence_is_heard_as_silence() {
    let percept = percept_of(16_000, &[0.0; 32_000]);
    assert_eq!(
        (percept.level.value, percept.level.confidence),
        (-120.0, 1.0)
    );
    assert_eq!(
        (percept.speech.value, percept.speech.confidence),
        (0.0, 1.0)
    );
    assert!(!percept.onset.is_present());
}

#[test]
fn broken_samples_are_counted_and_lower_the_confidence() {
    let mut random = Random(8);
    let sound = noise(Colour::White, 16_000, -20.0, &mut random);
    let mut all = hearing(16_000, 1);
    assert_eq!(
        *all.process(&[f32::NAN; 16_000], START, |_| {}),
        HearingPercept::ABSENT
    );
    assert_eq!(all.quality().non_finite, 16_000);

    let mut some = sound.clone();
    some.iter_mut()
        .step_by(10)
        .for_each(|sample| *sample = f32::INFINITY);
    let mut broken = hearing(16_000, 1);
    let confidence = broken.process(&some, START, |_| {}).level.confidence;
    assert!((0.85..0.95).contains(&confidence), "{confidence}");
    assert_eq!(broken.quality().non_finite, 1_600);

    let loud: Vec<f32> = sound
        .iter()
        .map(|sample| (sample * 100.0).clamp(-1.0, 1.0))
        .collect();
    let mut clipped = hearing(16_000, 1);
    let confidence = clipped.process(&loud, START, |_| {}).level.confidence;
    assert!(confidence < 0.7, "{confidence}");
    assert!(clipped.quality().clipped > 8_000);
    assert_eq!(percept_of(16_000, &sound).level.confidence, 1.0);
}

#[test]
fn one_broken_channel_leaves_the_other() {
    let mut random = Random(8);
    let sound = noise(Colour::White, 16_000, -20.0, &mut random);
    let stereo: Vec<f32> = sound
        .iter()
        .flat_map(|&sample| [sample, f32::NAN])
        .collect();
    let percept = *hearing(16_000, 2).process(&stereo, START, |_| {});
    assert!(
        (percept.level.value + 20.0).abs() < 1.5,
        "{:?}",
        percept.level
    );
    assert!(
        (percept.level.confidence - 0.5).abs() < 0.01,
        "{:?}",
        percept.level
    );
}

#[test]
fn the_floor_is_that_of_the_noise_also_under_a_voice() {
    let rate = 16_000;
    let mut random = Random(3);
    let mut samples = noise(Colour::White, 5 * rate as usize, -40.0, &mut random);
    mix(&mut samples, &vowels(rate, 1.0, -12.0), 4 * rate as usize);
    let mut hearing = hearing(rate, 1);
    hearing.process(&samples, START, |_| {});
    let floor = hearing.noise_floor().unwrap();
    for (band, level) in floor.iter().enumerate() {
        // White noise: each band has its share of 8 kHz.
        let share = (BAND_EDGES_HZ[band + 1] - BAND_EDGES_HZ[band]) / 8_000.0;
        let expected = -40.0 + 10.0 * share.log10();
        assert!(
            (level - expected).abs() < 3.0,
            "band {band}: {level}, expected {expected}"
        );
    }
}

#[test]
fn ages_count_from_the_end_of_the_block() {
    let rate = 16_000;
    let mut samples = vec![0.0; rate as usize];
    samples[8_000] = 0.9;
    let percept = percept_of(rate, &samples);
    assert!(percept.level.age < 10_000_000);
    let since_click = percept.onset.age as f64 / 1e9;
    assert!((since_click - 0.5).abs() < 0.004, "{since_click}");
    assert!(percept.onset.value > 0.5);
}

#[test]
fn a_gap_ends_what_lasts() {
    let rate = 16_000;
    let samples = vowels(rate, 1.0, -15.0);
    let mut hearing = hearing(rate, 1);
    let mut events = Vec::new();
    hearing.process(&samples, START, |event| events.push(*event));
    assert_eq!(beginnings(&events, EventKind::Speech).len(), 1);
    hearing.process(&[0.0; 160], START.after(60_000_000_000), |event| {
        events.push(*event);
    });
    let ended = events
        .iter()
        .find(|event| event.kind == EventKind::Speech && event.end.is_some());
    assert!(seconds(ended.unwrap().end.unwrap()) < 1.001);
    assert_eq!(hearing.quality().gaps, 1);
}

#[test]
fn wrong_set_ups_are_refused_with_their_cause() {
    let make = |rate_hz, channels, parameters| {
        Hearing::new(SoundInput { rate_hz, channels }, parameters).err()
    };
    let good = HearingParameters::default();
    assert_eq!(make(7_999, 1, good), Some(HearingError::Rate(7_999)));
    assert_eq!(make(192_001, 1, good), Some(HearingError::Rate(192_001)));
    assert_eq!(make(16_000, 0, good), Some(HearingError::Channels(0)));
    assert_eq!(make(16_000, 9, good), Some(HearingError::Channels(9)));
    let not_a_number = HearingParameters {
        hang_over_ms: f32::NAN,
        ..good
    };
    assert!(matches!(
        make(16_000, 1, not_a_number),
        Some(HearingError::Parameter { .. })
    ));
    let crossed = HearingParameters {
        speech_stop: 0.8,
        ..good
    };
    assert!(matches!(
        make(16_000, 1, crossed),
        Some(HearingError::Hysteresis { .. })
    ));
}

#[test]
fn an_event_is_one_flat_json_object() {
    let events = hear(16_000, &scene(16_000));
    let speech = beginnings(&events, EventKind::Speech)[0];
    let json = serde_json::to_value(speech).unwrap();
    assert_eq!(json["kind"], "speech");
    assert_eq!(json["end"], serde_json::Value::Null);
    assert_eq!(json["start"], speech.start.seconds());
    assert!(json["level"].is_number() && json["confidence"].is_number());
    assert!(json.get("from").is_none());
}

#[test]
fn the_senses_may_move_to_their_own_threads() {
    fn sendable<T: Send + 'static>() {}
    sendable::<Hearing>();
    sendable::<triune_senses::Sight>();
}
