//! A being with more segment files than a process may have open. The limit holds for the whole
//! process: this test has one of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft, own, stamp};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use triune_memory::crystals::CrystalStore;

#[test]
fn a_being_of_many_segments_opens_with_few_open_files() {
    const LIMIT: u64 = 64;
    let directory = common::directory();
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 1, 0).unwrap();
    for number in 1..=1000 {
        store.append(&draft(number), stamp(number), own()).unwrap();
    }
    store.sync().unwrap();
    drop(store);
    assert!(common::segments(directory.path()).len() > 2 * LIMIT as usize);
    let limit = Rlimit {
        current: Some(LIMIT),
        ..getrlimit(Resource::Nofile)
    };
    setrlimit(Resource::Nofile, limit).unwrap();
    let (store, report) = CrystalStore::open(directory.path(), BEING, 1, 0).unwrap();
    assert_eq!(report.whole, 1000);
    assert_eq!(store.reader().view().len(), 1000);
}
