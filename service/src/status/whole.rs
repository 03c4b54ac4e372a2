//! The whole status.

use super::{Cycle, Display, Gpu, Memory, Npu, Process, RealTime, Recording, Senses};
use crate::kernel_api::{BeingsCount, KernelView};
use serde::{Deserialize, Serialize};

/// One thing that is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Degradation {
    /// Which part, in one or two words.
    pub what: String,
    /// What is wrong with it.
    pub why: String,
    /// What a person can do.
    pub remedy: String,
}

/// Everything that `/v1/status` tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Version of the service.
    pub version: String,
    /// Name of the board it runs on, `host` on a desktop.
    pub board: String,
    /// Whether it cycles and does what it was configured to do.
    pub ready: bool,
    /// What is not as it should be; empty when all is well.
    pub degraded: Vec<Degradation>,
    /// Seconds since the service started.
    pub uptime_s: f64,
    /// The being that the figures speak of, as 16 hexadecimal digits.
    pub being: String,
    /// Real-time scheduling: asked for and got.
    pub real_time: RealTime,
    /// The cycle's rate and timing.
    pub cycle: Cycle,
    /// What is heard, seen and felt.
    pub senses: Senses,
    /// The models' accelerator.
    pub npu: Npu,
    /// The renderer.
    pub gpu: Gpu,
    /// The screen.
    pub display: Display,
    /// Rate, policy, beings, burst and loops; `None` from a service that does not tell.
    pub kernel: Option<KernelView>,
    /// How many beings do what.
    #[serde(default)]
    pub beings: BeingsCount,
    /// What fails on purpose right now, such as `sight=frozen`.
    #[serde(default)]
    pub faults: Vec<String>,
    /// Kept moments.
    pub memory: Memory,
    /// The recording under way; `None` when nothing is recorded.
    pub recording: Option<Recording>,
    /// What the service itself costs.
    pub process: Process,
}
