//! Microphones: sound as interleaved samples.

mod alsa;
mod error;
mod recording;
mod simulated;

pub use alsa::AlsaDevice;
pub use error::MicrophoneError;
pub use recording::RecordedMicrophone;
pub use simulated::SimulatedMicrophone;

/// How sound comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundFormat {
    /// Frames a second.
    pub rate_hz: u32,
    /// Samples a frame.
    pub channels: u16,
}

/// What one read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured {
    /// Frames written to the front of the buffer; at least 1.
    pub frames: usize,
    /// When the first of them was recorded, in nanoseconds of CLOCK_MONOTONIC.
    pub time_ns: u64,
}

/// A source of sound.
pub trait Microphone: Send {
    /// How its sound comes; fixed while it is open, and not always what was asked for.
    fn format(&self) -> SoundFormat;

    /// Frames that it hands over at a time when nobody hurries it: the block size with the least
    /// overhead.
    fn period_frames(&self) -> usize;

    /// What it is, for people: the device, the file, the seed.
    fn describe(&self) -> String;

    /// Fills `samples` with whole frames of interleaved samples in -1..=1, waiting for them, but
    /// never for ever. Frames that no longer fit before an error or the end come first, in a
    /// short read. Allocates nothing unless it fails.
    ///
    /// # Errors
    /// See [`MicrophoneError`]; its [`recovery`](MicrophoneError::recovery) says what to do.
    fn read(&mut self, samples: &mut [f32]) -> Result<Captured, MicrophoneError>;

    /// Times that sound was lost because nobody read it, since it was opened.
    fn overruns(&self) -> u64 {
        0
    }
}

/// Whole frames of `channels` samples that `samples` holds.
///
/// # Errors
/// [`MicrophoneError::NoRoom`] where it holds none.
pub(crate) fn frames_in(samples: &[f32], channels: u16) -> Result<usize, MicrophoneError> {
    match samples.len() / usize::from(channels.max(1)) {
        0 => Err(MicrophoneError::NoRoom {
            samples: samples.len(),
            channels,
        }),
        frames => Ok(frames),
    }
}
