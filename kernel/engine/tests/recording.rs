//! Recordings: round trips, replays, what a difference is called.
#![allow(missing_docs)]
mod common;
mod recorded;
mod synthetic;

use common::{PERIOD, Scene, WITHOUT_ANALYTICAL};
use proptest::prelude::*;
use recorded::{bytes_of, drain, reader, replay_bytes};
use synthetic::SyntheticRun;
use triune_core::*;
use triune_engine::*;
use zerocopy::{FromBytes, IntoBytes};

#[test]
fn a_run_of_the_engine_replays_bit_for_bit() {
    let work = (0..1_100)
        .map(|cycle| if cycle % 97 == 0 { PERIOD * 2 } else { 0 })
        .collect();
    let tardy = common::Tardy {
        joined: [LoopSet::ALL, WITHOUT_ANALYTICAL, WITHOUT_ANALYTICAL].into(),
    };
    let mut scene = Scene::on(tardy, 2, work, KernelSettings::default());
    for cycle in 0..1_100 {
        if cycle == 550 {
            let mut parameters = Parameters::default();
            parameters.set("centre_damping", 2.0).expect("in range");
            let command = Command::Parameters(BeingId::FIRST, parameters);
            scene.control.submit(command).expect("room");
        }
        if cycle == 700 {
            scene
                .control
                .submit(Command::Remove(BeingId(2)))
                .expect("room");
        }
        scene.cycle(1);
    }
    let entries = scene.witness.entries();
    let report = replay_bytes(&bytes_of(&entries, true)).expect("good");
    let last = *scene.own[0].states().last().expect("states");
    assert_eq!(
        (
            report.cycles,
            report.difference,
            report.cut_short,
            report.end_disagrees
        ),
        (1_100, None, false, false)
    );
    assert!(report.skipped > 0);
    assert_eq!(report.states, [last]);
}

#[test]
fn several_beings_replay_bit_for_bit_whatever_happens() {
    let run = SyntheticRun::eventful(3, 2_500, 7);
    let report = replay_bytes(&bytes_of(&run.entries, true)).expect("good");
    let states: Vec<State> = run.beings.iter().map(|being| being.state).collect();
    assert_eq!((report.cycles, report.states), (2_500, states));
    assert_eq!(
        (report.difference, report.cut_short, report.end_disagrees),
        (None, false, false)
    );
    let late = |state: &State| state.stale_loops() != LoopSet::NONE;
    let some_late = run.entries.iter().any(|entry| match entry {
        Entry::Step(step) => late(&step.state),
        _ => false,
    });
    assert!(some_late && report.skipped > 0, "the run was eventful");
}

#[test]
fn what_is_read_is_what_was_written() {
    let run = SyntheticRun::eventful(2, 1_200, 21);
    let read = drain(&mut reader(&bytes_of(&run.entries, true))).expect("good");
    let keyframes = read.iter().filter(|e| matches!(e, Recorded::Keyframe(_)));
    assert!(keyframes.count() > 1, "more than one block");
    let read: Vec<_> = read
        .into_iter()
        .filter(|entry| !matches!(entry, Recorded::Keyframe(_)))
        .collect();
    assert_eq!(read.len(), run.entries.len());
    for (read, written) in read.iter().zip(&run.entries) {
        assert_eq!(*read, recorded::as_recorded(written));
    }
}

/// A run of two beings with one entry changed by `alter`; gives the report of its replay.
fn altered(cycle: u64, being: u64, alter: fn(&mut StepRecord)) -> ReplayReport {
    let mut run = SyntheticRun::new(2, 5);
    (0..1_100).for_each(|_| run.cycle());
    for entry in &mut run.entries {
        if let Entry::Step(step) = entry
            && (step.state.cycle, step.being) == (cycle, BeingId(being))
        {
            alter(step);
        }
    }
    replay_bytes(&bytes_of(&run.entries, true)).expect("readable")
}

