//! A disk without room: a typed error, and what was written before can be read.
//!
//! A limit on file size stands in for the disk. It holds for a whole process, so the test runs in
//! a child of its own.
#![allow(missing_docs)]
mod recorded;
mod synthetic;

use recorded::replay_bytes;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use synthetic::SyntheticRun;
use triune_engine::*;

const FOLDER: &str = "TRIUNE_RECORDING_FULL_FOLDER";
/// Room for one block and a part of the next.
const ROOM: u64 = 120_000;

/// In an ordinary run of the tests the variable is not set and this does nothing.
#[test]
fn child_runs_out_of_room() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    // Otherwise the system ends a process that meets the limit.
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag).expect("registered");
    let path = Path::new(&folder).join("run.triune");
    let mut writer = Writer::create(&path, &RecordingHeader::new(4_000_000, 1)).expect("created");
    let mut run = SyntheticRun::new(2, 3);
    (0..3_000).for_each(|_| run.cycle());
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = Some(ROOM);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).expect("limited");
    let error = run
        .entries
        .iter()
        .find_map(|entry| writer.add(entry).err())
        .expect("no room");
    assert!(matches!(error, RecordingError::Full { .. }), "{error}");
    assert!(error.to_string().contains("free space"));
    // What followed would leave a gap: it is refused even where there is room again.
    let current = maximum;
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).expect("lifted");
    let after = writer.add(&run.entries[0]);
    assert!(matches!(after, Err(RecordingError::Ended)), "{after:?}");
    assert!(matches!(writer.finish(), Err(RecordingError::Ended)));
}

#[test]
fn a_full_disk_is_told_and_what_is_there_is_good() {
    let folder = tempfile::tempdir().expect("folder");
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child_runs_out_of_room", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .expect("started");
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stderr)
    );
    let bytes = std::fs::read(folder.path().join("run.triune")).expect("read");
    assert!((bytes.len() as u64) < ROOM, "no half block is left");
    let report = replay_bytes(&bytes).expect("good up to the cut");
    assert!(report.cycles >= 500, "{}", report.cycles);
    assert_eq!((report.cut_short, report.difference), (true, None));
}
