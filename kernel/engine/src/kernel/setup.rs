//! What a kernel is made of.

use super::burst::BurstSettings;
use super::command::{Resident, check_being};
use super::error::{RateOutOfRange, SetupError};
use super::policy::OverrunPolicy;
use triune_core::Nanoseconds;

/// Longest period: 1 Hz.
pub(super) const LONGEST_PERIOD: Nanoseconds = 1_000_000_000;
/// Shortest period: 1000 Hz.
pub(crate) const SHORTEST_PERIOD: Nanoseconds = 1_000_000;

/// Everything that a kernel needs.
#[derive(Debug)]
pub struct KernelSetup<C, E, P, S, O> {
    /// Who cycles from the first cycle on; the order is the seniority, see
    /// [`BurstSettings::steady_beings`].
    pub residents: Vec<Resident<O>>,
    /// The time.
    pub clock: C,
    /// Who runs the loops.
    pub executor: E,
    /// Where the shared senses come from.
    pub source: P,
    /// Where the kernel tells what happens.
    pub sink: S,
    /// How it runs.
    pub settings: KernelSettings,
}

/// How a kernel runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelSettings {
    /// Time between two cycles.
    pub period: Nanoseconds,
    /// Whether the last moments before a deadline are waited out busily.
    pub spin: bool,
    /// What happens to deadlines that are not kept.
    pub policy: OverrunPolicy,
    /// Beings that have room.
    pub capacity: usize,
    /// How far bursts may go; `None` switches them off, then all beings always cycle.
    pub burst: Option<BurstSettings>,
}

impl Default for KernelSettings {
    /// 250 Hz, up to 1000; missed deadlines are skipped; 64 beings, no bursts.
    fn default() -> Self {
        Self {
            period: 4_000_000,
            spin: false,
            policy: OverrunPolicy::Skip,
            capacity: 64,
            burst: None,
        }
    }
}

impl KernelSettings {
    pub(super) fn check<O>(&self, residents: &[Resident<O>]) -> Result<(), SetupError> {
        check_period(self.period)?;
        self.policy.check()?;
        if let Some(burst) = &self.burst {
            burst.check()?;
            check_period(burst.period(self.period))?;
        }
        for resident in residents {
            check_being(&resident.being).map_err(SetupError::Being)?;
        }
        Ok(())
    }
}

/// Whether a kernel may run at this period.
pub(super) fn check_period(period: Nanoseconds) -> Result<(), RateOutOfRange> {
    if (SHORTEST_PERIOD..=LONGEST_PERIOD).contains(&period) {
        Ok(())
    } else {
        Err(RateOutOfRange { period })
    }
}
