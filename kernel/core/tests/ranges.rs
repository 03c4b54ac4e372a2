//! Whatever the step is given, the state stays finite and within its ranges.
#![allow(missing_docs)]
mod common;
use common::{any, ranges};
use proptest::prelude::*;
use triune_core::*;
use zerocopy::{FromBytes, IntoBytes};

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
            prop_assert_eq!(next.check(), Ok(()));
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

proptest! {
    /// A recording may hold any bits behind its checksums, and is stepped all the same.
    #[test]
    fn no_bits_make_the_step_panic(
        state in prop::collection::vec(any_bits(), size_of::<State>() / 4),
        percept in prop::collection::vec(any_bits(), size_of::<Percept>() / 4),
        parameters in prop::collection::vec(any_bits(), size_of::<Parameters>() / 4),
        joined in any::joined(),
        consent in any::consent(),
        elapsed in proptest::num::u64::ANY,
        time in proptest::num::u64::ANY,
    ) {
        let state = State::read_from_bytes(state.as_bytes()).expect("whole");
        let percept = Percept::read_from_bytes(percept.as_bytes()).expect("whole");
        let parameters = Parameters::read_from_bytes(parameters.as_bytes()).expect("whole");
        let tick = Tick { time: Timestamp(time), elapsed };
        let _ = step_joined(&state, &percept, joined, consent, &parameters, tick);
    }
}

/// Four bytes: often what is no number, none at all, or the most.
fn any_bits() -> impl Strategy<Value = u32> {
    prop_oneof![
        Just(f32::NAN.to_bits()),
        Just(f32::NEG_INFINITY.to_bits()),
        Just(u32::MAX),
        Just(0),
        proptest::num::u32::ANY,
    ]
}
