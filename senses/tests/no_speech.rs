//! What is not speech is not taken for speech.

mod common;

use common::*;
use triune_senses::EventKind;

const RATE: u32 = 16_000;

fn require_no_speech(case: &str, rate: u32, samples: &[f32]) {
    let speech = beginnings(&hear(rate, samples), EventKind::Speech);
    assert!(speech.is_empty(), "{case}: {speech:?}");
}

#[test]
fn steady_noise_is_not_speech_not_even_when_it_starts() {
    let mut random = Random(1);
    for case in 0..60 {
        let rate = [16_000, 48_000, 8_000][case % 3];
        let colour = COLOURS[(case / 3) % 3];
        let level = -70.0 + 62.0 * random.unit();
        let silence = (rate as f32 * 0.7 * random.unit()) as usize;
        let mut samples = vec![0.0; silence];
        samples.extend(noise(colour, 3 * rate as usize, level, &mut random));
        require_no_speech(
            &format!("{colour:?} at {level} dB, {rate} Hz"),
            rate,
            &samples,
        );
    }
}

#[test]
fn noise_that_changes_its_level_is_not_speech() {
    let mut random = Random(2);
    for case in 0..12 {
        let colour = COLOURS[case % 3];
        let mut samples = noise(colour, 30 * RATE as usize, -15.0, &mut random);
        let (mut gain, mut until) = (1.0, 0);
        for (n, sample) in samples.iter_mut().enumerate() {
            if n >= until {
                gain = amplitude(-40.0 * random.unit());
                until = n + (RATE as f32 * (0.05 + 2.0 * random.unit())) as usize;
            }
            *sample *= gain;
        }
        require_no_speech(&format!("steps in {colour:?}"), RATE, &samples);
    }
}

#[test]
fn noise_that_swells_at_any_pace_is_not_speech() {
    let mut random = Random(3);
    for colour in COLOURS {
        for hertz in [0.3, 1.0, 2.0, 4.0, 8.0, 25.0] {
            let mut samples = noise(colour, 8 * RATE as usize, -20.0, &mut random);
            for (n, sample) in samples.iter_mut().enumerate() {
                let phase = std::f32::consts::TAU * hertz * n as f32 / RATE as f32;
                *sample *= 0.5 + 0.5 * phase.sin();
            }
            require_no_speech(
                &format!("{colour:?} swelling at {hertz} Hz"),
                RATE,
                &samples,
            );
        }
    }
}

#[test]
fn tones_hum_and_beeps_are_not_speech() {
    let mut random = Random(4);
    let saw = |pitch: f32| -> Vec<(f32, f32)> {
        (1..=(7000.0 / pitch) as usize)
            .map(|h| (h as f32 * pitch, 0.1 / h as f32))
            .collect()
    };
    let hum = vec![
        (50.0, 0.1),
        (100.0, 0.05),
        (150.0, 0.05),
        (200.0, 0.02),
        (300.0, 0.03),
    ];
    let mut sounds = vec![("hum".to_owned(), hum)];
    for pitch in [60.0, 100.0, 147.3, 200.0, 333.0, 440.0, 1000.0] {
        sounds.push((format!("sine of {pitch} Hz"), vec![(pitch, 0.2)]));
        sounds.push((format!("saw-tooth of {pitch} Hz"), saw(pitch)));
    }
    for (name, parts) in sounds {
        for (background, beeps) in [(-90.0, false), (-35.0, false), (-90.0, true), (-45.0, true)] {
            let mut sound = tones(RATE, 3.0, &parts);
            for (n, sample) in sound.iter_mut().enumerate() {
                if beeps && (n / (RATE as usize / 5)) % 2 == 1 {
                    *sample = 0.0;
                }
            }
            let mut samples = noise(Colour::Pink, 5 * RATE as usize, background, &mut random);
            mix(&mut samples, &sound, RATE as usize);
            require_no_speech(
                &format!("{name}, beeps {beeps}, noise {background}"),
                RATE,
                &samples,
            );
        }
    }
}

#[test]
fn clicks_and_claps_are_onsets_but_not_speech() {
    let mut random = Random(5);
    for (decay, every) in [
        (0.0, 0.0),
        (0.01, 0.0),
        (0.05, 0.0),
        (0.02, 0.4),
        (0.04, 0.25),
    ] {
        let mut samples = noise(Colour::Pink, 5 * RATE as usize, -55.0, &mut random);
        let mut at = 2 * RATE as usize;
        loop {
            for n in 0..(RATE as f32 * decay * 6.0) as usize + 1 {
                let fall = if decay > 0.0 {
                    (-(n as f32) / (decay * RATE as f32)).exp()
                } else {
                    1.0
                };
                samples[at + n] += 0.25 * random.normal() * fall + if n == 0 { 0.5 } else { 0.0 };
            }
            at += (every * RATE as f32) as usize;
            if every == 0.0 || at > 4 * RATE as usize {
                break;
            }
        }
        let case = format!("decay {decay} s, every {every} s");
        require_no_speech(&case, RATE, &samples);
        let onsets = beginnings(&hear(RATE, &samples), EventKind::Onset);
        assert!(!onsets.is_empty(), "{case}: no onset");
        let late = seconds(onsets[0].start) - 2.0;
        assert!(
            (-0.003..0.003).contains(&late),
            "{case}: onset {late} s off"
        );
    }
}

#[test]
fn silence_and_direct_current_are_nothing() {
    for level in [0.0, 0.1, -0.9, 1.0] {
        let events = hear(RATE, &vec![level; 4 * RATE as usize]);
        assert!(events.is_empty(), "{level}: {events:?}");
    }
    let mut step = vec![0.0; RATE as usize];
    step.resize(3 * RATE as usize, 0.7);
    require_no_speech("a step", RATE, &step);
}

#[test]
fn steady_noise_has_no_onsets() {
    let mut random = Random(6);
    for colour in COLOURS {
        let samples = noise(colour, 20 * RATE as usize, -30.0, &mut random);
        let events = hear(RATE, &samples);
        assert!(events.is_empty(), "{colour:?}: {events:?}");
    }
}
