//! Speech is found where it is, in noise, whatever the voice.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::*;
use triune_core::Timestamp;
use triune_senses::{EventKind, Hearing, HearingParameters, SoundInput};

const VOICES: [&str; 11] = [
    "en", "de", "fr+f3", "en+m3", "es", "it+f2", "en-us+m7", "pl", "ru+f4", "en+f5", "sv",
];
const PHRASES: [&str; 6] = [
    "Good morning, the house is standing",
    "seven quiet stones wait by the river",
    "hello, hello, do you hear me",
    "She sells sea shells",
    "open the window please",
    "one two three four",
];

/// Asks for one event that begins within -20 ms to 600 ms of `onset` and ends near `end`.
fn require_speech(case: &str, rate: u32, samples: &[f32], onset: usize, end: usize) {
    let events = hear(rate, samples);
    let speech = beginnings(&events, EventKind::Speech);
    let onset = onset as f64 / f64::from(rate);
    let end = end as f64 / f64::from(rate);
    assert!(!speech.is_empty(), "{case}: no speech found");
    let late = seconds(speech[0].start) - onset;
    assert!(
        (-0.02..0.6).contains(&late),
        "{case}: begins {late:.3} s after the onset"
    );
    assert!(speech[0].confidence > 0.3, "{case}: {:?}", speech[0]);
    for begun in &speech {
        let ended = events
            .iter()
            .find(|event| event.id == begun.id && event.end.is_some());
        let ended = ended.unwrap_or_else(|| panic!("{case}: {begun:?} never ends"));
        assert_eq!(
            (ended.kind, ended.start),
            (begun.kind, begun.start),
            "{case}"
        );
        let over = seconds(ended.end.unwrap()) - end;
        assert!(over < 0.1, "{case}: ends {over:.3} s after the phrase");
    }
}

#[test]
fn speech_is_found_in_noise() {
    if !has_espeak() {
        return;
    }
    let mut random = Random(11);
    for case in 0..33 {
        let voice = VOICES[case % VOICES.len()];
        let words = PHRASES[case % PHRASES.len()];
        let colour = COLOURS[(case / 2) % 3];
        let rate = [48_000, 16_000, 44_100, 22_050][case % 4];
        let snr = [10.0, 20.0, 35.0][(case + case / 3) % 3];
        let phrase = speak(voice, words, rate, -25.0 + 15.0 * random.unit());
        let loudness = 20.0 * rms(&phrase.samples[phrase.onset..phrase.end]).log10();
        let lead = (rate as f32 * (0.5 + 2.5 * random.unit())) as usize;
        let length = lead + phrase.samples.len() + rate as usize;
        let mut samples = noise(colour, length, loudness - snr, &mut random);
        mix(&mut samples, &phrase.samples, lead);
        let name = format!("{voice} {words:?} at {rate} Hz, {snr} dB over {colour:?}");
        require_speech(
            &name,
            rate,
            &samples,
            lead + phrase.onset,
            lead + phrase.end,
        );
    }
}

#[test]
fn speech_is_found_in_silence_and_from_the_first_sample() {
    if !has_espeak() {
        return;
    }
    for (voice, lead) in [("en", 0), ("de", 16_000), ("fr+f3", 0), ("en+m3", 40_000)] {
        let phrase = speak(voice, PHRASES[0], 16_000, -15.0);
        let mut samples = vec![0.0; lead + phrase.samples.len() + 16_000];
        mix(&mut samples, &phrase.samples, lead);
        require_speech(
            voice,
            16_000,
            &samples,
            lead + phrase.onset,
            lead + phrase.end,
        );
    }
}

#[test]
fn speech_over_a_hum_is_dated_to_the_speech() {
    if !has_espeak() {
        return;
    }
    let rate = 48_000;
    let phrase = speak("en", PHRASES[1], rate, -12.0);
    let lead = 3 * rate as usize;
    let mut samples = tones(
        rate,
        7.0,
        &[(50.0, 0.02), (100.0, 0.01), (150.0, 0.01), (250.0, 0.004)],
    );
    mix(&mut samples, &phrase.samples, lead);
    require_speech(
        "hum",
        rate,
        &samples,
        lead + phrase.onset,
        lead + phrase.end,
    );
}

/// What the appliance's own trial plays: digital silence, low pink noise for
/// seconds, a phrase over it, as 48 kHz stereo in 16 bits that comes in bursts
/// whose stamps are some milliseconds off.
#[test]
fn a_phrase_after_pink_noise_through_a_bursty_card_is_heard_once_and_not_before() {
    if !has_espeak() {
        return;
    }
    let rate = 48_000;
    let mut random = Random(2024);
    for case in 0..12 {
        let voice = VOICES[(case * 5) % VOICES.len()];
        let phrase = speak(
            voice,
            PHRASES[case % PHRASES.len()],
            rate,
            -20.0 + 5.0 * random.unit(),
        );
        let silence = (rate as f32 * random.unit()) as usize;
        let lead = rate as usize * (2 + case % 4);
        let hiss = lead + phrase.samples.len() + 2 * rate as usize;
        let mut samples = vec![0.0; silence];
        samples.extend(noise(
            Colour::Pink,
            hiss,
            -50.0 + 10.0 * random.unit(),
            &mut random,
        ));
        mix(&mut samples, &phrase.samples, silence + lead);
        let stereo: Vec<f32> = samples
            .iter()
            .map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0)
            .flat_map(|sample| [sample, sample])
            .collect();

        let input = SoundInput {
            rate_hz: rate,
            channels: 2,
        };
        let mut hearing = Hearing::new(input, HearingParameters::default()).unwrap();
        let mut events = Vec::new();
        let mut frame = 0;
        while frame < samples.len() {
            let frames = (96 + (random.unit() * 1400.0) as usize).min(samples.len() - frame);
            let exact = instant(rate, frame);
            let time = Timestamp(exact.0 + (random.unit() * 14e6) as u64);
            let block = &stereo[2 * frame..2 * (frame + frames)];
            hearing.process(block, time, |event| events.push(*event));
            frame += frames;
        }
        let speech = beginnings(&events, EventKind::Speech);
        let onset = (silence + lead + phrase.onset) as f64 / f64::from(rate);
        assert_eq!(speech.len(), 1, "{voice}: {speech:?}");
        let late = seconds(speech[0].start) - onset;
        assert!(
            (0.0..0.6).contains(&late),
            "{voice}: begins {late:.3} s after the onset"
        );
        assert_eq!(
            events
                .iter()
                .filter(|event| event.kind == EventKind::Speech)
                .count(),
            2,
            "{voice}"
        );
    }
}

#[test]
fn a_made_up_voice_is_heard() {
    let rate = 16_000;
    let mut random = Random(5);
    let mut samples = noise(Colour::Pink, 5 * rate as usize, -50.0, &mut random);
    mix(&mut samples, &vowels(rate, 1.5, -15.0), 2 * rate as usize);
    require_speech(
        "vowels",
        rate,
        &samples,
        2 * rate as usize,
        7 * rate as usize / 2,
    );
}