#[test]
fn a_changed_state_is_found_at_its_cycle_being_and_field() {
    let report = altered(400, 2, |step| {
        step.state.environmental.scene[SceneFeature::Speech as usize].long += 0.001;
        step.state.observation.salience = 0.5;
    });
    let difference = report.difference.expect("differs");
    assert_eq!(
        (difference.cycle, difference.being, difference.life_cycle),
        (400, BeingId(2), 400)
    );
    let field = difference.field.expect("named");
    assert_eq!(field.name, "environmental.scene.speech.long");
    assert_eq!((field.recorded, report.differences), (None, 1));
    assert!(difference.to_string().contains("recorded check differs"));
}

#[test]
fn a_flipped_bit_of_a_percept_is_found_at_its_cycle() {
    let report = altered(700, 1, |step| {
        let level = &mut step.percept.hearing.level.value;
        *level = f32::from_bits(level.to_bits() ^ 1 << 20);
    });
    let difference = report.difference.expect("differs");
    assert_eq!((difference.cycle, difference.being), (700, BeingId(1)));
    let field = difference.field.expect("named").name;
    assert!(
        field.starts_with("environmental.scene.loudness."),
        "{field}"
    );
}

#[test]
fn a_keyframe_on_the_very_cycle_tells_the_recorded_value() {
    let mut run = SyntheticRun::new(1, 5);
    (0..1_100).for_each(|_| run.cycle());
    let whole = drain(&mut reader(&bytes_of(&run.entries, true))).expect("good");
    let last_of_block = whole
        .iter()
        .find_map(|entry| match entry {
            Recorded::Keyframe(keyframe) if keyframe.cycles > 0 => Some(keyframe.cycles),
            _ => None,
        })
        .expect("a second block");
    for entry in &mut run.entries {
        if let Entry::Step(step) = entry
            && step.state.cycle == last_of_block
        {
            step.state.experiential.centres[EnergyCentre::Vitality] = 0.125;
        }
    }
    let report = replay_bytes(&bytes_of(&run.entries, true)).expect("readable");
    let difference = report.difference.expect("differs");
    let field = difference.field.expect("named");
    assert_eq!(
        (difference.cycle, field.name, field.recorded),
        (
            last_of_block,
            "experiential.centres.vitality",
            Some(FieldValue::F32(0.125))
        )
    );
    assert!(difference.to_string().contains("recorded 0.125"));
}

#[test]
fn after_a_difference_it_goes_on_from_the_next_keyframe() {
    let mut run = SyntheticRun::new(2, 5);
    (0..2_600).for_each(|_| run.cycle());
    for entry in &mut run.entries {
        if let Entry::Step(step) = entry
            && [100, 1_900].contains(&step.state.cycle)
            && step.being == BeingId(1)
        {
            step.percept.body.temperature = Judgement::fresh(80.0, 1.0);
        }
    }
    let bytes = bytes_of(&run.entries, true);
    let report = replay(&mut reader(&bytes), AtDifference::GoOn, |_| {}).expect("readable");
    assert_eq!((report.cycles, report.differences), (2_600, 2));
    assert_eq!(report.difference.expect("differs").cycle, 100);
    assert_eq!(report.states[0].hash(), run.beings[0].state.hash());
    let report = replay(&mut reader(&bytes), AtDifference::Stop, |_| {}).expect("readable");
    assert_eq!((report.cycles, report.differences), (100, 1));
}

