//! Whatever the step is given, the state stays finite and within its ranges.
#![allow(missing_docs)]
mod common;
use common::{any, ranges};
use proptest::prelude::*;
use triune_core::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_life_stays_in_range(
        start in any::state(),
        parameters in any::parameters(),
        cycles in prop::collection::vec(
            (any::percept(), any::elapsed(), any::joined(), any::consent()),
            1..24,
        ),
    ) {
        let mut state = start;
        for (index, (percept, elapsed, joined, consent)) in cycles.iter().enumerate() {
            let tick = Tick { time: state.time.after(*elapsed), elapsed: *elapsed };
            let (next, outputs) =
                step_joined(&state, percept, *joined, *consent, &parameters, tick);
            ranges::assert_in_range(&next);
            if joined.contains(LoopKind::Experiential) {
                let most = 2.0 * std::f32::consts::PI * parameters.centre_frequency_hertz;
                for velocity in next.experiential.velocities {
                    prop_assert!(velocity.abs() <= most, "{velocity} of {most}");
                }
            }
            ranges::assert_outputs_in_range(&outputs);
            prop_assert_eq!(next.being, start.being);
            prop_assert_eq!(next.cycle, start.cycle.saturating_add(index as u64 + 1));
            state = next;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Left alone, every tuning comes to rest: the centres leak, at every step size.
    #[test]
    fn centres_without_a_drive_come_to_rest(
        start in any::state(),
        parameters in any::parameters(),
        elapsed in 200_000_000_u64..=10_000_000_000,
    ) {
        let mut state = start;
        state.loop_ages = [0; 3];
        // Ten of the slowest time constants: lowest frequency, strongest damping and coupling.
        for _ in 0..2_500_000_000_000 / elapsed {
            let tick = Tick { time: state.time.after(elapsed), elapsed };
            (state, _) = step(&state, &Percept::ABSENT, Consent::ALL, &parameters, tick);
        }
        for velocity in state.experiential.velocities {
            prop_assert!(velocity.abs() < 1e-3, "{:?}", state.experiential);
        }
    }
}
