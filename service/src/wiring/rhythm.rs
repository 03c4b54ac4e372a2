//! How the board's words for the kernel's rhythm become the engine's.

use triune_board::{KernelSpec, OverrunSpec};
use triune_core::Nanoseconds;
use triune_engine::{BurstSettings, DegradeSettings, OverrunPolicy};

/// Share of the period that a cycle may take during a burst, percent: half is left to the machine.
const BURST_COST_LIMIT: u32 = 50;

/// What becomes of lost deadlines.
pub(super) fn policy(spec: OverrunSpec) -> OverrunPolicy {
    match spec {
        OverrunSpec::Skip => OverrunPolicy::Skip,
        OverrunSpec::CatchUp(at_most) => OverrunPolicy::CatchUp { at_most },
        OverrunSpec::Degrade => OverrunPolicy::Degrade(DegradeSettings::default()),
    }
}

/// How far bursts go.
pub(super) fn burst(spec: &KernelSpec) -> BurstSettings {
    BurstSettings {
        steady_beings: spec.beings_steady as usize,
        burst_beings: spec.beings_in_burst as usize,
        longest: nanoseconds(spec.burst_seconds),
        rest: nanoseconds(spec.burst_rest_seconds),
        rate: None,
        cost_limit: BURST_COST_LIMIT,
        by_itself: true,
    }
}

fn nanoseconds(seconds: f64) -> Nanoseconds {
    (seconds * 1e9) as Nanoseconds
}
