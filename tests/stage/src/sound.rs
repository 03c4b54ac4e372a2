//! Plays noise and phrases into the loopback card, and knows when each sample leaves.

use std::path::Path;
use std::sync::mpsc::Sender;

use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, ValueOr};
use triune_stage::plan::SAMPLE_RATE;
use triune_stage::{Plan, Report};

use crate::clock::now_ns;
use crate::noise::Noise;
use crate::port::Port;

const CHANNELS: u32 = 2;
/// 20 ms: short enough to place an onset by one query of the delay.
const CHUNK_FRAMES: usize = 960;
/// Two seconds of buffer: on a busy host, emulation may hold this thread up for a good while.
const BUFFER_FRAMES: i64 = 96_000;

/// Why the sound cannot be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SoundError {
    #[error(
        "the sound card {device} cannot be opened for 48 kHz stereo: {source}; is snd-aloop loaded?"
    )]
    Open { device: String, source: alsa::Error },
    #[error("playing stopped: {0}")]
    Play(#[from] alsa::Error),
    #[error(
        "the recording {file} cannot be used: {reason}; it must be 48 kHz, one channel, 16 bits"
    )]
    Recording { file: String, reason: String },
}

/// A plan with its recordings in memory.
pub(crate) struct Program {
    seed: u64,
    noise_dbfs: f32,
    phrases: Vec<Recording>,
    /// Frames after which the phrases are played again.
    repeat: Option<u64>,
}

struct Recording {
    file: String,
    start: u64,
    samples: Vec<i16>,
}

impl Program {
    pub(crate) fn load(plan: &Plan, folder: &Path) -> Result<Self, SoundError> {
        let frames = |ms: u64| ms * u64::from(SAMPLE_RATE) / 1000;
        let phrases = plan
            .phrases
            .iter()
            .map(|phrase| {
                Ok(Recording {
                    file: phrase.file.display().to_string(),
                    start: frames(phrase.at_ms),
                    samples: read_recording(&folder.join(&phrase.file))?,
                })
            })
            .collect::<Result<_, SoundError>>()?;
        Ok(Self {
            seed: plan.seed,
            noise_dbfs: plan.noise_dbfs,
            phrases,
            repeat: plan.repeat_ms.map(|ms| frames(ms).max(1)),
        })
    }

    /// Where in the script a frame of the stream lies.
    fn script_frame(&self, frame: u64) -> u64 {
        self.repeat.map_or(frame, |length| frame % length)
    }

    /// The phrase that begins in the chunk at `frame`, and how far into the chunk.
    fn beginning_in_chunk(&self, frame: u64) -> Option<(&Recording, u64)> {
        let script = self.script_frame(frame);
        self.phrases.iter().find_map(|phrase| {
            let offset = phrase.start.checked_sub(script)?;
            (offset < CHUNK_FRAMES as u64).then_some((phrase, offset))
        })
    }

    /// The sum of what is spoken at one frame.
    fn spoken(&self, frame: u64) -> f32 {
        let script = self.script_frame(frame);
        self.phrases
            .iter()
            .filter_map(|phrase| {
                let offset = usize::try_from(script.checked_sub(phrase.start)?).ok()?;
                phrase.samples.get(offset)
            })
            .map(|&sample| f32::from(sample))
            .sum()
    }

    /// The frame at which everything was played once, if the script ends.
    fn end(&self) -> Option<u64> {
        if self.repeat.is_some() {
            return None;
        }
        self.phrases
            .iter()
            .map(|phrase| phrase.start + phrase.samples.len() as u64)
            .max()
    }
}

fn read_recording(path: &Path) -> Result<Vec<i16>, SoundError> {
    let refuse = |reason: String| SoundError::Recording {
        file: path.display().to_string(),
        reason,
    };
    let mut reader = hound::WavReader::open(path).map_err(|error| refuse(error.to_string()))?;
    let spec = reader.spec();
    if (spec.sample_rate, spec.channels, spec.bits_per_sample) != (SAMPLE_RATE, 1, 16) {
        return Err(refuse(format!(
            "it has {} Hz, {} channels, {} bits",
            spec.sample_rate, spec.channels, spec.bits_per_sample
        )));
    }
    reader
        .samples()
        .collect::<Result<_, _>>()
        .map_err(|error| refuse(error.to_string()))
}

/// The playing side of the loopback card.
pub(crate) struct Speaker {
    pcm: PCM,
}

impl Speaker {
    pub(crate) fn open(device: &str) -> Result<Self, SoundError> {
        Self::open_pcm(device)
            .map(|pcm| Self { pcm })
            .map_err(|source| SoundError::Open {
                device: device.to_owned(),
                source,
            })
    }

