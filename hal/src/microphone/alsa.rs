//! A sound card through ALSA.

mod configure;
mod convert;
mod stamps;

use super::{Captured, Microphone, MicrophoneError, SoundFormat, frames_in};
use crate::clock::{NANOS_PER_SECOND, nanos_of, now_ns};
use ::alsa::pcm::{Frames, PCM};
use configure::Configured;
use convert::Transfer;
use stamps::Stamps;
use triune_board::AlsaMicrophone;

/// A card that sends nothing for this long is reported; a period is a few milliseconds.
const SILENT_AFTER_MS: u32 = 2_000;

/// A stamp of the card's further from now than this is not from our clock.
const STAMP_TRUSTED_NS: u64 = NANOS_PER_SECOND;

/// A microphone of a sound card. Opened non-blocking and waited for with a limit, so that a card
/// that stops never holds its reader for ever.
pub struct AlsaDevice {
    pcm: PCM,
    device: String,
    format: SoundFormat,
    period_frames: usize,
    transfer: Transfer,
    overruns: u64,
    /// An overrun that was met in the middle of a read, told at the next.
    untold_overrun: Option<MicrophoneError>,
    stamps: Stamps,
}

impl std::fmt::Debug for AlsaDevice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AlsaDevice")
            .field("device", &self.device)
            .field("format", &self.format)
            .field("overruns", &self.overruns)
            .finish_non_exhaustive()
    }
}

/// What a chunk of a read came to.
enum Chunk {
    /// This many frames, the first of them recorded then.
    Frames(usize, u64),
    /// Nothing is there yet.
    NotYet,
}

impl AlsaDevice {
    /// Opens the card, agrees on a format and starts recording.
    ///
    /// Rate, channels and period are the nearest that the card has; [`Microphone::format`] tells
    /// which.
    ///
    /// # Errors
    /// [`MicrophoneError::NotFound`], [`MicrophoneError::Busy`], [`MicrophoneError::NotAllowed`],
    /// [`MicrophoneError::Unsupported`] or [`MicrophoneError::System`].
    pub fn open(spec: &AlsaMicrophone) -> Result<Self, MicrophoneError> {
        let Configured {
            pcm,
            format,
            period_frames,
            transfer,
        } = configure::open(spec)?;
        let card = Self {
            pcm,
            device: spec.device.clone(),
            format,
            period_frames,
            transfer,
            overruns: 0,
            untold_overrun: None,
            stamps: Stamps::new(format.rate_hz),
        };
        card.pcm
            .start()
            .map_err(|error| configure::explain(&card.device, error))?;
        Ok(card)
    }

    /// Waits for sound, at most [`SILENT_AFTER_MS`].
    fn wait(&self) -> Result<(), Failure> {
        match self.pcm.wait(Some(SILENT_AFTER_MS)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::Silent),
            Err(error) => Err(Failure::Alsa(error)),
        }
    }

    /// Takes what is there, at most what fits into `samples`.
    fn take(&mut self, samples: &mut [f32]) -> Result<Chunk, Failure> {
        let first_ns = self.stamps.first_frame(self.oldest_frame_ns());
        match self.transfer.read(&self.pcm, samples) {
            Ok(0) => Ok(Chunk::NotYet),
            Ok(frames) => Ok(Chunk::Frames(frames, first_ns)),
            Err(error) if error.errno() == libc::EAGAIN => Ok(Chunk::NotYet),
            Err(error) => Err(Failure::Alsa(error)),
        }
    }

    /// When the oldest frame in the card's buffer was recorded: the card's own stamp (or now,
    /// where it gives none) less the frames recorded since.
    fn oldest_frame_ns(&self) -> u64 {
        let now = now_ns();
        let Ok(status) = self.pcm.status() else {
            return now;
        };
        let stamp = status.get_htstamp();
        let stamp = u64::try_from(stamp.tv_sec).unwrap_or(0) * NANOS_PER_SECOND
            + u64::try_from(stamp.tv_nsec).unwrap_or(0);
        let stamp = if now.abs_diff(stamp) < STAMP_TRUSTED_NS {
            stamp
        } else {
            now
        };
        let recorded: Frames = status.get_delay().max(status.get_avail()).max(0);
        stamp.saturating_sub(nanos_of(
            recorded.unsigned_abs(),
            u64::from(self.format.rate_hz),
        ))
    }

    /// After an overrun: count it, and start the card again.
    fn recover(&mut self, error: ::alsa::Error) -> MicrophoneError {
        self.overruns += 1;
        // Trust the error, not the state that the card reports: some plugins still say that
        // they run. Recovery leaves the card prepared, and recording has to be started.
        let recovered = self.pcm.try_recover(error, true).is_ok() && self.pcm.start().is_ok();
        let lost_frames = self.stamps.interrupted(now_ns());
        MicrophoneError::Overrun {
            recovered,
            lost_frames,
        }
    }

    fn explain(&mut self, failure: Failure) -> MicrophoneError {
        match failure {
            Failure::Silent => MicrophoneError::Silent {
                device: self.device.clone(),
                waited_ms: SILENT_AFTER_MS,
            },
            // EPIPE: overrun. ESTRPIPE: the machine slept, which loses sound too.
            Failure::Alsa(error) if matches!(error.errno(), libc::EPIPE | libc::ESTRPIPE) => {
                self.recover(error)
            }
            Failure::Alsa(error) => configure::explain(&self.device, error),
        }
    }
}

#[derive(Clone, Copy)]
enum Failure {
    Silent,
    Alsa(::alsa::Error),
}

impl Microphone for AlsaDevice {
    fn format(&self) -> SoundFormat {
        self.format
    }

    fn period_frames(&self) -> usize {
        self.period_frames
    }

    fn describe(&self) -> String {
        format!("ALSA {} ({})", self.device, self.transfer.name())
    }

    fn read(&mut self, samples: &mut [f32]) -> Result<Captured, MicrophoneError> {
        let channels = usize::from(self.format.channels);
        let wanted = frames_in(samples, self.format.channels)?;
        if let Some(overrun) = self.untold_overrun.take() {
            return Err(overrun);
        }
        let mut frames = 0;
        let mut time_ns = 0;
        while frames < wanted {
            let rest = &mut samples[frames * channels..wanted * channels];
            let outcome = match self.take(rest) {
                Ok(Chunk::Frames(count, first_ns)) => {
                    if frames == 0 {
                        time_ns = first_ns;
                    }
                    frames += count;
                    continue;
                }
                Ok(Chunk::NotYet) => self.wait(),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = outcome {
                let error = self.explain(failure);
                if frames == 0 {
                    return Err(error);
                }
                // What was recorded before it comes first. Other errors than an overrun last,
                // and are met again by the next read.
                if matches!(error, MicrophoneError::Overrun { .. }) {
                    self.untold_overrun = Some(error);
                }
                break;
            }
        }
        if self.untold_overrun.is_none() {
            self.stamps.read(time_ns, frames);
        }
        Ok(Captured { frames, time_ns })
    }

    fn overruns(&self) -> u64 {
        self.overruns
    }
}
