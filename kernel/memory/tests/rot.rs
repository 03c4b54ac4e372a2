//! A record that rots on its disk while the memory is open: it is told to nobody and given to nobody.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, directory_of, draft, draft_of, small, state_of};
use std::os::unix::fs::FileExt;
use triune_core::BeingId;
use triune_memory::bridge::{BridgeError, give};
use triune_memory::crystals::Crystal;
use triune_memory::search::{Indexer, IndexerOptions, Query};
use triune_memory::{Memory, Opened};

const OTHER: BeingId = BeingId(0xfeed);
/// Moments that are lived.
const LIVED: u64 = 7;
const ROTTEN: u64 = 3;

fn lived(root: &std::path::Path, being: BeingId) -> Opened {
    let mut opened = Memory::open(root, being, &small()).unwrap();
    for number in 1..=LIVED {
        let moment = draft_of(being, number);
        let _ = opened
            .cycle
            .remember(&state_of(being, number), Some(&moment));
    }
    opened.memory.sync().unwrap();
    opened
}

#[test]
fn what_rots_is_neither_answered_nor_given() {
    rots(IndexerOptions::default());
}

/// Where only the newest have a row, and the others are read from the disk.
#[test]
fn what_rots_is_not_answered_where_it_is_too_old_for_a_row() {
    rots(IndexerOptions {
        most_rows: 3,
        ..IndexerOptions::default()
    });
}

fn rots(options: IndexerOptions) {
    let root = common::directory();
    let ada = lived(root.path(), BEING);
    let ben = lived(root.path(), OTHER);
    let indexer = Indexer::start(options).unwrap();
    // What it meets rotten has no row, also when the test has mended it: it looks when it is asked to.
    indexer.pause(true);
    let searcher = ada.memory.watch(&indexer);
    let numbers = |query: &Query| -> Vec<u64> {
        let found = searcher.search(query).unwrap();
        let mut numbers: Vec<u64> = found.iter().map(|one| one.crystal.sequence()).collect();
        numbers.sort_unstable();
        numbers
    };
    let every: Vec<u64> = (1..=LIVED).collect();
    let others: Vec<u64> = (1..=LIVED).filter(|&number| number != ROTTEN).collect();
    let all = Query::default();
    let near = Query {
        near: Some(draft(ROTTEN).embedding),
        ..Query::default()
    };
    // Before the indexer has them and after: out of the mapped files, and by the rows of the index.
    let reader = ada.memory.crystals();
    for settled in [false, true] {
        if settled {
            indexer.settle();
        }
        for query in [&all, &near] {
            assert_eq!(numbers(query), every);
        }
        let path = directory_of(root.path()).join("segment-00000000.crystals");
        let file = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let place = 4096 + (ROTTEN - 1) * 512 + 60;
        let mut byte = [0];
        file.read_exact_at(&mut byte, place).unwrap();
        file.write_all_at(&[byte[0] ^ 4], place).unwrap();

        for query in [&all, &near] {
            assert_eq!(numbers(query), others);
            for limit in 1..=others.len() {
                let limited = Query {
                    limit,
                    ..query.clone()
                };
                let found = numbers(&limited);
                assert_eq!(found.len(), limit, "the next best takes its place");
                assert!(!found.contains(&ROTTEN));
            }
        }
        let question = draft(ROTTEN).embedding;
        for recalled in [reader.recall(&question, 4), searcher.recall(&question, 4)] {
            assert_eq!(recalled.len(), 4);
            assert!(recalled.iter().all(|one| one.crystal.sequence() != ROTTEN));
        }
        assert_eq!(reader.get(ROTTEN), None);
        let view = reader.view();
        let whole = view.iter().filter(|crystal| crystal.is_whole());
        assert!(whole.map(Crystal::sequence).eq(others.iter().copied()));
        match give(&ada.memory, &ben.memory, &[1, ROTTEN]) {
            Err(BridgeError::NoSuchCrystal { sequence, .. }) => assert_eq!(sequence, ROTTEN),
            other => panic!("{other:?}"),
        }
        assert_eq!(ben.memory.view().len(), LIVED);
        file.write_all_at(&byte, place).unwrap();
    }
    indexer.forget(&searcher).expect("no words wait");
}

/// To read a place of a mapped file that is not there any more ends the process: the writer, and whoever
/// asks for figures only, reads none.
#[test]
fn a_segment_that_is_cut_off_from_outside_does_not_end_the_writer() {
    let root = common::directory();
    let mut opened = lived(root.path(), BEING);
    let path = directory_of(root.path()).join("segment-00000000.crystals");
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(0).unwrap();
    let reader = opened.memory.crystals();
    assert_eq!(
        (reader.first_sequence(), reader.newest_sequence()),
        (Some(1), Some(LIVED))
    );
    assert_eq!(reader.view().len(), LIVED);
    let _ = opened.cycle.remember(
        &state_of(BEING, LIVED + 1),
        Some(&draft_of(BEING, LIVED + 1)),
    );
    assert_eq!(opened.memory.sync().unwrap().last_crystal, LIVED + 1);
    assert_eq!(opened.memory.statistics().first_kept, Some(1));
    opened.memory.close().unwrap();
}
