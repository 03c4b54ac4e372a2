//! The cycle's rate and timing.

use serde::{Deserialize, Serialize};

/// What the cycle's thread asked the system for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RealTimeAsked {
    /// SCHED_FIFO priority; 0 for ordinary scheduling.
    pub priority: u32,
    /// The processor to stay on; `None` for any.
    pub cpu: Option<u32>,
    /// That the process's memory is locked.
    pub memory_locked: bool,
    /// That processors stay out of deep sleep.
    pub shallow_idle: bool,
}

/// Real-time scheduling: what was asked for and what the system gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealTime {
    /// Whether real-time scheduling was asked for.
    pub wanted: bool,
    /// What was asked for.
    #[serde(default)]
    pub asked: RealTimeAsked,
    /// Whether the system gave a real-time priority.
    pub granted: bool,
    /// The scheduling class in force, such as `fifo` or `other`.
    pub scheduler: String,
    /// The priority in that class.
    pub priority: u32,
    /// Whether the process's memory is locked.
    pub memory_locked: bool,
    /// The processor that the cycle is pinned to; `None` when it may wander.
    pub cpu: Option<u32>,
    /// Whether processors stay out of deep sleep.
    #[serde(default)]
    pub shallow_idle: bool,
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
    /// The first deadline that it missed, nanoseconds since the machine booted (CLOCK_MONOTONIC).
    pub deadline_ns: u64,
    /// How late it started or how long it took, whichever is more, microseconds.
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
