//! The index of nearness: as good as an exact scan, but for a few in a hundred; it survives restarts,
//! damage, growth and retention.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use search_common::{Kept, clustered, gaussian, open, share, sleepy};
use std::time::Duration;
use triune_core::{CrystalKind, Embedding};
use triune_memory::crystals::Crystal;
use triune_memory::search::{IndexState, Indexer, IndexerOptions, Query, Searcher};

const MANY: usize = 21_000;
const QUESTIONS: usize = 50;

fn recall_at_10(kept: &Kept, searcher: &Searcher, questions: &[Embedding]) -> f64 {
    let reader = kept.store.reader();
    let crystals = |found: Vec<triune_memory::crystals::Recalled>| -> Vec<Crystal> {
        found.into_iter().map(|one| one.crystal).collect()
    };
    let shares = questions.iter().map(|question| {
        share(
            &crystals(reader.recall(question, 10)),
            &crystals(searcher.recall(question, 10)),
        )
    });
    shares.sum::<f64>() / questions.len() as f64
}

fn is_ready(searcher: &Searcher) -> bool {
    matches!(searcher.state(), IndexState::Ready { .. })
}

#[test]
fn clustered_moments_are_recalled() {
    let root = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(3);
    let mut all = clustered(&mut random, MANY + QUESTIONS, 100);
    let questions = all.split_off(MANY);
    // A still scene: the same moment again and again.
    let still = all[0];
    all[5_000..8_000].fill(still);
    let mut kept = open(root.path());
    kept.keep_embeddings(&all);
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, None);
    indexer.settle();
    assert!(is_ready(&searcher), "{:?}", searcher.state());
    let recall = recall_at_10(&kept, &searcher, &questions);
    assert!(recall >= 0.95, "recall@10 is {recall}");
    let exact = kept.store.reader().recall(&still, 20);
    assert_eq!(searcher.recall(&still, 20), exact, "of equals the newest");
}

#[test]
fn the_index_of_moments_without_structure_lives_through_everything() {
    let root = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(4);
    let all: Vec<_> = (0..MANY).map(|_| gaussian(&mut random)).collect();
    let questions: Vec<_> = (0..QUESTIONS).map(|_| gaussian(&mut random)).collect();
    let mut kept = open(root.path());
    kept.keep_embeddings(&all);

    // Before anything is indexed every answer is exact.
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, None);
    assert!(!is_ready(&searcher));
    assert_eq!(recall_at_10(&kept, &searcher, &questions[..3]), 1.0);

    indexer.settle();
    assert!(is_ready(&searcher));
    let recall = recall_at_10(&kept, &searcher, &questions);
    assert!(recall >= 0.95, "recall@10 is {recall}");
    filters_keep_the_nearest(&kept, &searcher, &questions);
    let written = searcher.statistics().file_bytes_written;
    assert_eq!(written, std::fs::metadata(kept.index_file()).unwrap().len());

    // What is newer than the index is found at once.
    let mut newer = common::draft(1);
    newer.embedding = questions[0];
    let sequence = kept.keep(&newer, 1);
    assert_eq!(
        searcher.recall(&questions[0], 1)[0].crystal.sequence(),
        sequence
    );
    indexer.settle();
    assert_eq!(
        searcher.recall(&questions[0], 1)[0].crystal.sequence(),
        sequence
    );
    kept.store.sync().unwrap();
    drop(searcher);
    drop(indexer);
    drop(kept);

    a_restart_reads_the_file(root.path(), &questions);
    damage_is_noticed(root.path(), &questions);
    what_is_gone_is_not_found(root.path(), &questions);
}

fn filters_keep_the_nearest(kept: &Kept, searcher: &Searcher, questions: &[Embedding]) {
    let queries = [
        Query {
            kinds: Some(vec![CrystalKind::Sight, CrystalKind::Words]),
            ..Query::default()
        },
        Query {
            time: Some(4_000..9_000),
            ..Query::default()
        },
        Query {
            time: Some(100..7_000),
            salience: 0.9,
            kinds: Some(vec![CrystalKind::Voice]),
            ..Query::default()
        },
        Query {
            time: Some(100..115),
            ..Query::default()
        },
    ];
    for query in queries {
        let mut sum = 0.0;
        for question in questions {
            let query = Query {
                near: Some(*question),
                ..query.clone()
            };
            let mut exact: Vec<_> = kept
                .store
                .reader()
                .view()
                .iter()
                .filter(|crystal| allows(&query, crystal))
                .map(|crystal| (question.similarity(crystal.embedding()), *crystal))
                .collect();
            exact.sort_by(|a, b| b.0.total_cmp(&a.0));
            exact.truncate(query.limit);
            let exact: Vec<_> = exact.into_iter().map(|one| one.1).collect();
            let found: Vec<_> = searcher.search(&query).unwrap();
            assert_eq!(found.len(), exact.len());
            assert!(found.iter().all(|one| allows(&query, &one.crystal)));
            let found: Vec<_> = found.into_iter().map(|one| one.crystal).collect();
            sum += share(&exact, &found);
        }
        let recall = sum / questions.len() as f64;
        assert!(recall >= 0.95, "recall@10 is {recall} for {query:?}");
    }
}

fn allows(query: &Query, crystal: &Crystal) -> bool {
    query
        .time
        .as_ref()
        .is_none_or(|time| time.contains(&crystal.unix()))
        && query
            .kinds
            .as_ref()
            .is_none_or(|kinds| crystal.kind().is_some_and(|kind| kinds.contains(&kind)))
        && crystal.salience() >= query.salience
}

