//! What a being was told goes where its moments go: into an export, and over the bridge.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft_of, small, state_of};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;
use triune_core::{BeingId, ToldPercept};
use triune_memory::bridge::give;
use triune_memory::search::{Indexer, IndexerOptions, Query, Searcher};
use triune_memory::transfer::{export_being, import_being};
use triune_memory::{Memory, Opened, Options};

const OTHER: BeingId = BeingId(0xfeed);
/// Longer than any summary: its last word is found only where the whole text is.
const LONG: &str = "Grandmother's recipe for plum cake: butter, sugar, eggs, flour, a pinch of salt, \
                    plums from the garden and, at the very end, cinnamon";

fn open(root: &Path, being: BeingId) -> Opened {
    Memory::open(root, being, &small()).unwrap()
}

/// Tells `text` at moment `number`.
fn tell(opened: &mut Opened, number: u64, text: &str) {
    let being = opened.memory.being();
    let fingerprint = ToldPercept::from_text(text).fingerprint();
    let mut draft = draft_of(being, number);
    draft.time = common::now();
    let texts = opened.memory.texts();
    texts.note(fingerprint, draft.time, text);
    draft.told = fingerprint;
    let _ = opened
        .cycle
        .remember(&state_of(being, number), Some(&draft));
    opened.memory.sync().unwrap();
}

fn found(searcher: &Searcher, words: &str) -> Vec<(u64, Option<String>)> {
    let query = Query {
        words: Some(words.to_owned()),
        ..Query::default()
    };
    let found = searcher.search(&query).unwrap();
    found
        .into_iter()
        .map(|one| (one.crystal.sequence(), one.told))
        .collect()
}

fn indexer() -> Indexer {
    Indexer::start(IndexerOptions::default()).unwrap()
}

#[test]
fn an_export_carries_what_was_told() {
    let root = tempfile::tempdir().unwrap();
    let mut ada = open(root.path(), BEING);
    {
        let indexer = indexer();
        let searcher = ada.memory.watch(&indexer);
        tell(&mut ada, 1, "Love and joy");
        tell(&mut ada, 2, LONG);
        indexer.settle();
        indexer.forget(&searcher).unwrap();
    }
    let file = root.path().join("ada.being");
    let mut go_on = |_| ControlFlow::Continue(());
    let summary = export_being(root.path(), BEING, &file, &mut go_on).unwrap();
    assert_eq!(summary.manifest.rows["texts"], 2);
    import_being(root.path(), &file, Some(OTHER), &mut go_on).unwrap();

    let twin = open(root.path(), OTHER);
    // It looks through the crystals at once, and keeps what it finds there to itself.
    let indexer = Indexer::start(IndexerOptions {
        words_interval: Duration::from_secs(3_600),
        ..IndexerOptions::default()
    })
    .unwrap();
    let searcher = twin.memory.watch(&indexer);
    common::eventually("it has looked", || searcher.statistics().words_indexed == 2);
    // Before the twin's indexer has looked through its crystals and after: their summaries quote only
    // the beginning, and must not take the place of the whole.
    for _ in 0..2 {
        assert_eq!(
            found(&searcher, "plum cinnamon"),
            [(2, Some(LONG.to_owned()))]
        );
        assert_eq!(
            found(&searcher, "joy"),
            [(1, Some("Love and joy".to_owned()))]
        );
        indexer.settle();
    }
    indexer.forget(&searcher).unwrap();
}

#[test]
fn an_export_leaves_behind_what_was_told_at_moments_that_are_given_up() {
    const SEGMENT: u64 = 4096 + 8 * 512;
    let root = common::directory();
    let options = Options {
        crystal_bytes: 3 * SEGMENT,
        ..small()
    };
    let mut ada = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = Indexer::start(IndexerOptions {
        words_interval: Duration::from_secs(3_600),
        ..IndexerOptions::default()
    })
    .unwrap();
    let searcher = ada.memory.watch(&indexer);
    for number in 1..=24 {
        tell(&mut ada, number, &format!("word{number}"));
    }
    indexer.write_words().unwrap();
    // The first segment goes; its words are still in the catalogue.
    tell(&mut ada, 25, "word25");
    let first = ada.memory.crystals().first_sequence().unwrap();
    assert_eq!(first, 9);
    let file = root.path().join("ada.being");
    let mut go_on = |_| ControlFlow::Continue(());
    let summary = export_being(root.path(), BEING, &file, &mut go_on).unwrap();
    assert_eq!(summary.manifest.rows["texts"], 24 - 8);
    import_being(root.path(), &file, Some(OTHER), &mut go_on).unwrap();
    let catalogue = root.path().join(format!("beings/{OTHER}/catalog.redb"));
    let bytes = std::fs::read(catalogue).unwrap();
    let has = |word: &str| {
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    };
    assert!(has("word9") && !has("word8"));
    indexer.forget(&searcher).unwrap();
}

#[test]
fn a_given_moment_brings_what_was_told() {
    let root = tempfile::tempdir().unwrap();
    let mut ada = open(root.path(), BEING);
    let ben = open(root.path(), OTHER);
    let indexer = indexer();
    let giver = ada.memory.watch(&indexer);
    tell(&mut ada, 1, "Love and joy");
    tell(&mut ada, 2, LONG);
    indexer.settle();
    indexer.forget(&giver).unwrap();
    drop((giver, ada));
    // The texts are only in the catalogue now, not in RAM.
    let ada = open(root.path(), BEING);
    let receiver = ben.memory.watch(&indexer);
    for again in [false, true] {
        let given = give(&ada.memory, &ben.memory, &[2]).unwrap();
        assert_eq!(
            (given.given.len(), given.known.len()),
            [(1, 0), (0, 1)][usize::from(again)]
        );
        indexer.settle();
        assert_eq!(found(&receiver, "cinnamon"), [(1, Some(LONG.to_owned()))]);
        assert_eq!(found(&receiver, "joy"), [], "that one was not given");
    }
    indexer.forget(&receiver).unwrap();
}
