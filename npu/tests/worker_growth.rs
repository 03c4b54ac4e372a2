//! Workers that come and go leave nothing behind. In a program of its own: it counts what the process
//! has.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/trouble.rs"]
mod trouble;
#[path = "common/workers.rs"]
mod workers;

use trouble::troubled;
use workers::{assert_goes_on, executor, kill, options, scheduler, serve_as_told, worker_id};

/// Not a test: what the other test starts as its worker.
#[test]
#[ignore = "the worker of the other test"]
fn child() {
    serve_as_told();
}

#[test]
fn nothing_grows_over_many_workers_and_requests() {
    let scheduler = scheduler(&executor(options("2")));
    let model = scheduler.add(&troubled("echo")).unwrap();
    let round = |times: u32| {
        for _ in 0..times {
            kill(worker_id(&scheduler, model));
            for _ in 0..50 {
                assert_goes_on(&scheduler, model);
            }
        }
    };
    round(3);
    let before = (open_files(), resident_kib());
    round(12);
    let after = (open_files(), resident_kib());
    assert!(after.0 <= before.0, "files: {before:?} to {after:?}");
    assert!(after.1 < before.1 + 2_048, "KiB: {before:?} to {after:?}");
    drop(scheduler);
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
