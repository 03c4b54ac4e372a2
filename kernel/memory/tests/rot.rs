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
const ROTTEN: u64 = 3;

fn lived(root: &std::path::Path, being: BeingId) -> Opened {
    let mut opened = Memory::open(root, being, &small()).unwrap();
    for number in 1..=5 {
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
    let root = common::directory();
    let ada = lived(root.path(), BEING);
    let ben = lived(root.path(), OTHER);
    let indexer = Indexer::start(IndexerOptions::default()).unwrap();
    let searcher = ada.memory.watch(&indexer);
    let numbers = |query: &Query| -> Vec<u64> {
        let found = searcher.search(query).unwrap();
        let mut numbers: Vec<u64> = found.iter().map(|one| one.crystal.sequence()).collect();
        numbers.sort_unstable();
        numbers
    };
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
            assert_eq!(numbers(query), [1, 2, 3, 4, 5]);
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
            assert_eq!(numbers(query), [1, 2, 4, 5]);
        }
        let limited = Query {
            limit: 4,
            ..near.clone()
        };
        assert_eq!(numbers(&limited).len(), 4, "the next best takes its place");
        assert_eq!(reader.get(ROTTEN), None);
        let view = reader.view();
        let whole = view.iter().filter(|crystal| crystal.is_whole());
        assert!(whole.map(Crystal::sequence).eq([1, 2, 4, 5]));
        match give(&ada.memory, &ben.memory, &[1, ROTTEN]) {
            Err(BridgeError::NoSuchCrystal { sequence, .. }) => assert_eq!(sequence, ROTTEN),
            other => panic!("{other:?}"),
        }
        assert_eq!(ben.memory.view().len(), 5);
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
        (Some(1), Some(5))
    );
    assert_eq!(reader.view().len(), 5);
    let _ = opened
        .cycle
        .remember(&state_of(BEING, 6), Some(&draft_of(BEING, 6)));
    assert_eq!(opened.memory.sync().unwrap().last_crystal, 6);
    assert_eq!(opened.memory.statistics().first_kept, Some(1));
    opened.memory.close().unwrap();
}
