//! How the board's words for the kernel's rhythm become the engine's.

use triune_board::{CATCH_UP_MAX, KernelSpec, OverrunSpec};
use triune_core::Nanoseconds;
use triune_engine::{BurstSettings, DegradeSettings, MOST_CAUGHT_UP, OverrunPolicy};

// What a board's file may say is what the engine takes.
const _: () = assert!(CATCH_UP_MAX == MOST_CAUGHT_UP);

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
        rate: spec.burst_rate_hz,
        cost_limit: BURST_COST_LIMIT,
        by_itself: true,
    }
}

fn nanoseconds(seconds: f64) -> Nanoseconds {
    (seconds * 1e9) as Nanoseconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use triune_board::ExecutorSpec;

    #[test]
    fn a_burst_runs_at_the_rate_that_the_settings_name() {
        let spec = KernelSpec {
            executor: ExecutorSpec::Inline,
            overrun: OverrunSpec::Skip,
            beings_steady: 2,
            beings_in_burst: 5,
            burst_seconds: 1.5,
            burst_rest_seconds: 2.0,
            burst_rate_hz: Some(500),
        };
        let burst = burst(&spec);
        assert_eq!(burst.rate, Some(500));
        assert_eq!((burst.longest, burst.rest), (1_500_000_000, 2_000_000_000));
        assert_eq!(burst.check(), Ok(()));
    }
}