fn a_restart_reads_the_file(root: &std::path::Path, questions: &[Embedding]) {
    let kept = open(root);
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, None);
    indexer.settle();
    assert!(is_ready(&searcher));
    assert_eq!(
        searcher.statistics().file_bytes_written,
        0,
        "the file was good"
    );
    assert!(recall_at_10(&kept, &searcher, questions) >= 0.95);
}

fn damage_is_noticed(root: &std::path::Path, questions: &[Embedding]) {
    let kept = open(root);
    let good = std::fs::read(kept.index_file()).unwrap();
    let altered = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 0x10;
        bytes
    };
    let damaged = [
        altered(0),
        altered(24),
        altered(40),
        altered(good.len() / 2),
        altered(good.len() - 1),
        good[..good.len() - 1000].to_vec(),
        good[..10].to_vec(),
        Vec::new(),
    ];
    for bytes in damaged {
        std::fs::write(kept.index_file(), &bytes).unwrap();
        let indexer = sleepy();
        let searcher = kept.watch(&indexer, None);
        assert_eq!(recall_at_10(&kept, &searcher, &questions[..2]), 1.0);
        // Not settled: whether the file is believed shows with the first row, linking all takes its time.
        common::eventually("there are rows", || searcher.statistics().bytes > 0);
        assert!(!is_ready(&searcher), "a damaged file was believed");
    }
    std::fs::write(kept.index_file(), altered(good.len() / 3)).unwrap();
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, None);
    indexer.settle();
    assert!(is_ready(&searcher));
    assert_eq!(
        searcher.statistics().file_bytes_written,
        std::fs::metadata(kept.index_file()).unwrap().len(),
        "built and written anew"
    );
}

fn what_is_gone_is_not_found(root: &std::path::Path, questions: &[Embedding]) {
    // Retention removes the oldest segments; here while the being is closed.
    let oldest = common::segments(&common::directory_of(root));
    for segment in &oldest[..2] {
        std::fs::remove_file(segment).unwrap();
    }
    let kept = open(root);
    let first = kept.store.reader().first_sequence().unwrap();
    assert!(first > 4096);
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, None);
    for settle in [false, true] {
        if settle {
            indexer.settle();
        }
        for question in questions {
            let found = searcher.recall(question, 20);
            assert_eq!(found.len(), 20);
            assert!(found.iter().all(|one| one.crystal.sequence() >= first));
        }
        assert!(recall_at_10(&kept, &searcher, questions) >= 0.95);
    }
}

/// Bytes of a row without links, which come with the graph.
const ROW_BYTES: u64 = 152;

#[test]
fn all_moments_have_rows_until_there_are_too_many() {
    const MOST: u64 = 1_000;
    let root = common::directory();
    let all = clustered(&mut fastrand::Rng::with_seed(9), MOST as usize + 1, 20);
    let mut kept = open(root.path());
    let indexer = Indexer::start(IndexerOptions {
        interval: Duration::from_secs(3_600),
        most_rows: MOST as usize,
        ..IndexerOptions::default()
    })
    .unwrap();
    kept.keep_embeddings(&all[..MOST as usize]);
    let searcher = kept.watch(&indexer, None);
    indexer.settle();
    assert_eq!(searcher.statistics().bytes, MOST * ROW_BYTES);
    // One more, and the oldest third is let go.
    kept.keep_embeddings(&all[MOST as usize..]);
    indexer.settle();
    assert_eq!(searcher.statistics().bytes, (MOST - MOST / 3) * ROW_BYTES);
    indexer.forget(&searcher).unwrap();
}

#[test]
fn moments_beyond_the_most_rows_are_found_all_the_same() {
    const MOST: usize = 900;
    let root = common::directory();
    let mut random = fastrand::Rng::with_seed(8);
    let all = clustered(&mut random, 5_000, 20);
    let questions: Vec<_> = (0..QUESTIONS).map(|_| gaussian(&mut random)).collect();
    let mut kept = open(root.path());
    let indexer = Indexer::start(IndexerOptions {
        interval: Duration::from_secs(3_600),
        most_rows: MOST,
        ..IndexerOptions::default()
    })
    .unwrap();
    // What is there when it begins, and what comes while it runs.
    kept.keep_embeddings(&all[..2_000]);
    let searcher = kept.watch(&indexer, None);
    for part in all[2_000..].chunks(250) {
        kept.keep_embeddings(part);
        indexer.settle();
        let bytes = searcher.statistics().bytes;
        assert!(bytes > 0 && bytes <= MOST as u64 * ROW_BYTES, "{bytes}");
    }
    let reader = kept.store.reader();
    for question in &questions {
        assert_eq!(searcher.recall(question, 20), reader.recall(question, 20));
    }
    let sequences = |query: &Query| -> Vec<u64> {
        let found = searcher.search(query).unwrap();
        found.iter().map(|one| one.crystal.sequence()).collect()
    };
    let every = Query {
        limit: usize::MAX,
        ..Query::default()
    };
    let newest_first: Vec<u64> = (1..=all.len() as u64).rev().collect();
    assert_eq!(sequences(&every), newest_first);
    let salient = Query {
        salience: 0.9,
        limit: 400,
        ..Query::default()
    };
    let expected: Vec<u64> = reader
        .view()
        .iter()
        .rev()
        .filter(|crystal| crystal.salience() >= 0.9)
        .map(|crystal| crystal.sequence())
        .take(400)
        .collect();
    assert!(expected.last().is_some_and(|&oldest| oldest < 4_000));
    assert_eq!(sequences(&salient), expected);
    indexer.forget(&searcher).unwrap();
}
