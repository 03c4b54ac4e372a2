//! Accelerator, renderer, screen, memory, recording and the process itself.

use crate::kernel_api::{IndexView, WearView};
use serde::{Deserialize, Serialize};

/// How a supervised part fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    /// There is none here.
    #[default]
    Absent,
    /// Switched off by the configuration.
    Off,
    /// Being opened or loaded.
    Starting,
    /// At work.
    Running,
    /// At work, but not whole.
    Degraded,
    /// Failed, and will be tried again.
    Restarting,
    /// Failed for good.
    Failed,
}

impl PartState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Absent,
        Self::Off,
        Self::Starting,
        Self::Running,
        Self::Degraded,
        Self::Restarting,
        Self::Failed,
    ];

    /// The name as people and JSON read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Off => "off",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Restarting => "restarting",
            Self::Failed => "failed",
        }
    }
}

/// The models' accelerator, and what it recognised last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Npu {
    /// Where models run, such as `rknn` or `cpu`; `None` when nowhere.
    pub backend: Option<String>,
    /// How it fares.
    pub state: PartState,
    /// What is going on, by name.
    pub situation: Option<String>,
    /// Probability of `situation`, 0 to 1.
    pub situation_confidence: Option<f32>,
    /// How it feels to the kernel, by name.
    pub feeling: Option<String>,
    /// Probability of `feeling`, 0 to 1.
    pub feeling_confidence: Option<f32>,
    /// The lesser of the two probabilities, 0 to 1.
    pub confidence: Option<f32>,
    /// Milliseconds since the newest cycle that both rest on.
    pub age_ms: Option<f64>,
    /// Inferences of dual activation that were answered in any being since the start.
    pub inferences: u64,
    /// Median time of its last inferences, microseconds: from when a lane was free to the answer, with
    /// the way to the worker and back.
    pub inference_us: Option<f64>,
    /// Share of the first being's cycles since the start, while it had a full window, in which what was
    /// recognised was at most one cycle old.
    #[serde(default)]
    pub fresh_share: Option<f64>,
    /// Why no patterns are looked for that the model was not taught; `None` while they are.
    #[serde(default)]
    pub no_patterns: Option<String>,
    /// What runs at once: the NPU's cores, or the CPU.
    #[serde(default)]
    pub lanes: Vec<NpuLane>,
    /// How often a worker was started again.
    #[serde(default)]
    pub restarts: u64,
    /// Workers that were killed because they hung or broke the protocol.
    #[serde(default)]
    pub kills: u64,
    /// Requests that were refused, by reason.
    #[serde(default)]
    pub refused: NpuRefused,
    /// Requests by class, the heaviest first.
    #[serde(default)]
    pub queue: Vec<NpuQueue>,
    /// The models that are loaded.
    #[serde(default)]
    pub models: Vec<NpuModel>,
}

/// One of what runs models at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NpuLane {
    /// Share of the last second in which it ran something, 0 to 1.
    pub busy: f64,
    /// Requests that it ran.
    pub runs: u64,
}

/// Requests that were refused, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NpuRefused {
    /// Too many of their class waited.
    pub queue_full: u64,
    /// Measured times said at once that it would be too late.
    pub deadline_cannot_be_kept: u64,
    /// It was too late while they waited.
    pub deadline_passed: u64,
    /// Their worker was lost, their model set aside, or all was stopped.
    pub worker_lost: u64,
    /// Their model failed.
    pub failed: u64,
}

impl NpuRefused {
    /// Every count with the name of its reason.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("queue_full", self.queue_full),
            ("deadline_cannot_be_kept", self.deadline_cannot_be_kept),
            ("deadline_passed", self.deadline_passed),
            ("worker_lost", self.worker_lost),
            ("failed", self.failed),
        ]
    }
}

/// What became of the requests of one class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NpuQueue {
    /// Its name.
    pub class: String,
    /// How many were asked.
    pub asked: u64,
    /// How many were answered.
    pub answered: u64,
    /// Of those, how many after their deadline.
    pub late: u64,
    /// How many were given up by who asked.
    pub withdrawn: u64,
    /// How many wait now.
    pub waiting: u64,
    /// How long 99 of 100 of the last ones waited for a lane, microseconds.
    pub p99_wait_us: f64,
}

/// A model that is loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NpuModel {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// With what numbers it computes: `f32` or `int8`.
    pub precision: String,
    /// SHA-256 of its file, 64 hexadecimal digits.
    pub hash: String,
    /// Runs that gave a result.
    pub runs: u64,
    /// Runs that failed.
    pub failures: u64,
    /// How long half of its last runs took, microseconds, with the way to the worker and back.
    pub p50_us: Option<f64>,
    /// How long 99 of 100 of its last runs took, microseconds.
    pub p99_us: Option<f64>,
    /// `ready`, or `set aside` because it ended its worker again and again.
    pub state: String,
}

/// The renderer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gpu {
    /// What draws, as its driver names it; `None` when nothing does.
    pub device: Option<String>,
    /// Pictures a second.
    pub fps: Option<f32>,
    /// Time to draw one picture, milliseconds.
    pub frame_ms: Option<f32>,
}

/// The screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Display {
    /// How it fares.
    pub state: PartState,
    /// Card and connector.
    pub device: Option<String>,
    /// Width, height and refresh rate.
    pub mode: Option<String>,
}

/// Kept moments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// How it fares.
    pub state: PartState,
    /// Crystals kept.
    pub crystals: u64,
    /// Crystals lost because the writer could not keep up.
    pub dropped: u64,
    /// Least sequence number that is kept; 0 when nothing is.
    #[serde(default)]
    pub oldest_sequence: u64,
    /// Greatest sequence number that is kept; 0 when nothing is.
    #[serde(default)]
    pub newest_sequence: u64,
    /// Greatest sequence number that is safe on the disk.
    pub durable_sequence: u64,
    /// Age of the oldest moment that is not durable yet, milliseconds; `None` while all are.
    pub flush_age_ms: Option<f64>,
    /// Bytes written since the start.
    pub bytes_written: u64,
    /// What it costs the flash.
    #[serde(default)]
    pub wear: WearView,
    /// Its index.
    #[serde(default)]
    pub index: IndexView,
    /// What is wrong with it.
    pub degraded: Option<String>,
}

/// A recording under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The file it goes to.
    pub path: String,
    /// Cycles recorded.
    pub cycles: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// What the service itself costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Resident memory, in units of 1,000,000 bytes.
    pub rss_mb: f64,
    /// Share of all processors together, 0 to 1.
    pub cpu_share: f32,
}
