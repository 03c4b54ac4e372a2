//! Microphones.

use super::first_out_of_range;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the microphone is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MicrophoneSpec {
    /// There is none.
    None,
    /// A sound card through ALSA.
    Alsa(AlsaMicrophone),
    /// A WAV file.
    Recording(RecordedSound),
    /// Sound computed from a seed.
    Simulated(SimulatedSound),
}

/// A sound card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlsaMicrophone {
    /// ALSA's name of it: `hw:...` for the bare card, `plughw:...` where ALSA may convert.
    pub device: String,
    /// Samples a second and channel.
    pub rate_hz: u32,
    /// Channels, interleaved.
    pub channels: u16,
    /// Frames that the card hands over at a time.
    pub period_frames: u32,
    /// Periods that the card's buffer holds before sound is lost.
    #[serde(default = "default_periods")]
    pub periods: u32,
}

/// A WAV file that stands in for a microphone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedSound {
    /// The file.
    pub path: PathBuf,
    /// At the pace at which it was recorded; else as fast as it goes.
    #[serde(default = "yes")]
    pub paced: bool,
    /// From the beginning again at its end.
    #[serde(default)]
    pub repeat: bool,
}

/// Silence, noise and bursts of tone, computed from a seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedSound {
    /// Samples a second and channel.
    pub rate_hz: u32,
    /// Channels; all carry the same sound.
    pub channels: u16,
    /// Same seed, same sound.
    #[serde(default)]
    pub seed: u64,
    /// At the pace of a real microphone; else as fast as it goes.
    #[serde(default = "yes")]
    pub paced: bool,
}

impl MicrophoneSpec {
    /// The microphone that `--hear FILE.wav` asks for: the file at its own pace, over and over.
    pub fn hear(path: impl Into<PathBuf>) -> Self {
        Self::Recording(RecordedSound {
            path: path.into(),
            paced: true,
            repeat: true,
        })
    }

    pub(super) fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        const RATE: &str = "must be a rate from 1000 to 768000 Hz";
        const CHANNELS: &str = "must be 1 to 32 channels";
        match self {
            Self::Alsa(card) => first_out_of_range(&[
                (
                    "devices.microphone.alsa.rate_hz",
                    card.rate_hz,
                    1_000..=768_000,
                    RATE,
                ),
                (
                    "devices.microphone.alsa.channels",
                    card.channels.into(),
                    1..=32,
                    CHANNELS,
                ),
                (
                    "devices.microphone.alsa.period_frames",
                    card.period_frames,
                    8..=65_536,
                    "must be 8 to 65536 frames",
                ),
                (
                    "devices.microphone.alsa.periods",
                    card.periods,
                    2..=64,
                    "must be 2 to 64 periods",
                ),
            ]),
            Self::Simulated(sound) => first_out_of_range(&[
                (
                    "devices.microphone.simulated.rate_hz",
                    sound.rate_hz,
                    1_000..=768_000,
                    RATE,
                ),
                (
                    "devices.microphone.simulated.channels",
                    sound.channels.into(),
                    1..=32,
                    CHANNELS,
                ),
            ]),
            Self::None | Self::Recording(_) => None,
        }
    }
}

/// Four to eight periods keep a short stall from costing sound without adding latency.
fn default_periods() -> u32 {
    8
}

fn yes() -> bool {
    true
}
