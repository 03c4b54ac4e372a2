//! The settings file, `triune.toml`.

use super::error::SettingsError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use triune_board::{ExecutorSpec, KernelSpec, OverrunSpec, strict_toml};

/// Everything that may stand in `triune.toml`. A key that is not known is refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsFile {
    /// The board's name.
    pub board: Option<String>,
    /// Addresses and ports of the HTTP server.
    pub listen: Vec<SocketAddr>,
    /// Cycles a second.
    pub rate_hz: Option<u32>,
    /// Whether the last moments before each deadline are waited out busily.
    pub spin: bool,
    /// A WAV file in place of the microphone.
    pub hear: Option<PathBuf>,
    /// A picture, folder of pictures or `pattern` in place of the camera.
    pub see: Option<String>,
    /// Least level that is logged: error, warn, info, debug or trace.
    pub log: Option<String>,
    /// How the kernel runs, in place of what the board says.
    pub kernel: KernelSettings,
    /// How memory is written.
    pub memory: MemorySettings,
    /// How models are used.
    pub npu: NpuSettings,
    /// Tuning of the loops, by parameter name.
    pub parameters: BTreeMap<String, f32>,
}

/// How the kernel runs. What is not given comes from the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KernelSettings {
    /// `inline` or `threaded`.
    pub executor: Option<ExecutorSpec>,
    /// `skip`, `catch-up:N` or `degrade`.
    pub overrun: Option<OverrunSpec>,
    /// Beings that cycle at any time.
    pub beings_steady: Option<u32>,
    /// Beings that cycle while a burst lasts.
    pub beings_in_burst: Option<u32>,
    /// Longest burst, seconds.
    pub burst_seconds: Option<f64>,
    /// Shortest pause between two bursts, seconds.
    pub burst_rest_seconds: Option<f64>,
    /// Cycles a second while a burst lasts.
    pub burst_rate_hz: Option<u32>,
}

impl KernelSettings {
    /// The board's kernel, with what is given here in its place.
    #[must_use]
    pub fn over(&self, board: KernelSpec) -> KernelSpec {
        KernelSpec {
            executor: self.executor.unwrap_or(board.executor),
            overrun: self.overrun.unwrap_or(board.overrun),
            beings_steady: self.beings_steady.unwrap_or(board.beings_steady),
            beings_in_burst: self.beings_in_burst.unwrap_or(board.beings_in_burst),
            burst_seconds: self.burst_seconds.unwrap_or(board.burst_seconds),
            burst_rest_seconds: self.burst_rest_seconds.unwrap_or(board.burst_rest_seconds),
            burst_rate_hz: self.burst_rate_hz.or(board.burst_rate_hz),
        }
    }
}

/// How memory is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemorySettings {
    /// A kept moment is durable after at most this long, milliseconds.
    pub flush_window_ms: u64,
    /// The essence is written this often, seconds.
    pub essence_interval_s: f64,
}

impl Default for MemorySettings {
    fn default() -> Self {
        Self {
            flush_window_ms: 1_000,
            essence_interval_s: 5.0,
        }
    }
}

/// How models are used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NpuSettings {
    /// Share of the time of what runs models that recognising what goes on in other beings than the
    /// first may take, 0 to 1. The first being is asked each cycle.
    pub activation_share: f64,
}

impl Default for NpuSettings {
    fn default() -> Self {
        Self {
            activation_share: 0.05,
        }
    }
}

impl SettingsFile {
    /// Reads the file; an absent one that nobody named is the same as an empty one.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`] or [`SettingsError::Invalid`].
    pub fn read(named: Option<&Path>, data: &Path) -> Result<Self, SettingsError> {
        let usual = data.join("triune.toml");
        let path = named.unwrap_or(&usual);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            // A data folder that cannot be is told when it is to be made.
            Err(error)
                if named.is_none()
                    && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(SettingsError::Unreadable {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        strict_toml::parse(&text).map_err(|source| SettingsError::Invalid {
            path: path.to_owned(),
            source,
        })
    }
}
