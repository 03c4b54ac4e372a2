//! The settings in force.

use super::error::SettingsError;
use super::file::{MemorySettings, NpuSettings, SettingsFile};
use super::injection::Injection;
use super::socket::default_socket;
use crate::cli::ServeArguments;
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use triune_board::{Board, CameraSpec, MicrophoneSpec};
use triune_core::{Nanoseconds, Parameters};
use triune_engine::period_of_rate;

/// Everything decided: command line over environment over file over board.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Folder for memory, models, recordings and log.
    pub data: PathBuf,
    /// Addresses of the HTTP server.
    pub listen: Vec<SocketAddr>,
    /// Control socket.
    pub socket: PathBuf,
    /// File that holds the API token.
    pub token_file: Option<PathBuf>,
    /// Cycles a second.
    pub rate_hz: u32,
    /// Whether the last moments before a deadline are waited out busily.
    pub spin: bool,
    /// When to stop by itself.
    pub run_for: Option<Duration>,
    /// Least level that is logged.
    pub log: String,
    /// How memory is written.
    pub memory: MemorySettings,
    /// How models are used.
    pub npu: NpuSettings,
    /// The board, with `--hear` and `--see` already in place of its devices.
    pub board: Board,
    /// What is made to fail on purpose.
    pub inject: Injection,
    /// Tuning of the loops.
    #[serde(serialize_with = "by_name")]
    pub parameters: Parameters,
}

/// Where data lies when nobody says.
const DATA: &str = "/var/lib/triune";
/// Longest span of time that makes sense: ten years.
const LONGEST_SPAN: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// Shortest flush window in which anything can be gathered, milliseconds: one cycle at 250 Hz.
const SHORTEST_FLUSH_MS: u64 = 4;
/// Port of the HTTP server when nobody says.
const PORT: u16 = 8088;

impl Settings {
    /// Puts the settings together and checks them whole.
    ///
    /// # Errors
    /// [`SettingsError`] for the first thing that cannot be.
    pub fn resolve(arguments: &ServeArguments) -> Result<Self, SettingsError> {
        let run = &arguments.run;
        let data = run.data.clone().unwrap_or_else(|| PathBuf::from(DATA));
        let file = SettingsFile::read(run.config.as_deref(), &data)?;
        let name = run.board.as_deref().or(file.board.as_deref());
        let mut board = match name {
            Some(name) => Board::by_name(name)?,
            None => Board::detect()?,
        };
        if let Some(path) = run.hear.as_ref().or(file.hear.as_ref()) {
            board.devices.microphone = recorded_sound(path)?;
        }
        if let Some(source) = run.see.as_ref().or(file.see.as_ref()) {
            board.devices.camera = pictures(source)?;
        }
        let rate_hz = run.rate.or(file.rate_hz).unwrap_or(board.rate_hz);
        period_of_rate(rate_hz)?;
        board.kernel = file.kernel.over(board.kernel);
        if let Some(executor) = run.executor {
            board.kernel.executor = executor;
        }
        if let Some(overrun) = run.overrun {
            board.kernel.overrun = overrun;
        }
        if let Some((key, value, reason)) = board.kernel.out_of_range() {
            return Err(SettingsError::Kernel { key, value, reason });
        }
        let mut parameters = Parameters::default();
        for (name, &value) in &file.parameters {
            parameters.set(name, value)?;
        }
        let run_for = arguments
            .r#for
            .map(|seconds| span("--for", seconds))
            .transpose()?;
        span("memory.essence_interval_s", file.memory.essence_interval_s)?;
        if file.memory.flush_window_ms < SHORTEST_FLUSH_MS {
            return Err(SettingsError::FlushWindow(file.memory.flush_window_ms));
        }
        if !(0.0..=1.0).contains(&file.npu.activation_share) {
            return Err(SettingsError::ActivationShare(file.npu.activation_share));
        }
        let log = file.log.unwrap_or_else(|| "info".to_owned());
        if log.parse::<log::LevelFilter>().is_err() {
            return Err(SettingsError::Log(log));
        }
        let inject = run.inject.as_deref().unwrap_or("").parse()?;
        let listen = [&arguments.listen, &file.listen]
            .into_iter()
            .find(|list| !list.is_empty());
        Ok(Self {
            data,
            listen: listen
                .cloned()
                .unwrap_or_else(|| vec![SocketAddr::from((Ipv4Addr::LOCALHOST, PORT))]),
            socket: arguments.socket.clone().unwrap_or_else(default_socket),
            token_file: arguments.token_file.clone(),
            rate_hz,
            spin: run.spin || file.spin,
            run_for,
            log,
            memory: file.memory,
            npu: file.npu,
            inject,
            board,
            parameters,
        })
    }

    /// Time between two cycles.
    #[must_use]
    pub fn period(&self) -> Nanoseconds {
        1_000_000_000 / Nanoseconds::from(self.rate_hz.max(1))
    }
}

/// The recorded sound that stands in for the microphone.
///
/// # Errors
/// [`SettingsError::Missing`] if there is no such file.
pub(crate) fn recorded_sound(path: &Path) -> Result<MicrophoneSpec, SettingsError> {
    if !path.is_file() {
        return Err(SettingsError::Missing {
            option: "--hear",
            path: path.into(),
            kind: "WAV file",
        });
    }
    Ok(MicrophoneSpec::hear(path))
}

/// The pictures that stand in for the camera.
///
/// # Errors
/// [`SettingsError::Missing`] if there is nothing of that name.
pub(crate) fn pictures(source: &str) -> Result<CameraSpec, SettingsError> {
    let path = Path::new(source);
    if source != "pattern" && !path.exists() {
        return Err(SettingsError::Missing {
            option: "--see",
            path: path.into(),
            kind: "picture or folder, or 'pattern'",
        });
    }
    Ok(CameraSpec::see(source))
}

pub(crate) fn span(option: &'static str, seconds: f64) -> Result<Duration, SettingsError> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|span| !span.is_zero() && *span <= LONGEST_SPAN)
        .ok_or(SettingsError::Span {
            option,
            value: seconds,
        })
}

fn by_name<S: serde::Serializer>(
    parameters: &Parameters,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        parameters
            .table()
            .into_iter()
            .map(|row| (row.name, row.value)),
    )
}
