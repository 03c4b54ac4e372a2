//! Real-time priorities and memory budgets.

use serde::{Deserialize, Serialize};

/// SCHED_FIFO priorities, 1 (lowest) to 99 (highest), after `sched(7)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priorities {
    /// The cycle and its loops.
    pub cycle: u8,
    /// The thread that reads the microphone.
    pub capture: u8,
}

/// What the service may use, in MiB (2^20 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryBudgets {
    /// Resident memory of the whole service.
    pub service_mib: u32,
    /// The live per-cycle history in RAM.
    pub history_mib: u32,
    /// Kept moments and their index on disk.
    pub crystals_mib: u32,
    /// Bytes written to flash a day.
    pub flash_mib_per_day: u32,
}
