//! A watchdog that only remembers.

use super::{Watchdog, WatchdogError};
use crate::clock::{NANOS_PER_SECOND, now_ns};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Disarmed.
const NEVER: u64 = u64::MAX;

/// A watchdog that bites nobody: whoever holds its [`bites_at_ns`](SimulatedWatchdog::bites_at_ns)
/// sees when the hardware would have reset the board.
#[derive(Debug)]
pub struct SimulatedWatchdog {
    timeout_s: u32,
    bites_at_ns: Arc<AtomicU64>,
}

impl SimulatedWatchdog {
    /// Opens it, which arms it.
    pub fn open(timeout_s: u32) -> Self {
        let watchdog = Self {
            timeout_s,
            bites_at_ns: Arc::new(AtomicU64::new(NEVER)),
        };
        watchdog.arm();
        watchdog
    }

    /// When it would reset the board, in nanoseconds of CLOCK_MONOTONIC; `u64::MAX` once it was
    /// disarmed.
    pub fn bites_at_ns(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bites_at_ns)
    }

    fn arm(&self) {
        let timeout = u64::from(self.timeout_s) * NANOS_PER_SECOND;
        self.bites_at_ns
            .store(now_ns() + timeout, Ordering::Relaxed);
    }
}

impl Watchdog for SimulatedWatchdog {
    fn describe(&self) -> String {
        format!("simulated watchdog, {} s", self.timeout_s)
    }

    fn timeout_s(&self) -> u32 {
        self.timeout_s
    }

    fn feed(&mut self) -> Result<(), WatchdogError> {
        self.arm();
        Ok(())
    }

    fn disarm(self: Box<Self>) -> Result<(), WatchdogError> {
        self.bites_at_ns.store(NEVER, Ordering::Relaxed);
        Ok(())
    }
}
