//! Record, then replay.
#![allow(missing_docs)]
mod common;
use common::recording::{record, verified};
use common::{run, triune};

#[test]
fn a_recording_replays_bit_for_bit_and_a_changed_one_does_not() {
    let folder = tempfile::tempdir().expect("folder");
    let file = record(
        &folder.path().join("data"),
        &["--see", "pattern", "--seconds", "3"],
    );
    let path = file.to_str().expect("UTF-8");
    let report = verified(&file);
    assert_eq!(report["identical"], true);
    assert!(report["cycles"].as_u64() > Some(100), "{report}");

    let mut bytes = std::fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&file, bytes).expect("written");
    let last = run(&["replay", "--verify", "--from", "999999", path]);
    assert!(
        last.status.success(),
        "the last block alone: {}",
        String::from_utf8_lossy(&last.stderr)
    );
    assert!(String::from_utf8_lossy(&last.stderr).contains("begins with cycle"));
    let damaged = run(&["replay", "--verify", path]);
    assert_eq!(damaged.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("damaged"));
}

#[test]
fn an_existing_file_is_not_recorded_over() {
    let folder = tempfile::tempdir().expect("folder");
    let file = record(
        &folder.path().join("data"),
        &["--see", "pattern", "--seconds", "3"],
    );
    let before = std::fs::read(&file).expect("read");
    let again = triune()
        .args(["record", "--board", "host", "--seconds", "1", "--data"])
        .arg(folder.path().join("data"))
        .arg(&file)
        .output()
        .expect("triune runs");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(std::fs::read(&file).expect("read"), before);
}
