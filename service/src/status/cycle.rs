//! The cycle's rate and timing.

use serde::{Deserialize, Serialize};

/// Real-time scheduling: what was asked for and what the system gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealTime {
    /// Whether the configuration asks for it.
    pub wanted: bool,
    /// Whether the system gave all that was asked for.
    pub granted: bool,
    /// The scheduling class in force, such as `fifo` or `other`.
    pub scheduler: String,
    /// The priority in that class.
    pub priority: u32,
    /// Whether the process's memory is locked.
    pub memory_locked: bool,
    /// The processor that the cycle is pinned to; `None` when it may wander.
    pub cpu: Option<u32>,
    /// Why it was not granted.
    pub why: Option<String>,
}

/// How late cycles start, in microseconds after their deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lateness {
    /// Half of the cycles are less late.
    pub p50: f64,
    /// 99 of 100 cycles are less late.
    pub p99: f64,
    /// 999 of 1,000 cycles are less late.
    pub p999: f64,
    /// The latest of all.
    pub max: f64,
}

/// What a cycle's work takes, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Half of the cycles take less.
    pub p50: f64,
    /// 99 of 100 cycles take less.
    pub p99: f64,
    /// The longest of all.
    pub max: f64,
}

/// One cycle that started very late, and what the system was doing then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stall {
    /// Which cycle.
    pub cycle: u64,
    /// How late it started, microseconds.
    pub late_us: f64,
    /// How long the thread was ready but not run, microseconds; `None` where the kernel does not say.
    pub run_queue_us: Option<f64>,
    /// How long the hypervisor ran something else, microseconds; `None` where the kernel does not say.
    pub steal_us: Option<f64>,
    /// Whether these two account for the lateness.
    pub explained: bool,
}

/// The cycle's rate and timing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cycle {
    /// The rate that is set, hertz.
    pub rate_hz: u32,
    /// The rate measured over the last seconds, hertz.
    pub hz: f64,
    /// Cycles that were due since the start.
    pub scheduled: u64,
    /// Cycles that ran.
    pub cycles: u64,
    /// Cycles that were left out because the one before took too long or started too late.
    pub skipped: u64,
    /// Cycles whose work took longer than the period.
    pub overruns: u64,
    /// How late cycles start.
    pub lateness_us: Lateness,
    /// What a cycle's work takes.
    pub cost_us: Cost,
    /// The last few stalls, oldest first.
    pub stalls: Vec<Stall>,
}