    fn open_pcm(device: &str) -> Result<PCM, alsa::Error> {
        let pcm = PCM::new(device, Direction::Playback, false)?;
        let parameters = HwParams::any(&pcm)?;
        parameters.set_access(Access::RWInterleaved)?;
        parameters.set_format(Format::s16())?;
        parameters.set_channels(CHANNELS)?;
        parameters.set_rate(SAMPLE_RATE, ValueOr::Nearest)?;
        parameters.set_period_size_near(CHUNK_FRAMES as i64, ValueOr::Nearest)?;
        parameters.set_buffer_size_near(BUFFER_FRAMES)?;
        pcm.hw_params(&parameters)?;
        drop(parameters);
        Ok(pcm)
    }

    /// Plays without end; `began` is sent the time of the first sample.
    pub(crate) fn play(
        &mut self,
        program: &Program,
        port: &Port,
        began: &Sender<u64>,
    ) -> Result<(), SoundError> {
        let mut noise = Noise::new(program.seed, program.noise_dbfs);
        let mut chunk = [0_i16; CHUNK_FRAMES * CHANNELS as usize];
        let mut frame = 0_u64;
        let mut finished = false;
        loop {
            for (offset, samples) in chunk.chunks_exact_mut(CHANNELS as usize).enumerate() {
                let value = noise.next_sample() + program.spoken(frame + offset as u64);
                samples.fill(value.clamp(-32_768.0, 32_767.0) as i16);
            }
            if frame == 0 {
                let ns = now_ns();
                port.send(&Report::Noise { ns });
                // The light is optional company: it may already be done.
                let _ = began.send(ns);
            }
            if let Some((phrase, offset)) = program.beginning_in_chunk(frame) {
                let onset_ns = self.leaves_at(offset)?;
                let length_ns = nanoseconds(phrase.samples.len() as u64);
                port.send(&Report::Phrase {
                    onset_ns,
                    end_ns: onset_ns + length_ns,
                    file: phrase.file.clone(),
                });
            }
            self.write(&chunk, port)?;
            frame += CHUNK_FRAMES as u64;
            if !finished && program.end().is_some_and(|end| frame >= end) {
                finished = true;
                port.send(&Report::Finished);
            }
        }
    }

    /// When the sample `ahead` frames after the end of what is buffered leaves the card.
    fn leaves_at(&self, ahead: u64) -> Result<u64, alsa::Error> {
        let buffered = u64::try_from(self.pcm.delay()?).unwrap_or(0);
        Ok(now_ns() + nanoseconds(buffered + ahead))
    }

    fn write(&self, chunk: &[i16], port: &Port) -> Result<(), SoundError> {
        let io = self.pcm.io_i16()?;
        let mut rest = chunk;
        while !rest.is_empty() {
            match io.writei(rest) {
                Ok(frames) => rest = &rest[(frames * CHANNELS as usize).min(rest.len())..],
                Err(error) => {
                    port.send(&Report::Underrun { ns: now_ns() });
                    self.pcm.try_recover(error, true)?;
                }
            }
        }
        Ok(())
    }
}

fn nanoseconds(frames: u64) -> u64 {
    frames * 1_000_000_000 / u64::from(SAMPLE_RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(repeat: Option<u64>) -> Program {
        let samples = vec![1000; 500];
        Program {
            seed: 1,
            noise_dbfs: -60.0,
            phrases: vec![Recording {
                file: "p".into(),
                start: 2000,
                samples,
            }],
            repeat,
        }
    }

    #[test]
    fn a_phrase_sounds_exactly_where_it_stands() {
        let program = program(None);
        assert_eq!(program.spoken(1999), 0.0);
        assert_eq!(program.spoken(2000), 1000.0);
        assert_eq!(program.spoken(2499), 1000.0);
        assert_eq!(program.spoken(2500), 0.0);
        assert_eq!(program.end(), Some(2500));
    }

    #[test]
    fn the_onset_is_reported_in_the_chunk_that_holds_it() {
        let program = program(None);
        let chunk = CHUNK_FRAMES as u64;
        assert!(program.beginning_in_chunk(chunk).is_none());
        let (_, offset) = program.beginning_in_chunk(2 * chunk).unwrap();
        assert_eq!(2 * chunk + offset, 2000);
        assert!(program.beginning_in_chunk(3 * chunk).is_none());
    }

    #[test]
    fn a_repeated_script_has_no_end_and_sounds_again() {
        let program = program(Some(9600));
        assert_eq!(program.end(), None);
        assert_eq!(program.spoken(9600 + 2000), 1000.0);
        assert!(program.beginning_in_chunk(9600 + 1920).is_some());
    }
}
