//! Speech for the stage: random words in a random voice, from the `espeak-ng` synthesiser.

use std::path::{Path, PathBuf};
use std::process::Command;

use triune_stage::plan::SAMPLE_RATE;

use crate::process::{self, ProcessError};
use crate::random::Chance;

/// Voices that differ in sex, age and accent.
const VOICES: &[&str] = &[
    "en-us",
    "en-gb",
    "en-us+f2",
    "en-us+f3",
    "en-gb+m3",
    "en-us+m5",
    "en-gb-scotland",
    "en-us+f5",
];
/// Each begins with a sound that is loud from its start.
const OPENINGS: &[&str] = &[
    "morning",
    "night",
    "water",
    "and now",
    "all right",
    "many",
    "over",
    "under",
];
const REST: &[&str] = &[
    "the river runs slowly",
    "a lantern burns all evening",
    "seven birds are calling",
    "we are walking homeward",
    "rain is on the window",
    "nobody moved the table",
    "the garden is growing",
    "bring me another number",
];
/// The loudest sample of a phrase: half of full scale, -6 dB.
const PEAK: f32 = 16_384.0;
/// What is audible, relative to the loudest sample: -34 dB.
const AUDIBLE: f32 = 0.02;

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpeechError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("the recording {path} cannot be used: {source}")]
    Recording { path: PathBuf, source: hound::Error },
    #[error("espeak-ng spoke `{0}` without a sound; is its voice data installed?")]
    Silent(String),
}

/// What is said and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) voice: &'static str,
    /// Words a minute.
    pub(crate) speed: u64,
    /// 0 to 99, 50 is the voice's own.
    pub(crate) pitch: u64,
}

impl Words {
    /// A sentence of two to three seconds.
    pub(crate) fn random(chance: &mut Chance) -> Self {
        let opening = chance.pick(OPENINGS).copied().unwrap_or_default();
        let rest = chance.pick(REST).copied().unwrap_or_default();
        Self {
            text: format!("{opening}, {rest}"),
            voice: chance.pick(VOICES).copied().unwrap_or("en-us"),
            speed: chance.between(140, 175),
            pitch: chance.between(35, 65),
        }
    }
}

/// Speaks into a file of 48 kHz, one channel, 16 bits that begins at its first audible sample.
pub(crate) fn speak(words: &Words, file: &Path, scratch: &Path) -> Result<(), SpeechError> {
    let raw = scratch.join("spoken.wav");
    process::capture(
        Command::new("espeak-ng")
            .args(["-v", words.voice])
            .args([
                "-s",
                &words.speed.to_string(),
                "-p",
                &words.pitch.to_string(),
                "-w",
            ])
            .arg(&raw)
            .arg(&words.text),
    )?;
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| SpeechError::Recording { path, source }
    };
    let mut reader = hound::WavReader::open(&raw).map_err(refused(&raw))?;
    let rate = reader.spec().sample_rate;
    let spoken: Vec<f32> = reader
        .samples::<i16>()
        .map(|sample| sample.map(f32::from))
        .collect::<Result<_, _>>()
        .map_err(refused(&raw))?;
    let audible = audible_part(&spoken).ok_or_else(|| SpeechError::Silent(words.text.clone()))?;
    write(file, &resample(audible, rate)).map_err(refused(file))
}

fn write(file: &Path, samples: &[f32]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let loudest = loudest(samples).max(1.0);
    let mut writer = hound::WavWriter::create(file, spec)?;
    for sample in samples {
        writer.write_sample((sample / loudest * PEAK) as i16)?;
    }
    writer.finalize()
}

fn loudest(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |most, sample| most.max(sample.abs()))
}

/// From the first to the last audible sample.
fn audible_part(samples: &[f32]) -> Option<&[f32]> {
    let threshold = loudest(samples) * AUDIBLE;
    let heard = |sample: &f32| sample.abs() > threshold;
    let first = samples.iter().position(heard)?;
    let last = samples.iter().rposition(heard)?;
    Some(&samples[first..=last])
}

/// Linear interpolation: it leaves weak images above the source's band, which matter neither
/// to a listener for voices nor to the onset's time.
fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    let step = f64::from(rate) / f64::from(SAMPLE_RATE);
    let count = (samples.len().saturating_sub(1) as f64 / step) as usize;
    (0..count)
        .map(|index| {
            let position = index as f64 * step;
            let left = position as usize;
            let part = (position - left as f64) as f32;
            samples[left] * (1.0 - part) + samples[(left + 1).min(samples.len() - 1)] * part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_begins_and_ends_where_it_is_heard() {
        let mut samples = vec![1.0; 100];
        samples.extend([500.0; 50]);
        samples.extend([2.0; 30]);
        assert_eq!(audible_part(&samples).unwrap().len(), 50);
        assert!(audible_part(&[0.0; 10]).is_none());
        assert!(audible_part(&[]).is_none());
    }

    #[test]
    fn resampling_keeps_length_in_seconds_and_shape() {
        let ramp: Vec<f32> = (0..22_050).map(|n| n as f32).collect();
        let out = resample(&ramp, 22_050);
        assert!((out.len() as i64 - 48_000).abs() < 5);
        assert!((out[24_000] - 11_025.0).abs() < 1.0);
    }

    #[test]
    fn a_spoken_phrase_starts_loud() {
        if process::find_program("espeak-ng").is_none() {
            println!("skipped: espeak-ng is not installed");
            return;
        }
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("out.wav");
        let words = Words::random(&mut Chance::new(1));
        speak(&words, &file, scratch.path()).unwrap();
        let mut reader = hound::WavReader::open(&file).unwrap();
        assert_eq!(reader.spec().sample_rate, SAMPLE_RATE);
        let samples: Vec<f32> = reader
            .samples::<i16>()
            .map(|s| f32::from(s.unwrap()))
            .collect();
        assert!(samples.len() > SAMPLE_RATE as usize, "more than a second");
        let power = |part: &[f32]| part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32;
        let start = power(&samples[..4800]).sqrt();
        assert!(start > 300.0, "the first 100 ms have {start} RMS");
    }
}
