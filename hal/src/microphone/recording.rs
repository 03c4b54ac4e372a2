//! A WAV file that stands in for a microphone.

use super::{Captured, Microphone, MicrophoneError, SoundFormat, frames_in};
use crate::pace::Pace;
use hound::{SampleFormat, WavReader};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Seek};
use std::path::{Path, PathBuf};
use triune_board::RecordedSound;

/// Rates that sound comes in; a header that says otherwise is damaged.
const RATES_HZ: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// Channels that sound comes in.
const CHANNELS: std::ops::RangeInclusive<u16> = 1..=32;

/// Plays a WAV file (integer samples of 8, 16, 24 or 32 bits, or 32-bit float).
#[derive(Debug)]
pub struct RecordedMicrophone {
    path: PathBuf,
    format: SoundFormat,
    sample_format: SampleFormat,
    /// What one step of an integer sample is worth.
    step: f32,
    repeat: bool,
    pace: Pace,
    state: State,
}

enum State {
    Playing(WavReader<BufReader<File>>),
    Over,
    /// Damaged from here on, for this reason.
    Broken(String),
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Playing(_) => "Playing",
            Self::Over => "Over",
            Self::Broken(_) => "Broken",
        })
    }
}

impl RecordedMicrophone {
    /// Opens the file and reads its header.
    ///
    /// # Errors
    /// [`MicrophoneError::Unreadable`] where the file cannot be opened,
    /// [`MicrophoneError::Corrupt`] where it is not a WAV file, holds no sound, or claims a rate
    /// or a number of channels that no recording has.
    pub fn open(spec: &RecordedSound) -> Result<Self, MicrophoneError> {
        let path = spec.path.clone();
        let file = File::open(&path).map_err(|source| MicrophoneError::Unreadable {
            path: path.clone(),
            source,
        })?;
        let reader =
            WavReader::new(BufReader::new(file)).map_err(|error| damaged(&path, &error))?;
        let header = reader.spec();
        let refuse = |reason: String| {
            Err(MicrophoneError::Corrupt {
                path: path.clone(),
                reason,
            })
        };
        if !RATES_HZ.contains(&header.sample_rate) {
            return refuse(format!("its header claims {} Hz", header.sample_rate));
        }
        if !CHANNELS.contains(&header.channels) {
            return refuse(format!("its header claims {} channels", header.channels));
        }
        if !(1..=32).contains(&header.bits_per_sample) {
            return refuse(format!("its samples have {} bits", header.bits_per_sample));
        }
        if reader.duration() == 0 {
            return refuse("it holds no sound".to_owned());
        }
        Ok(Self {
            format: SoundFormat {
                rate_hz: header.sample_rate,
                channels: header.channels,
            },
            sample_format: header.sample_format,
            step: 1.0 / (1u64 << (header.bits_per_sample - 1)) as f32,
            repeat: spec.repeat,
            pace: Pace::new(header.sample_rate, spec.paced),
            state: State::Playing(reader),
            path,
        })
    }

    /// Fills `samples` from the file as far as it goes; returns the samples written.
    fn fill(&mut self, samples: &mut [f32]) -> usize {
        let mut filled = 0;
        while filled < samples.len() {
            let State::Playing(reader) = &mut self.state else {
                break;
            };
            let rest = &mut samples[filled..];
            let (count, failure) = match self.sample_format {
                SampleFormat::Float => copy(reader.samples::<f32>(), rest, |sample| sample),
                SampleFormat::Int => {
                    let step = self.step;
                    copy(reader.samples::<i32>(), rest, |sample| sample as f32 * step)
                }
            };
            filled += count;
            match failure {
                Some(reason) => self.state = State::Broken(reason),
                None if filled < samples.len() => self.rewind(),
                None => {}
            }
        }
        filled
    }

    /// At the end of the file: back to its beginning, or over.
    fn rewind(&mut self) {
        let State::Playing(reader) = std::mem::replace(&mut self.state, State::Over) else {
            return;
        };
        if !self.repeat {
            return;
        }
        let mut inner = reader.into_inner();
        let again = inner
            .rewind()
            .map_err(hound::Error::IoError)
            .and_then(|()| WavReader::new(inner));
        self.state = match again {
            Ok(reader) if reader.duration() > 0 => State::Playing(reader),
            Ok(_) => State::Broken("it no longer holds sound".to_owned()),
            Err(error) => State::Broken(reason(&error)),
        };
    }
}

/// Copies samples until `out` is full or the file ends or fails.
fn copy<S>(
    samples: impl Iterator<Item = Result<S, hound::Error>>,
    out: &mut [f32],
    scaled: impl Fn(S) -> f32,
) -> (usize, Option<String>) {
    let mut count = 0;
    // `out` first: asking the file for one sample more than fits would lose it.
    for (out, sample) in out.iter_mut().zip(samples) {
        match sample.map(&scaled) {
            Ok(sample) if sample.is_finite() => *out = sample.clamp(-1.0, 1.0),
            Ok(_) => return (count, Some("a sample is not a number".to_owned())),
            Err(error) => return (count, Some(reason(&error))),
        }
        count += 1;
    }
    (count, None)
}

fn reason(error: &hound::Error) -> String {
    match error {
        hound::Error::IoError(io)
            if matches!(io.kind(), ErrorKind::UnexpectedEof | ErrorKind::Other) =>
        {
            "it ends before its header says".to_owned()
        }
        other => other.to_string(),
    }
}

fn damaged(path: &Path, error: &hound::Error) -> MicrophoneError {
    MicrophoneError::Corrupt {
        path: path.to_owned(),
        reason: reason(error),
    }
}

impl Microphone for RecordedMicrophone {
    fn format(&self) -> SoundFormat {
        self.format
    }

    fn period_frames(&self) -> usize {
        // 4 ms
        (self.format.rate_hz as usize / 250).max(1)
    }

    fn describe(&self) -> String {
        format!("recording {}", self.path.display())
    }

    fn read(&mut self, samples: &mut [f32]) -> Result<Captured, MicrophoneError> {
        let channels = usize::from(self.format.channels);
        let room = frames_in(samples, self.format.channels)? * channels;
        let frames = self.fill(&mut samples[..room]) / channels;
        if frames > 0 {
            return Ok(Captured {
                frames,
                time_ns: self.pace.take(frames as u64),
            });
        }
        Err(match &self.state {
            State::Broken(reason) => MicrophoneError::Corrupt {
                path: self.path.clone(),
                reason: reason.clone(),
            },
            State::Playing(_) | State::Over => MicrophoneError::EndOfRecording {
                path: self.path.clone(),
            },
        })
    }
}
