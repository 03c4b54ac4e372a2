//! A disk without room: the memory says so, counts what it loses, goes on, and recovers by itself.
//!
//! A limit on file size stands in for the disk. It holds for a whole process, so the test runs in a
//! child of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft, eventually, small, state};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use triune_memory::{DegradedCause, Memory, Opened, Options, Remembered, SyncError};

const DIRECTORY: &str = "TRIUNE_MEMORY_FULL_DIRECTORY";

fn limit_file_size(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(
        Resource::Fsize,
        Rlimit {
            current: bytes,
            maximum,
        },
    )
    .unwrap();
}

/// In an ordinary run of the tests the variable is not set and this does nothing.
#[test]
fn child_runs_out_of_room() {
    let Some(root) = std::env::var_os(DIRECTORY) else {
        return;
    };
    // Otherwise the system ends a process that meets the limit.
    signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        Arc::new(AtomicBool::new(false)),
    )
    .unwrap();
    let options = Options {
        flush_window: Duration::from_millis(20),
        essence_interval: Duration::from_millis(10),
        retry_first: Duration::from_millis(5),
        retry_longest: Duration::from_millis(20),
        ring_records: 4,
        records_per_segment: 16,
        ..small()
    };
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(Path::new(&root), BEING, &options).unwrap();
    let _ = cycle.remember(&state(1), Some(&draft(1)));
    memory.sync().unwrap();

    // The next segment takes 12 KiB and does not fit; the essence takes 8 and does.
    limit_file_size(Some(8192));
    let mut number = 1;
    let mut dropped = 0;
    eventually("the ring fills", || {
        number += 1;
        let outcome = cycle.remember(&state(number), Some(&draft(number)));
        dropped += u64::from(outcome == Remembered::MomentDropped);
        dropped > 3
    });
    eventually("degraded", || {
        memory.statistics().crystals_degraded.is_some()
    });
    let degraded = memory.statistics().crystals_degraded.unwrap();
    assert_eq!(degraded.cause, DegradedCause::NoSpace);
    assert!(degraded.errno.is_some() && degraded.since_unix > 0);
    assert!(matches!(memory.sync(), Err(SyncError::Crystals(_))));
    let before = memory.statistics().essence_writes;
    eventually("the essence goes on", || {
        memory.statistics().essence_writes > before + 1
    });
    let statistics = memory.statistics();
    assert!(statistics.essence_degraded.is_none());
    assert_eq!(statistics.dropped, dropped);
    assert_eq!(memory.history().latest(), Some(state(number)));

    limit_file_size(None);
    eventually("recovered", || {
        memory.statistics().crystals_degraded.is_none()
    });
    let durable = memory.sync().unwrap().last_crystal;
    assert_eq!(
        durable,
        number - dropped,
        "everything that was taken is kept"
    );
    assert_eq!(memory.view().len(), durable);
    memory.close().unwrap();
    println!("came through");
}

#[test]
fn a_full_disk_degrades_and_heals() {
    let root = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_runs_out_of_room", "--nocapture"])
        .env(DIRECTORY, root.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("came through"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
