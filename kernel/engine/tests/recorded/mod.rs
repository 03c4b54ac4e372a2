//! Recordings in memory, for tests.
#![allow(dead_code, reason = "each test file uses a part")]
use std::io::Cursor;
use triune_engine::*;

/// The bytes of a recording of `entries`, with its end or as a killed recorder leaves it.
pub(crate) fn bytes_of(entries: &[Entry], finish: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("run.triune");
    let mut writer = Writer::create(&path, &RecordingHeader::new(4_000_000, 1)).expect("created");
    for entry in entries {
        writer.add(entry).expect("written");
    }
    let expected = writer.summary();
    if finish {
        let summary = writer.finish().expect("finished");
        assert_eq!(summary.cycles, expected.cycles);
        let length = std::fs::metadata(&path).expect("there").len();
        assert_eq!(summary.bytes, length);
    }
    std::fs::read(&path).expect("read")
}

pub(crate) fn reader(bytes: &[u8]) -> Reader<Cursor<&[u8]>> {
    Reader::new(Cursor::new(bytes)).expect("a recording")
}

pub(crate) fn replay_bytes(bytes: &[u8]) -> Result<ReplayReport, RecordingError> {
    replay(
        &mut Reader::new(Cursor::new(bytes))?,
        AtDifference::Stop,
        |_| {},
    )
}

/// Every entry up to the end or the first damage.
pub(crate) fn drain(reader: &mut Reader<Cursor<&[u8]>>) -> Result<Vec<Recorded>, RecordingError> {
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry()? {
        entries.push(entry);
    }
    Ok(entries)
}

/// What a reader gives for an entry.
pub(crate) fn as_recorded(entry: &Entry) -> Recorded {
    match *entry {
        Entry::Joined(start) => Recorded::Joined(start),
        Entry::Left(being) => Recorded::Left(being),
        Entry::Parameters(being, parameters) => Recorded::Parameters(being, parameters),
        Entry::Cycle(record) => Recorded::Cycle(record),
        Entry::Step(step) => Recorded::Step(RecordedStep {
            being: step.being,
            consent: step.consent,
            percept: step.percept,
            hash: step.state.hash(),
            checks: step.state.field_checks(),
        }),
    }
}