#[test]
fn a_reader_goes_to_any_cycle_and_replays_from_there() {
    let run = SyntheticRun::eventful(2, 3_000, 3);
    let bytes = bytes_of(&run.entries, true);
    for cycle in [1, 2, 600, 1_501, 3_000, u64::MAX] {
        let mut reader = reader(&bytes);
        let first = reader.seek_to_cycle(cycle);
        assert!(first <= cycle.min(3_000) && first + 1_001 > cycle.min(3_000));
        let report = replay(&mut reader, AtDifference::Stop, |_| {}).expect("good");
        assert_eq!(report.cycles, 3_001 - first);
        assert_eq!((report.difference, report.end_disagrees), (None, false));
    }
    let blocks: Vec<u64> = drain(&mut reader(&bytes))
        .expect("good")
        .iter()
        .filter_map(|entry| match entry {
            Recorded::Keyframe(keyframe) => Some(keyframe.cycles + 1),
            _ => None,
        })
        .collect();
    assert!(blocks.len() > 3, "{blocks:?}");
    for pair in blocks.windows(2) {
        assert_eq!(reader(&bytes).seek_to_cycle(pair[1] - 1), pair[0]);
        assert_eq!(reader(&bytes).seek_to_cycle(pair[1]), pair[1]);
    }
}

#[test]
fn an_hour_fits_where_it_should() {
    // Bounds a tenth above what 20 s of noisy senses were measured to cost.
    for (beings, megabytes_an_hour) in [(1, 92.0), (8, 410.0)] {
        let mut run = SyntheticRun::new(beings, 9);
        (0..5_000).for_each(|_| run.cycle());
        let bytes = bytes_of(&run.entries, true).len();
        let hourly = bytes as f64 * 180.0 / 1e6;
        assert!(hourly < megabytes_an_hour, "{beings} beings: {hourly} MB");
    }
}

#[test]
fn senses_that_stand_still_cost_next_to_nothing() {
    let steady = |noise: bool| {
        let mut run = SyntheticRun::new(1, 9);
        (0..2_000).for_each(|_| run.cycle());
        let mut first = None;
        let mut time = Timestamp(0);
        for entry in &mut run.entries {
            match entry {
                Entry::Cycle(record) => time = record.tick.time,
                Entry::Step(step) if !noise => {
                    let (percept, since) = *first.get_or_insert((step.percept, time));
                    step.percept.hearing = percept.hearing.aged(time.since(since));
                    step.percept.sight = percept.sight.aged(time.since(since));
                    step.percept.body = percept.body.aged(time.since(since));
                    step.percept.answers = AnswersPercept::ABSENT;
                    step.percept.told = ToldPercept::ABSENT;
                    step.state = State::at_rest(step.being);
                }
                _ => {}
            }
        }
        bytes_of(&run.entries, true).len()
    };
    let still = steady(false);
    assert!(still < 2_000 * 5, "{still} bytes for 2000 cycles");
    assert!(still * 10 < steady(true));
}

#[test]
fn impossible_orders_are_refused_and_lose_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("run.triune");
    let mut writer = Writer::create(&path, &RecordingHeader::new(PERIOD, 1)).expect("created");
    let mut run = SyntheticRun::new(2, 5);
    (0..10).for_each(|_| run.cycle());
    for entry in &run.entries {
        writer.add(entry).expect("in order");
    }
    let [cycle, first, second] = *run.entries.last_chunk().expect("entries");
    let refused = |outcome| matches!(outcome, Err(RecordingError::Order { .. }));
    assert!(refused(writer.add(&second)), "a step without a cycle");
    assert!(refused(writer.add(&run.entries[0])), "it joined before");
    assert!(refused(writer.add(&Entry::Left(BeingId(9)))));
    writer.add(&cycle).expect("a cycle begins");
    writer.add(&first).expect("its first step");
    assert!(refused(writer.add(&first)), "the same step again");
    writer.add(&cycle).expect("a cycle begins");
    assert!(refused(writer.add(&cycle)), "a cycle without steps");
    let summary = writer.finish().expect("finished");
    assert_eq!((summary.cycles, summary.steps), (10, 20));
    let report = replay_bytes(&std::fs::read(&path).expect("read")).expect("good");
    assert_eq!((report.cycles, report.difference), (10, None));
    assert_eq!(report.hash, summary.hash);
}

