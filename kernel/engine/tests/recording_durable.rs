//! A recording that was begun is found after a power cut: its name is durable, too.
#![allow(missing_docs)]
use std::path::Path;
use std::process::Command;
use triune_engine::*;

/// Set in the process that strace watches: the folder to record in.
const CHILD: &str = "TRIUNE_RECORDING_DURABLE";

#[test]
fn the_child_that_strace_watches() {
    if let Ok(folder) = std::env::var(CHILD) {
        let path = Path::new(&folder).join("run.triune");
        Writer::create(&path, &RecordingHeader::new(4_000_000, 1)).expect("created");
    }
}

#[test]
fn the_folder_of_a_new_recording_is_made_durable() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = tempfile::NamedTempFile::new().expect("a log");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-y", "-e", "trace=fsync", "-o"])
        .arg(log.path())
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "the_child_that_strace_watches"])
        .env(CHILD, folder.path())
        .output();
    let Ok(output) = output else {
        println!("skipped: strace is not installed (apt-get install strace)");
        return;
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    // Not allowed to trace, or this test runs in an emulator, of which strace knows nothing.
    let cannot = ["Operation not permitted", "Exec format error"];
    if !output.status.success() && cannot.iter().any(|why| complaint.contains(why)) {
        println!("skipped: strace cannot trace here ({})", complaint.trim());
        return;
    }
    assert!(output.status.success(), "{complaint}");
    let calls = std::fs::read_to_string(log.path()).expect("a log");
    let folder = folder.path().canonicalize().expect("there");
    let synced = format!("<{}>)", folder.display());
    let is_synced = |call: &str| call.contains(&synced) && call.ends_with("= 0");
    assert!(calls.lines().any(is_synced), "{calls}");
}
