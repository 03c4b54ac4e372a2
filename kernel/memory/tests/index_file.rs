//! The index file goes to the being's disk: whole, counted, and only where there is room for it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use common::BEING;
use search_common::{Kept, clustered, open, sleepy};
use std::sync::Arc;
use std::time::Duration;
use triune_memory::search::{IndexState, IndexStatistics, Indexer, IndexerOptions, Searcher};
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

/// Bytes of a row without links and with them.
const ROW_BYTES: u64 = 152;
const LINKED_ROW_BYTES: u64 = 408;

/// Works only when it is asked to, with so many rows.
fn narrow(most_rows: usize) -> Indexer {
    Indexer::start(IndexerOptions {
        interval: Duration::from_secs(3_600),
        most_rows,
        ..IndexerOptions::default()
    })
    .unwrap()
}

/// The most bytes that the rows take while everything is indexed.
fn peak_of_settling(indexer: &Indexer, searcher: &Searcher) -> u64 {
    std::thread::scope(|scope| {
        let settling = scope.spawn(|| indexer.settle());
        let mut peak = 0;
        while !settling.is_finished() {
            peak = peak.max(searcher.statistics().bytes);
        }
        peak
    })
}

#[test]
fn rows_do_not_grow_beyond_their_bound_where_much_is_to_be_taken_in() {
    const MOST: usize = 3_000;
    let root = common::directory();
    let mut kept = open(root.path());
    let mut random = fastrand::Rng::with_seed(6);
    let indexer = narrow(MOST);
    kept.keep_embeddings(&clustered(&mut random, MOST, 50));
    let searcher = kept.watch(&indexer, None);
    indexer.settle();
    kept.keep_embeddings(&clustered(&mut random, 20 * MOST, 50));
    let peak = peak_of_settling(&indexer, &searcher);
    assert!(peak <= 2 * MOST as u64 * ROW_BYTES, "{peak}");
    let rows = MOST - MOST / 3;
    assert_eq!(searcher.statistics().bytes, rows as u64 * ROW_BYTES);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn an_index_of_moments_that_are_all_too_old_is_not_read() {
    const MOST: usize = MOMENTS + 900;
    let root = common::directory();
    let mut kept = open(root.path());
    let mut random = fastrand::Rng::with_seed(7);
    kept.keep_embeddings(&clustered(&mut random, MOMENTS, 50));
    built(&kept, &Wear::new(u64::MAX).into());
    assert!(kept.index_file().exists());
    // As after a time in which nothing was indexed: a being that lived where no index was kept.
    kept.keep_embeddings(&clustered(&mut random, 3 * MOST, 50));
    let indexer = narrow(MOST);
    let searcher = kept.watch(&indexer, None);
    let peak = peak_of_settling(&indexer, &searcher);
    let rows = (MOST - MOST / 3) as u64;
    assert!(peak <= rows * LINKED_ROW_BYTES, "{peak}");
    assert_eq!(searcher.statistics().bytes, rows * ROW_BYTES);
    indexer.forget(&searcher).unwrap();
}