#[test]
fn an_existing_file_is_never_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("kept");
    std::fs::write(&path, "precious").expect("written");
    assert!(matches!(
        Writer::create(&path, &RecordingHeader::new(PERIOD, 1)),
        Err(RecordingError::Io { .. })
    ));
    assert_eq!(std::fs::read(&path).expect("read"), b"precious");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any bytes at all are a percept, a tick, a lateness.
    #[test]
    fn every_bit_of_every_percept_is_kept(
        beings in 1_u32..4,
        seeds in prop::collection::vec(any::<[u64; 3]>(), 1..40),
    ) {
        let mut entries: Vec<Entry> = (0..beings)
            .map(|being| Entry::Joined(BeingStart::from(&Being::new(BeingId(being.into())))))
            .collect();
        for [seed, time, odd] in seeds {
            let mut noise = synthetic::Noise(seed | 1);
            let mut bytes = |length: usize| -> Vec<u8> {
                (0..length).map(|_| noise.bits() as u8).collect()
            };
            let mut record = CycleRecord::read_from_bytes(&bytes(size_of::<CycleRecord>()))
                .expect("sized");
            record.beings = beings;
            record.tick.time = Timestamp(time);
            entries.push(Entry::Cycle(record));
            for being in 0..beings {
                let mut step = StepRecord::read_from_bytes(&bytes(size_of::<StepRecord>()))
                    .expect("sized");
                step.being = BeingId(being.into());
                step.state.being = step.being;
                // Ages at the edges: never, now, at the beginning of time, before it.
                step.percept.hearing.level.age = AGE_NEVER;
                step.percept.hearing.onset.age = time;
                step.percept.hearing.speech.age = time.wrapping_add(1);
                step.percept.told.age = time.wrapping_add(odd % 3);
                entries.push(Entry::Step(step));
            }
        }
        let read = drain(&mut reader(&bytes_of(&entries, true))).expect("good");
        let read: Vec<_> = read
            .iter()
            .filter(|entry| !matches!(entry, Recorded::Keyframe(_)))
            .collect();
        prop_assert_eq!(read.len(), entries.len());
        for (read, written) in read.into_iter().zip(&entries) {
            match (read, written) {
                (Recorded::Step(read), Entry::Step(written)) => {
                    prop_assert_eq!(read.percept.as_bytes(), written.percept.as_bytes());
                    prop_assert_eq!(read.consent, written.consent);
                    prop_assert_eq!(read.hash, written.state.hash());
                    prop_assert_eq!(read.checks, written.state.field_checks());
                }
                (read, written) => prop_assert_eq!(read, &recorded::as_recorded(written)),
            }
        }
    }

    #[test]
    fn any_eventful_run_replays(beings in 1_u64..4, cycles in 1_u64..400, seed in 1_u64..) {
        let run = SyntheticRun::eventful(beings, cycles, seed);
        let report = replay_bytes(&bytes_of(&run.entries, true)).expect("good");
        prop_assert_eq!((report.cycles, report.difference), (cycles, None));
        prop_assert!(!report.end_disagrees);
    }
}

#[test]
fn a_being_that_takes_two_steps_in_one_cycle_is_refused_in_any_order() {
    let mut run = SyntheticRun::new(2, 5);
    run.cycle();
    let step = |entries: &[Entry], id: u64| {
        let is_its = |entry: &&Entry| matches!(entry, Entry::Step(step) if step.being.0 == id);
        *entries.iter().find(is_its).expect("a step")
    };
    for order in [[1, 1], [2, 2]] {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("run.triune");
        let header = RecordingHeader::new(PERIOD, 1);
        let mut writer = Writer::create(&path, &header).expect("created");
        for entry in &run.entries {
            if !matches!(entry, Entry::Step(_)) {
                writer.add(entry).expect("possible");
            }
        }
        writer.add(&step(&run.entries, order[0])).expect("possible");
        let again = writer.add(&step(&run.entries, order[1]));
        assert!(
            matches!(again, Err(RecordingError::Order { .. })),
            "{order:?}: {again:?}"
        );
    }
}

