//! Recordings: round trips, replays, damage.
#![allow(missing_docs)]
mod common;
use common::{PERIOD, Scene};
use proptest::prelude::*;
use std::io::Cursor;
use triune_core::*;
use triune_engine::*;

/// Records a run with stalls and a change of parameters; gives the file's bytes.
fn record(cycles: usize, finish: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("run.triune");
    let work = (0..cycles as u64)
        .map(|cycle| if cycle % 97 == 0 { PERIOD * 2 } else { 0 })
        .collect();
    let mut scene = Scene::new(1, work);
    let header = RecordingHeader::new(&Being::new(BeingId::FIRST), PERIOD, 1);
    let mut writer = Writer::create(&path, &header).expect("created");
    for cycle in 0..cycles {
        if cycle == cycles / 2 {
            let mut parameters = Parameters::default();
            parameters.set("centre_damping", 2.0).expect("in range");
            let command = Command::Parameters(BeingId::FIRST, parameters);
            scene.control.submit(command).expect("room");
        }
        scene.cycle(1);
    }
    for entry in &scene.witness.entries() {
        writer.add(entry).expect("written");
    }
    if finish {
        writer.finish().expect("finished");
    }
    std::fs::read(&path).expect("read")
}

fn replay_bytes(bytes: &[u8]) -> Result<ReplayReport, RecordingError> {
    replay(&mut Reader::new(Cursor::new(bytes))?, |_, _| {})
}

#[test]
fn a_recording_replays_bit_for_bit() {
    let report = replay_bytes(&record(1_100, true)).expect("good");
    assert_eq!(report.cycles, 1_100);
    assert!(report.skipped > 0);
    assert_eq!(
        (report.difference, report.cut_short, report.end_disagrees),
        (None, false, false)
    );
}

#[test]
fn a_changed_outcome_is_found_at_its_cycle() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("altered.triune");
    let bytes = record(600, true);
    let mut reader = Reader::new(Cursor::new(&bytes)).expect("good");
    let mut writer = Writer::create(&path, reader.header()).expect("created");
    let mut cycle = 0;
    while let Some(mut entry) = reader.next_entry().expect("good") {
        if let Entry::Step(record) = &mut entry {
            cycle += 1;
            if cycle == 400 {
                record.percept.hearing.speech.value *= 0.5;
            }
        }
        writer.add(&entry).expect("written");
    }
    writer.finish().expect("finished");
    let mut altered = Reader::open(&path).expect("good");
    let report = replay(&mut altered, |_, _| {}).expect("readable");
    assert_eq!(report.difference.expect("differs").cycle, 400);
}

#[test]
fn an_existing_file_is_never_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("kept");
    std::fs::write(&path, "precious").expect("written");
    let header = RecordingHeader::new(&Being::new(BeingId::FIRST), PERIOD, 1);
    assert!(matches!(
        Writer::create(&path, &header),
        Err(RecordingError::Io { .. })
    ));
    assert_eq!(std::fs::read(&path).expect("read"), b"precious");
}

#[test]
fn a_killed_recorder_leaves_what_it_wrote() {
    let report = replay_bytes(&record(600, false)).expect("good");
    // Four whole blocks of 250 entries are there, the rest was still in memory.
    assert_eq!(
        (report.cycles, report.cut_short, report.difference),
        (499, true, None)
    );
}

#[test]
fn another_version_is_refused_by_number() {
    let mut bytes = record(10, true);
    bytes[8] = 99;
    assert!(matches!(
        replay_bytes(&bytes),
        Err(RecordingError::Version { found: 99, .. })
    ));
    assert!(matches!(
        replay_bytes(b"RIFF"),
        Err(RecordingError::NotARecording)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_flipped_bit_is_never_taken_for_truth(place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let good = record(300, true);
        let mut bytes = good;
        let at = place.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        // Either it is refused, or it is told apart from a whole, agreeing recording.
        if let Ok(report) = replay_bytes(&bytes) {
            prop_assert!(report.cut_short || report.end_disagrees, "byte {at}");
        }
    }

    #[test]
    fn a_truncated_recording_never_panics(place in any::<prop::sample::Index>()) {
        let good = record(300, true);
        let short = &good[..place.index(good.len())];
        if let Ok(report) = replay_bytes(short) {
            prop_assert!(report.cut_short);
            prop_assert_eq!(report.difference, None);
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let mut framed = record(3, true)[..16].to_vec();
        framed.extend_from_slice(&bytes);
        prop_assert!(replay_bytes(&bytes).is_err());
        prop_assert!(replay_bytes(&framed).is_err());
    }
}
