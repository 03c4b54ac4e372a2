//! Moments go while the indexer works and others search.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use common::{BEING, directory_of, draft, own};
use search_common::gaussian;
use std::sync::Arc;
use std::time::Duration;
use triune_core::{CrystalDraft, Embedding};
use triune_memory::RealDisk;
use triune_memory::crystals::{CrystalStore, Stamp, StoreSettings};
use triune_memory::search::{IndexState, Indexer, IndexerOptions, Query, Texts};
use triune_memory::wear::Wear;

const SEGMENT: u64 = 2048;
/// Segments that are kept: more moments than the graph begins at.
const KEPT: u64 = 11;
/// So many segments that over a third of the linked rows go, and the graph is built anew.
const ALL: u64 = 18;

#[test]
fn what_is_given_up_is_not_found_and_the_rest_is_while_the_index_is_built() {
    let root = tempfile::tempdir().unwrap();
    let directory = directory_of(root.path());
    std::fs::create_dir_all(&directory).unwrap();
    let wear = Wear::new(u64::MAX);
    let settings = StoreSettings {
        records_per_segment: SEGMENT as u32,
        crystal_bytes: KEPT * (4096 + SEGMENT * 512),
        disk: Arc::new(RealDisk),
        wear: wear.clone(),
    };
    let (mut store, _) = CrystalStore::open_with(&directory, BEING, 0, settings).unwrap();
    let indexer = Indexer::start(IndexerOptions {
        interval: Duration::from_millis(1),
        ..IndexerOptions::default()
    })
    .unwrap();
    let searcher = indexer.watch(
        &directory,
        BEING,
        store.reader(),
        Texts::default(),
        None,
        wear.clone().into(),
    );
    let mut random = fastrand::Rng::with_seed(3);
    let centres: Vec<Embedding> = (0..50).map(|_| gaussian(&mut random)).collect();
    let mut number = 0;
    for segment in 0..ALL {
        for _ in 0..SEGMENT {
            number += 1;
            let centre = &centres[random.usize(..centres.len())];
            let noise = gaussian(&mut random);
            let draft = CrystalDraft {
                embedding: Embedding(std::array::from_fn(|at| centre.0[at] + 0.3 * noise.0[at])),
                ..draft(number)
            };
            let stamp = Stamp {
                unix: number,
                boot: common::BOOT,
            };
            store.append(&draft, stamp, own()).unwrap();
        }
        store.sync().unwrap();
        // Before this search began these were gone; the newest can be found by whoever asks now.
        let oldest = store.first_sequence().unwrap();
        let found = searcher.recall(&centres[0], 20);
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|one| one.crystal.sequence() >= oldest));
        let newest = searcher.search(&Query::default()).unwrap();
        assert_eq!(newest[0].crystal.sequence(), number);
        if segment == KEPT {
            // The graph stands and begins to lose its oldest rows.
            indexer.settle();
            assert!(matches!(searcher.state(), IndexState::Ready { .. }));
        }
    }
    indexer.settle();
    let first = store.first_sequence().unwrap();
    assert!(first > (ALL - KEPT - 1) * SEGMENT);
    assert_eq!(searcher.state(), IndexState::Ready { covered: number });
    let statistics = searcher.statistics();
    assert!(!statistics.degraded);
    assert!(
        wear.today().index >= statistics.file_bytes_written && statistics.file_bytes_written > 0,
        "what the index writes is counted"
    );
    let mut hits = 0;
    for centre in &centres[..20] {
        let exact = store.reader().recall(centre, 10);
        let found = searcher.recall(centre, 10);
        assert!(found.iter().all(|one| one.crystal.sequence() >= first));
        hits += exact.iter().filter(|one| found.contains(one)).count();
    }
    assert!(hits >= 190, "{hits} of 200");
}