#[test]
fn a_being_that_departed_and_came_back_is_watched_again() {
    let mut scene = Scene::new(2, vec![]);
    scene.cycle(10);
    let gone = scene.ask(Command::Remove(BeingId(2))).expect("there");
    scene.cycle(10);
    scene
        .ask(Command::Add(gone.expect("the being")))
        .expect("room");
    scene.cycle(10);
    let mut entries = scene.witness.entries();
    let mut steps = 0;
    for entry in &mut entries {
        if let Entry::Step(step) = entry
            && step.being == BeingId(2)
        {
            steps += 1;
            // One wrong state before it left, one after it came back.
            if steps == 5 || steps == 15 {
                step.state.observation.salience = 0.5;
            }
        }
    }
    let bytes = bytes_of(&entries, true);
    let report = replay(&mut reader(&bytes), AtDifference::GoOn, |_| {}).expect("readable");
    assert_eq!(report.differences, 2);
}

/// What a person may ask of a kernel while it is recorded.
fn any_command() -> impl Strategy<Value = Command<common::Own>> {
    let being = || (1_u64..8).prop_map(BeingId);
    prop_oneof![
        being().prop_map(|id| Command::Add(common::resident(id.0, &common::Own::default()))),
        being().prop_map(Command::Remove),
        (being(), any::<bool>(), any::<bool>()).prop_map(|(being, hear, remember)| {
            let consent = Consent::ALL.with(Sense::Hear, hear);
            Command::Consent(being, consent.with(Sense::Remember, remember))
        }),
        (1_u32..=1000).prop_map(|rate| Command::Rate(period_of_rate(rate).expect("in range"))),
        (1_u32..9).prop_map(|at_most| Command::Policy(OverrunPolicy::CatchUp { at_most })),
        Just(Command::Policy(OverrunPolicy::Skip)),
        Just(Command::Burst(BurstCommand::Start)),
        Just(Command::Burst(BurstCommand::End)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Beings that wait, leave and come back, rates and bursts that come and go, late loops and
    /// lost deadlines: the recording tells it all, and time goes on.
    #[test]
    fn whatever_a_kernel_is_asked_its_recording_replays(
        cycles in prop::collection::vec(
            (prop::collection::vec(any_command(), 0..4), 0_u64..9_000_000, 0_u32..8),
            1..80,
        ),
    ) {
        let joined = |bits: u32| LoopSet::from_bits(bits).expect("three loops");
        let tardy = common::Tardy {
            joined: cycles.iter().map(|(_, _, bits)| joined(*bits)).collect(),
        };
        let work = cycles.iter().map(|(_, work, _)| work / 3).collect();
        let settings = KernelSettings {
            capacity: 6,
            burst: Some(BurstSettings {
                steady_beings: 2,
                burst_beings: 4,
                longest: 40_000_000,
                rest: 0,
                rate: Some(500),
                cost_limit: 90,
                by_itself: false,
            }),
            ..KernelSettings::default()
        };
        let mut scene = Scene::on(tardy, 4, work, settings);
        let mut away = Vec::new();
        for (commands, _, _) in cycles {
            let mut tickets = Vec::new();
            for command in commands {
                tickets.push(scene.control.submit(command).expect("room"));
            }
            if let Some(gone) = away.pop() {
                tickets.push(scene.control.submit(Command::Add(gone)).expect("room"));
            }
            scene.cycle(1);
            for ticket in tickets {
                let outcome = ticket.poll().expect("answered");
                away.extend(outcome.ok().flatten());
            }
        }
        let report = replay_bytes(&bytes_of(&scene.witness.entries(), true)).expect("good");
        prop_assert_eq!((report.difference, report.end_disagrees), (None, false));
        let cycles = scene.witness.cycles();
        prop_assert_eq!(report.cycles, cycles.len() as u64);
        prop_assert!(cycles.is_sorted_by_key(|cycle| cycle.tick.time));
    }
}
