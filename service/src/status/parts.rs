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
    /// Inferences since the start.
    pub inferences: u64,
    /// Median time of one inference, microseconds.
    pub inference_us: Option<f64>,
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
