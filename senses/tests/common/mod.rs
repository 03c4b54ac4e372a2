//! Test signals: seeded noises, tones, and speech synthesised by espeak-ng.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::process::{Command, Stdio};
use triune_core::Timestamp;
use triune_senses::{Event, EventKind, Hearing, HearingParameters, SoundInput};

/// A small generator (SplitMix64: Steele, Lea, Flood, "Fast splittable
/// pseudorandom number generators", 2014), so that every run is alike.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform, 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Roughly normal, deviation 1: the sum of twelve uniform numbers less six.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Colour {
    White,
    Pink,
    Brown,
}

pub const COLOURS: [Colour; 3] = [Colour::White, Colour::Pink, Colour::Brown];

pub fn amplitude(db: f32) -> f32 {
    10_f32.powf(db / 20.0)
}

pub fn rms(samples: &[f32]) -> f32 {
    let energy: f64 = samples.iter().map(|s| f64::from(s * s)).sum();
    ((energy / samples.len() as f64) as f32).sqrt()
}

/// Noise with a root mean square of `db` relative to full scale.
pub fn noise(colour: Colour, length: usize, db: f32, random: &mut Random) -> Vec<f32> {
    let mut samples: Vec<f32> = match colour {
        Colour::White => (0..length).map(|_| random.normal()).collect(),
        Colour::Pink => {
            // A bank of one-pole low-passes spread over the octaves, summed up.
            let mut state = [0.0_f32; 14];
            (0..length)
                .map(|_| {
                    let white = random.normal();
                    let mut sum = 0.0;
                    for (octave, value) in state.iter_mut().enumerate() {
                        let pole = 1.0 - 0.5_f32.powi(octave as i32 + 1);
                        *value = pole * *value + (1.0 - pole).sqrt() * white;
                        sum += *value * (1.0 - pole).sqrt().sqrt().recip() * (1.0 - pole).sqrt();
                    }
                    sum
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
pub fn tones(rate: u32, seconds: f32, parts: &[(f32, f32)]) -> Vec<f32> {
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

pub fn mix(target: &mut [f32], source: &[f32], at: usize) {
    for (target, source) in target[at..].iter_mut().zip(source) {
        *target += source;
    }
}

/// Whether espeak-ng is there; says so if not.
pub fn has_espeak() -> bool {
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
pub struct Phrase {
    pub samples: Vec<f32>,
    pub onset: usize,
    pub end: usize,
}

/// Speaks `words`, resampled to `rate` by linear interpolation, the peak being `peak_db`.
pub fn speak(voice: &str, words: &str, rate: u32, peak_db: f32) -> Phrase {
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
    let source: Vec<f32> =
        reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect();
    let length = (source.len() as f64 * f64::from(rate) / source_rate) as usize;
    let mut samples: Vec<f32> = (0..length)
        .map(|n| {
            let place = n as f64 * source_rate / f64::from(rate);
            let (index, share) = (place as usize, place.fract() as f32);
            let next = *source.get(index + 1).unwrap_or(&0.0);
            source[index] + share * (next - source[index])
        })
        .collect();
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    samples.iter_mut().for_each(|sample| *sample *= amplitude(peak_db) / peak);
    // Where it exceeds a hundredth of its peak it can be heard.
    let loud = |sample: &f32| sample.abs() > 0.01 * amplitude(peak_db);
    let onset = samples.iter().position(loud).unwrap();
    let end = samples.iter().rposition(loud).unwrap();
    Phrase { samples, onset, end }
}

pub const START: Timestamp = Timestamp(7_000_000_000);

/// The instant of frame `frame`.
pub fn instant(rate: u32, frame: usize) -> Timestamp {
    START.after((frame as u128 * 1_000_000_000 / u128::from(rate)) as u64)
}

/// Seconds after the first frame.
pub fn seconds(time: Timestamp) -> f64 {
    time.seconds() - START.seconds()
}

/// Hears one channel in blocks of 10 ms; every report in order.
pub fn hear(rate: u32, samples: &[f32]) -> Vec<Event> {
    let mut hearing =
        Hearing::new(SoundInput { rate_hz: rate, channels: 1 }, HearingParameters::default()).unwrap();
    let block = rate as usize / 100;
    let mut events = Vec::new();
    for (index, block_samples) in samples.chunks(block).enumerate() {
        hearing.process(block_samples, instant(rate, index * block), |event| events.push(*event));
    }
    hearing.finish(|event| events.push(*event));
    events
}

pub fn beginnings(events: &[Event], kind: EventKind) -> Vec<Event> {
    events.iter().filter(|event| event.kind == kind && event.end.is_none()).copied().collect()
}
