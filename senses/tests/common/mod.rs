//! Test signals: seeded noises, tones, and speech synthesised by espeak-ng.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::{Command, Stdio};
use triune_core::Timestamp;
use triune_senses::{Event, EventKind, Hearing, HearingParameters, SoundInput};

/// A small generator (SplitMix64: Steele, Lea, Flood, "Fast splittable
/// pseudorandom number generators", 2014), so that every run is alike.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform, 0 to 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Roughly normal, deviation 1: the sum of twelve uniform numbers less six.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Colour {
    White,
    Pink,
    Brown,
}

pub(crate) const COLOURS: [Colour; 3] = [Colour::White, Colour::Pink, Colour::Brown];

pub(crate) fn amplitude(db: f32) -> f32 {
    10_f32.powf(db / 20.0)
}

pub(crate) fn rms(samples: &[f32]) -> f32 {
    let energy: f64 = samples.iter().map(|s| f64::from(s * s)).sum();
    ((energy / samples.len() as f64) as f32).sqrt()
}

/// Noise with a root mean square of `db` relative to full scale.
pub(crate) fn noise(colour: Colour, length: usize, db: f32, random: &mut Random) -> Vec<f32> {
    let mut samples: Vec<f32> = match colour {
        Colour::White => (0..length).map(|_| random.normal()).collect(),
        Colour::Pink => {
            // Voss's method: sources that change half as often each, summed up.
            let mut sources = [0.0_f32; 14];
            (0..length)
                .map(|n| {
                    let source = ((n + 1).trailing_zeros() as usize).min(sources.len() - 1);
                    sources[source] = random.normal();
                    sources.iter().sum::<f32>() + random.normal()
                })
                .collect()
        }
        Colour::Brown => {
            let mut value = 0.0;
            (0..length)
                .map(|_| {
                    value = 0.999 * value + random.normal();
                    value
                })
                .collect()
        }
    };
    let scale = amplitude(db) / rms(&samples);
    samples.iter_mut().for_each(|sample| *sample *= scale);
    samples
}

/// A sum of sines: (hertz, amplitude).
pub(crate) fn tones(rate: u32, seconds: f32, parts: &[(f32, f32)]) -> Vec<f32> {
    (0..(seconds * rate as f32) as usize)
        .map(|n| {
            let time = n as f64 / f64::from(rate);
            parts
                .iter()
                .map(|&(hertz, amplitude)| {
                    amplitude * (std::f64::consts::TAU * f64::from(hertz) * time).sin() as f32
                })
                .sum()
        })
        .collect()
}

pub(crate) fn mix(target: &mut [f32], source: &[f32], at: usize) {
    for (target, source) in target[at..].iter_mut().zip(source) {
        *target += source;
    }
}

/// A voice without espeak-ng: harmonics of a gliding pitch under a peak that
/// wanders as between vowels, in syllables of 0.2 s.
pub(crate) fn vowels(rate: u32, seconds: f32, peak_db: f32) -> Vec<f32> {
    let mut phase = 0.0_f64;
    let length = (seconds * rate as f32) as usize;
    let mut samples: Vec<f32> = (0..length)
        .map(|n| {
            let time = n as f32 / rate as f32;
            let pitch = 130.0 + 15.0 * (5.0 * time).sin();
            phase += f64::from(pitch) / f64::from(rate);
            let formant = 900.0 + 500.0 * (time * 16.0).sin();
            let syllable = (std::f32::consts::PI * time / 0.2).sin().abs().sqrt();
            (1..=25)
                .map(|harmonic| {
                    let away = (pitch * harmonic as f32 - formant) / 250.0;
                    let sine = (std::f64::consts::TAU * phase * f64::from(harmonic)).sin() as f32;
                    sine * (0.05 + (-away * away).exp()) * syllable
                })
                .sum()
        })
        .collect();
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    samples
        .iter_mut()
        .for_each(|sample| *sample *= amplitude(peak_db) / peak);
    samples
}

/// Whether espeak-ng is there; says so if not.
pub(crate) fn has_espeak() -> bool {
    let found = Command::new("espeak-ng")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        println!("skipped: espeak-ng is not installed");
    }
    found
}

/// A spoken phrase with its true beginning and end within the samples.
pub(crate) struct Phrase {
    pub(crate) samples: Vec<f32>,
    pub(crate) onset: usize,
    pub(crate) end: usize,
}

/// Speaks `words` in an espeak-ng voice such as `fr+f3`, resampled to `rate` by linear interpolation, the peak being `peak_db`.
pub(crate) fn speak(voice: &str, words: &str, rate: u32, peak_db: f32) -> Phrase {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phrase.wav");
    let status = Command::new("espeak-ng")
        .args(["-v", voice, "-w"])
        .arg(&path)
        .arg(words)
        .status()
        .unwrap();
    assert!(status.success(), "espeak-ng -v {voice} failed");
    let mut reader = hound::WavReader::open(&path).unwrap();
    let source_rate = f64::from(reader.spec().sample_rate);
    let source: Vec<f32> = reader
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0)
        .collect();
    let length = (source.len() as f64 * f64::from(rate) / source_rate) as usize;
    let mut samples: Vec<f32> = (0..length)
        .map(|n| {
            let place = n as f64 * source_rate / f64::from(rate);
            let (index, share) = (place as usize, place.fract() as f32);
            let next = *source.get(index + 1).unwrap_or(&0.0);
            source[index] + share * (next - source[index])
        })
        .collect();
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    samples
        .iter_mut()
        .for_each(|sample| *sample *= amplitude(peak_db) / peak);
    // Where it exceeds a hundredth of its peak it can be heard.
    let loud = |sample: &f32| sample.abs() > 0.01 * amplitude(peak_db);
    let onset = samples.iter().position(loud).unwrap();
    let end = samples.iter().rposition(loud).unwrap();
    Phrase {
        samples,
        onset,
        end,
    }
}

pub(crate) const START: Timestamp = Timestamp(7_000_000_000);

/// The instant of frame `frame`.
pub(crate) fn instant(rate: u32, frame: usize) -> Timestamp {
    START.after((frame as u128 * 1_000_000_000 / u128::from(rate)) as u64)
}

/// Seconds after the first frame.
pub(crate) fn seconds(time: Timestamp) -> f64 {
    time.seconds() - START.seconds()
}

/// Hears one channel in blocks of 10 ms; every report in order.
pub(crate) fn hear(rate: u32, samples: &[f32]) -> Vec<Event> {
    let mut hearing = Hearing::new(
        SoundInput {
            rate_hz: rate,
            channels: 1,
        },
        HearingParameters::default(),
    )
    .unwrap();
    let block = rate as usize / 100;
    let mut events = Vec::new();
    for (index, block_samples) in samples.chunks(block).enumerate() {
        hearing.process(block_samples, instant(rate, index * block), |event| {
            events.push(*event);
        });
    }
    hearing.finish(|event| events.push(*event));
    events
}

pub(crate) fn beginnings(events: &[Event], kind: EventKind) -> Vec<Event> {
    events
        .iter()
        .filter(|event| event.kind == kind && event.end.is_none())
        .copied()
        .collect()
}
