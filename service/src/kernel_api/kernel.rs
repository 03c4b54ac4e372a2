//! The kernel as a whole.

use serde::{Deserialize, Serialize};

/// One loop's thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoopView {
    /// The loop's name.
    pub name: String,
    /// Cycles for which it was not in time.
    pub late: u64,
    /// SCHED_FIFO priority in force; `None` for ordinary scheduling, or when it has no thread of its own.
    pub priority: Option<u8>,
    /// The processor it is pinned to; `None` when it may wander, or has no thread of its own.
    pub cpu: Option<usize>,
    /// What of its wish the system refused; empty when all was granted.
    pub refused: Vec<String>,
}

/// A burst, or the lack of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BurstView {
    /// Whether one lasts now.
    pub active: bool,
    /// Bursts since the start.
    pub bursts: u64,
    /// Seconds spent in bursts since the start.
    pub spent_s: f64,
    /// Why the last one ended; `None` before the end of the first.
    pub last_end: Option<String>,
    /// Longest burst, seconds.
    pub longest_s: f64,
}

/// The JSON of `/v1/kernel`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KernelView {
    /// The rate that is set, hertz.
    pub rate_hz: u32,
    /// The rate that is in force: less while the policy "degrade" lowers it, other in a burst.
    pub rate_now_hz: f64,
    /// `inline` or `threaded`.
    pub executor: String,
    /// `skip`, `catch-up:N` or `degrade`.
    pub overrun: String,
    /// How far the policy "degrade" has lowered the rate: it is divided by two to this power.
    pub level: u32,
    /// Lost deadlines that were caught up.
    pub caught_up: u64,
    /// Beings that cycle now.
    pub beings: u32,
    /// Beings that wait for a burst.
    pub waiting: u32,
    /// Beings that cycle at any time.
    pub beings_steady: u32,
    /// Beings that cycle while a burst lasts.
    pub beings_in_burst: u32,
    /// The burst.
    pub burst: BurstView,
    /// The loops.
    pub loops: Vec<LoopView>,
}

/// The body of `PATCH /v1/kernel`; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KernelChange {
    /// Cycles a second, 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<u32>,
    /// `skip`, `catch-up:N` or `degrade`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrun: Option<String>,
}

/// The JSON of `/v1/faults`: what is made to fail on purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultsView {
    /// The plan, as `triune serve --inject` takes it; empty for none.
    pub plan: String,
    /// Faults that are at work now.
    #[serde(default)]
    pub active: Vec<String>,
}
