//! The index file goes to the being's disk: whole, counted, and only where there is room for it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use common::BEING;
use search_common::{Kept, clustered, open, sleepy};
use std::sync::Arc;
use triune_memory::search::{IndexState, IndexStatistics};
use triune_memory::wear::{Medium, Wear};
use triune_memory::{FaultyDisk, StoreFault};

/// A few more than the graph, and so the file, begins at.
const MOMENTS: usize = 20_100;

/// Builds the index anew and tries to write it to `medium`.
fn built(kept: &Kept, medium: &Medium) -> IndexStatistics {
    let indexer = sleepy();
    let searcher = indexer.watch(
        &kept.directory,
        BEING,
        kept.store.reader(),
        kept.texts.clone(),
        None,
        medium.clone(),
    );
    indexer.settle();
    let covered = MOMENTS as u64;
    assert_eq!(searcher.state(), IndexState::Ready { covered });
    let statistics = searcher.statistics();
    indexer.forget(&searcher).unwrap();
    statistics
}

#[test]
fn an_index_is_written_where_there_is_room_and_the_day_allows_it() {
    let root = common::directory();
    let mut kept = open(root.path());
    let mut random = fastrand::Rng::with_seed(5);
    kept.keep_embeddings(&clustered(&mut random, MOMENTS, 50));
    let young = kept.directory.join("moments-1.index.new");
    let disk = Arc::new(FaultyDisk::default());
    let on = |budget: u64| Medium {
        disk: Arc::clone(&disk) as _,
        wear: Wear::new(budget),
    };

    // A disk with room for half of it: nothing is written that could not be finished.
    disk.inject(StoreFault::Full { after: 3 << 20 });
    let medium = on(u64::MAX);
    assert!(built(&kept, &medium).degraded);
    assert!(!kept.index_file().exists() && !young.exists());
    assert_eq!(medium.wear.today().index, 0);

    // What was written before a failure has used up the flash all the same.
    disk.inject(StoreFault::WriteError { every: 3 });
    let medium = on(u64::MAX);
    assert!(built(&kept, &medium).degraded);
    assert!(!kept.index_file().exists() && !young.exists());
    assert_eq!(medium.wear.today().index, 3 << 20);
    disk.heal();

    // A budget that the file would use up at any hour of the day.
    let medium = on(6 << 20);
    assert!(!built(&kept, &medium).degraded, "it waits for another day");
    assert!(!kept.index_file().exists());
    assert_eq!(medium.wear.today().index, 0);

    let medium = on(u64::MAX);
    let statistics = built(&kept, &medium);
    let length = std::fs::metadata(kept.index_file()).unwrap().len();
    assert!(!statistics.degraded && !young.exists());
    assert_eq!(statistics.file_bytes_written, length);
    assert_eq!(medium.wear.today().index, length.next_multiple_of(4096));
    assert!(length > 6 << 20, "{length}");
}
