//! Everything that decides a run is in its entries, whatever happens while it runs.
#![allow(missing_docs)]
mod common;
use common::{Own, PERIOD, Scene, Tardy, World, resident};
use proptest::prelude::*;
use std::collections::BTreeMap;
use triune_core::*;
use triune_engine::*;

const BURST: BurstSettings = BurstSettings {
    steady_beings: 2,
    burst_beings: 4,
    longest: 20 * PERIOD,
    rest: 10 * PERIOD,
    rate: Some(500),
    cost_limit: 70,
    by_itself: true,
};

/// Something to ask, made of three small numbers.
fn command(doing: u8, id: u64, amount: u32) -> Command<Own> {
    let being = BeingId(id);
    match doing {
        0 | 1 => Command::Add(resident(id, &Own::default())),
        2 => Command::Remove(being),
        3 | 4 => {
            let consent = Sense::ALL
                .into_iter()
                .fold(Consent::NONE, |consent, sense| {
                    consent.with(sense, amount & sense as u32 != 0)
                });
            Command::Consent(being, consent)
        }
        5 => Command::Parameters(
            being,
            Parameters {
                centre_damping: 0.5 + amount as f32 / 40.0,
                ..Parameters::default()
            },
        ),
        6 => Command::Rate(1_000_000 * u64::from(1 + amount % 8)),
        7 => Command::Policy(OverrunPolicy::CatchUp {
            at_most: 1 + amount % 4,
        }),
        8 => Command::Policy(OverrunPolicy::Degrade(DegradeSettings {
            overruns: 2,
            window: 20,
            clean: 10,
        })),
        9 => Command::Burst(BurstCommand::Start),
        10 => Command::Burst(BurstCommand::End),
        _ => Command::Policy(OverrunPolicy::Skip),
    }
}

/// Lives the entries again with the pure step; gives the number of steps.
fn live_again(entries: &[Entry]) -> usize {
    let mut beings: BTreeMap<BeingId, (State, Parameters)> = BTreeMap::new();
    let mut now: Option<CycleRecord> = None;
    let (mut steps, mut expected) = (0, 0);
    for entry in entries {
        match entry {
            Entry::Joined(start) => {
                let being = (start.state, start.parameters);
                assert!(beings.insert(start.state.being, being).is_none());
            }
            Entry::Left(being) => assert!(beings.remove(being).is_some()),
            Entry::Parameters(being, parameters) => {
                beings.get_mut(being).expect("there").1 = *parameters;
            }
            Entry::Cycle(record) => {
                assert_eq!(expected, 0, "every being of the cycle before has its step");
                expected = record.beings;
                now = Some(*record);
            }
            Entry::Step(step) => {
                let cycle = now.expect("a cycle comes first");
                let (state, parameters) = beings.get_mut(&step.being).expect("it joined");
                (*state, _) = step_joined(
                    state,
                    &step.percept,
                    cycle.joined,
                    step.consent,
                    parameters,
                    cycle.tick,
                );
                assert_eq!(*state, step.state);
                assert_eq!(step.percept, admit(&step.percept, step.consent), "gated");
                steps += 1;
                expected -= 1;
            }
        }
    }
    steps
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_run_follows_from_its_entries(
        doings in prop::collection::vec((0_u8..12, 1_u64..7, 0_u32..64, 0_u64..9), 1..60),
        late in prop::collection::vec(0_u32..8, 0..300),
        stalls in prop::collection::vec(prop_oneof![9 => Just(0), 1 => 0..6 * PERIOD], 0..300),
    ) {
        let all = |bits: u32| LoopKind::ALL.into_iter().fold(LoopSet::NONE, |set, kind| {
            set.with(kind, bits >> kind as usize & 1 == 0)
        });
        let clock = MockClock::at(Timestamp(0));
        let own: Vec<Own> = (0..3).map(|_| Own::default()).collect();
        for own in &own {
            (0..20).for_each(|word| own.tell(&format!("word {word}")));
        }
        let settings = KernelSettings {
            burst: Some(BURST),
            capacity: 5,
            ..KernelSettings::default()
        };
        let executor = Tardy { joined: late.into_iter().map(all).collect() };
        let world = World::new(&clock, stalls);
        let mut scene = Scene::of(executor, &clock, own, world, settings);
        for (doing, id, amount, cycles) in doings {
            let _followed_or_refused = scene.ask(command(doing, id, amount));
            scene.cycle(cycles);
        }
        let steps = live_again(&scene.witness.entries());
        let cycled: u32 = scene.witness.cycles().iter().map(|cycle| cycle.beings).sum();
        prop_assert_eq!(steps as u32, cycled);
        let counted = scene.counted();
        prop_assert_eq!(counted.cycles + counted.skipped, counted.scheduled);
        // Elapsed time is told without a gap, whatever happened to rate, level and burst.
        let cycles = scene.witness.cycles();
        for cycle in &cycles {
            prop_assert_eq!(cycle.tick.elapsed, (cycle.skipped + 1) * cycle.period);
        }
        let told: u64 = cycles.iter().map(|cycle| cycle.tick.elapsed).sum();
        let last = cycles.last().expect("a cycle");
        prop_assert!(last.tick.time.0 >= told && last.tick.time.0 - told < last.period);
    }
}
