//! A recording with several beings replays; one that was changed says where.

use crate::common::recording::record;
use crate::common::{FIRST, Service, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use triune_core::{BeingId, step_joined};
use triune_engine::{BeingStart, Entry, Reader, Recorded, StepRecord, Writer};

/// Records three beings for two seconds.
fn recorded(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let service = Service::start(&data, &[]);
    service.add("Ada");
    service.add("Bo");
    assert!(service.stop().success());
    record(&data, &["--see", "pattern", "--seconds", "2"])
}

/// Writes the recording again with one bit of one percept of the first being flipped, sealed as
/// if it had been so; gives the cycle.
fn flipped(from: &Path, to: &Path) -> u64 {
    let mut reader = Reader::open(from).expect("a recording");
    let mut writer = Writer::create(to, reader.header()).expect("a file");
    let mut beings: BTreeMap<BeingId, BeingStart> = BTreeMap::new();
    let (mut cycle, mut cycles, mut flipped) = (None, 0, 0);
    while let Some(entry) = reader.next_entry().expect("whole") {
        match entry {
            Recorded::Keyframe(keyframe) => {
                for start in keyframe.beings {
                    if beings.insert(start.state.being, start).is_none() {
                        writer.add(&Entry::Joined(start)).expect("written");
                    }
                }
            }
            Recorded::Joined(start) => {
                beings.insert(start.state.being, start);
                writer.add(&Entry::Joined(start)).expect("written");
            }
            Recorded::Left(being) => writer.add(&Entry::Left(being)).expect("written"),
            Recorded::Parameters(being, parameters) => {
                beings.get_mut(&being).expect("it is there").parameters = parameters;
                writer
                    .add(&Entry::Parameters(being, parameters))
                    .expect("written");
            }
            Recorded::Cycle(record) => {
                cycles += 1;
                cycle = Some(record);
                writer.add(&Entry::Cycle(record)).expect("written");
            }
            Recorded::Step(step) => {
                let record = cycle.expect("a cycle comes before its steps");
                let start = beings.get_mut(&step.being).expect("it is there");
                let (state, _) = step_joined(
                    &start.state,
                    &step.percept,
                    record.joined,
                    step.consent,
                    &start.parameters,
                    record.tick,
                );
                start.state = state;
                let mut percept = step.percept;
                let seen = percept.sight.brightness.value;
                if flipped == 0 && step.being == BeingId::FIRST && cycles > 100 && seen > 0.0 {
                    percept.sight.brightness.value = f32::from_bits(seen.to_bits() ^ (1 << 20));
                    flipped = cycles;
                }
                let step = StepRecord {
                    being: step.being,
                    consent: step.consent,
                    reserved: 0,
                    percept,
                    state,
                };
                writer.add(&Entry::Step(step)).expect("written");
            }
        }
    }
    writer.finish().expect("finished");
    flipped
}

#[test]
fn several_beings_replay_and_a_flipped_percept_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    let file = recorded(folder.path());
    let path = file.to_str().expect("UTF-8");
    let replayed = run(&["replay", "--verify", path]);
    assert!(
        replayed.status.success(),
        "{}",
        String::from_utf8_lossy(&replayed.stderr)
    );
    let told = String::from_utf8_lossy(&replayed.stdout);
    assert!(
        told.contains("identical to the recording, bit for bit"),
        "{told}"
    );

    let changed = folder.path().join("changed.triune");
    let cycle = flipped(&file, &changed);
    assert!(cycle > 100, "no percept could be flipped");
    let path = changed.to_str().expect("UTF-8");
    let replayed = run(&["replay", "--verify", "--json", path]);
    assert_eq!(replayed.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&replayed.stdout).expect("JSON");
    assert_eq!(report["identical"], false);
    assert_eq!(report["difference"]["being"], FIRST);
    assert_eq!(report["difference"]["cycle"], cycle);
    let field = report["difference"]["field"].as_str().expect("a field");
    assert!(
        field.contains("scene") || field.contains("environmental"),
        "{report}"
    );
    let told = run(&["replay", "--verify", path]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("first difference") && told.contains(field),
        "{told}"
    );
}
