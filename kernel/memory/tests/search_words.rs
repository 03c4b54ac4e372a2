//! Told words are kept with their moment and found again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod search_common;

use search_common::{open, sleepy};
use std::time::Duration;
use triune_core::{Consent, CrystalKind, Sense, State, ToldPercept};
use triune_memory::catalog::ConsentSource;
use triune_memory::search::{Indexer, IndexerOptions, Query, Searcher};
use triune_memory::{CycleSide, Memory, Remembered};

fn words(text: &str) -> Query {
    Query {
        words: Some(text.to_owned()),
        ..Query::default()
    }
}

fn sequences(searcher: &Searcher, query: &Query) -> Vec<u64> {
    let found = searcher.search(query).unwrap();
    found.iter().map(|one| one.crystal.sequence()).collect()
}

const LONG: &str = "Grandmother's recipe for plum cake: butter, sugar, eggs, flour, a pinch of salt, \
                    plums from the garden and, at the very end, cinnamon";

#[test]
fn words_are_found_before_and_after_they_are_indexed_and_after_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let mut kept = open(root.path());
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, Some(kept.catalog()));
    indexer.settle();
    let love = kept.tell(1, "Love and joy, hope and MUSIC!");
    let quiet = kept.keep(&common::draft(2), 2);
    let cake = kept.tell(3, LONG);
    let joy = kept.tell(4, "joy joy joy");
    kept.store.sync().unwrap();
    let check = |searcher: &Searcher| {
        assert_eq!(sequences(searcher, &words("music")), [love]);
        assert_eq!(sequences(searcher, &words("MUSIC love")), [love]);
        assert_eq!(
            sequences(searcher, &words("joy")),
            [joy, love],
            "more often is more relevant"
        );
        assert_eq!(sequences(searcher, &words("mus*")), [love]);
        assert_eq!(sequences(searcher, &words("mus")), [0; 0]);
        assert_eq!(sequences(searcher, &words("love cake")), [0; 0]);
        assert_eq!(
            sequences(searcher, &words("cinnam*")),
            [cake],
            "whole texts are kept"
        );
        let found = searcher.search(&words("plum cake")).unwrap();
        assert_eq!(found[0].told.as_deref(), Some(LONG));
        assert!(found[0].relevance.unwrap() > 0.0);
        assert_eq!(
            sequences(searcher, &Query::default()),
            [joy, cake, quiet, love]
        );
    };
    check(&searcher);
    indexer.settle();
    check(&searcher);
    drop((searcher, indexer, kept));
    let kept = open(root.path());
    let indexer = sleepy();
    check(&kept.watch(&indexer, Some(kept.catalog())));
}

#[test]
fn a_lost_catalogue_is_made_again_from_the_summaries() {
    let root = tempfile::tempdir().unwrap();
    let mut kept = open(root.path());
    let love = kept.tell(1, "Love and joy");
    let cake = kept.tell(2, LONG);
    kept.store.sync().unwrap();
    drop(kept);
    let kept = open(root.path());
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, Some(kept.catalog()));
    for _ in 0..2 {
        assert_eq!(sequences(&searcher, &words("joy")), [love]);
        assert_eq!(sequences(&searcher, &words("grandmother plum")), [cake]);
        assert_eq!(
            sequences(&searcher, &words("cinnamon")),
            [0; 0],
            "it did not fit"
        );
        assert_eq!(
            sequences(&searcher, &words("salience")),
            [0; 0],
            "that was not told"
        );
        indexer.settle();
    }
}

#[test]
fn a_text_whose_crystal_was_lost_is_not_inherited() {
    let root = tempfile::tempdir().unwrap();
    let mut kept = open(root.path());
    let first = kept.tell(1, "the secret of the first");
    let catalog = kept.catalog();
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, Some(catalog));
    indexer.settle();
    drop((searcher, indexer, kept));
    for segment in common::segments(&common::directory_of(root.path())) {
        std::fs::remove_file(segment).unwrap();
    }
    let mut kept = open(root.path());
    let second = kept.tell(2, "something else");
    assert_eq!(first, second, "the number is given out again");
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, Some(kept.catalog()));
    assert_eq!(sequences(&searcher, &words("secret")), [0; 0]);
    indexer.settle();
    assert_eq!(sequences(&searcher, &words("secret")), [0; 0]);
    assert_eq!(
        searcher.search(&Query::default()).unwrap()[0]
            .told
            .as_deref(),
        Some("something else")
    );
}

#[test]
fn words_of_moments_that_are_gone_leave_the_catalogue() {
    let root = tempfile::tempdir().unwrap();
    let mut kept = open(root.path());
    for number in 1..=5000 {
        if number % 2 == 0 {
            kept.tell(number, &format!("joy {number}"));
        } else {
            kept.keep(&common::draft(number), number);
        }
    }
    kept.store.sync().unwrap();
    let catalog = kept.catalog();
    let indexer = sleepy();
    drop(kept.watch(&indexer, Some(catalog)));
    indexer.settle();
    drop((indexer, kept));
    let oldest = &common::segments(&common::directory_of(root.path()))[0];
    std::fs::remove_file(oldest).unwrap();
    let kept = open(root.path());
    let first = kept.store.reader().first_sequence().unwrap();
    let indexer = sleepy();
    let searcher = kept.watch(&indexer, Some(kept.catalog()));
    let all = Query {
        limit: 10_000,
        ..words("joy")
    };
    let left = sequences(&searcher, &all);
    assert!(left.iter().all(|&sequence| sequence >= first) && left.len() == 452);
    indexer.settle();
    drop((searcher, indexer));
    let catalog = kept.catalog();
    let rows = redb::ReadableTableMetadata::len(
        &catalog
            .begin_read()
            .unwrap()
            .open_table(redb::TableDefinition::<u64, &str>::new("texts"))
            .unwrap(),
    );
    assert_eq!(rows.unwrap(), 452);
}

fn remember(cycle: &mut CycleSide, number: u64, told: u64) {
    let mut draft = common::draft(number);
    draft.told = told;
    draft.time = common::now();
    draft.kind = CrystalKind::Words as u32;
    let state: State = common::state(number);
    assert_eq!(cycle.remember(&state, Some(&draft)), Remembered::Moment);
}

#[test]
fn what_a_being_is_told_is_in_its_memory() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), common::BEING, &common::small()).unwrap();
    let memory = opened.memory;
    let indexer = Indexer::start(IndexerOptions::default()).unwrap();
    let searcher = memory.watch(&indexer);
    let text = "Remember the lighthouse";
    let fingerprint = ToldPercept::from_text(text).fingerprint();
    memory.texts().note(fingerprint, common::now(), text);
    remember(&mut opened.cycle, 1, fingerprint);
    memory.sync().unwrap();
    let found = searcher.search(&words("LIGHT*")).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].told.as_deref(), Some(text));
    assert!(
        found[0]
            .crystal
            .summary()
            .starts_with("“Remember the lighthouse” words, salience")
    );
    indexer.settle();
    indexer.forget(&searcher).unwrap();
    memory.erase().unwrap();
    assert!(!common::directory_of(root.path()).exists());
}

/// Whether `word` lies in any file of the being.
fn is_on_disk(root: &std::path::Path, word: &str) -> bool {
    let files = std::fs::read_dir(common::directory_of(root)).unwrap();
    files.flatten().any(|file| {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        bytes
            .windows(word.len())
            .any(|place| place == word.as_bytes())
    })
}

#[test]
fn a_text_that_waits_when_remembering_is_refused_is_never_written() {
    // The last word does not fit into the summary.
    let text = format!("{} lighthouse", "under the wide and starry sky ".repeat(6));
    let fingerprint = ToldPercept::from_text(&text).fingerprint();
    for refused in [false, true] {
        let root = tempfile::tempdir().unwrap();
        let mut opened = Memory::open(root.path(), common::BEING, &common::small()).unwrap();
        let memory = opened.memory;
        // Nothing goes to the catalogue by itself.
        let patient = IndexerOptions {
            words_interval: Duration::from_secs(3_600),
            ..IndexerOptions::default()
        };
        let indexer = Indexer::start(patient).unwrap();
        let searcher = memory.watch(&indexer);
        memory.texts().note(fingerprint, common::now(), &text);
        remember(&mut opened.cycle, 1, fingerprint);
        memory.sync().unwrap();
        common::eventually("the text waits", || {
            searcher.statistics().words_indexed == 1
        });
        if refused {
            let consent = Consent::ALL.with(Sense::Remember, false);
            memory.set_consent(consent, ConsentSource::Person).unwrap();
            assert!(!is_on_disk(root.path(), "lighthouse"));
        }
        // What the summary quotes was on the disk before, and is found.
        indexer.write_words().unwrap();
        assert_eq!(searcher.search(&words("starry sky")).unwrap().len(), 1);
        indexer.forget(&searcher).unwrap();
        drop(opened.cycle);
        memory.close().unwrap();
        assert_eq!(is_on_disk(root.path(), "lighthouse"), !refused);
    }
}

#[test]
fn a_text_told_after_consent_is_given_again_is_kept_whole() {
    let text = format!("{} lighthouse", "under the wide and starry sky ".repeat(6));
    let fingerprint = ToldPercept::from_text(&text).fingerprint();
    let root = common::directory();
    let mut opened = Memory::open(root.path(), common::BEING, &common::small()).unwrap();
    let memory = opened.memory;
    let indexer = sleepy();
    let searcher = memory.watch(&indexer);
    // It knows what was given up before, and looks again only when the text waits.
    indexer.settle();
    let refused = Consent::ALL.with(Sense::Remember, false);
    for consent in [refused, Consent::ALL] {
        memory.set_consent(consent, ConsentSource::Person).unwrap();
    }
    memory.texts().note(fingerprint, common::now(), &text);
    remember(&mut opened.cycle, 1, fingerprint);
    memory.sync().unwrap();
    indexer.write_words().unwrap();
    assert_eq!(sequences(&searcher, &words("lighthouse")), [1]);
    memory.unwatch(&indexer, &searcher).unwrap();
}

#[test]
fn a_paused_indexer_stores_words_and_searches_miss_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), common::BEING, &common::small()).unwrap();
    let memory = opened.memory;
    let quick = IndexerOptions {
        interval: Duration::from_millis(1),
        words_interval: Duration::from_millis(1),
        ..IndexerOptions::default()
    };
    let indexer = Indexer::start(quick).unwrap();
    indexer.pause(true);
    let searcher = memory.watch(&indexer);
    let text = format!("{} gardener", "under the wide and starry sky ".repeat(6));
    let fingerprint = ToldPercept::from_text(&text).fingerprint();
    memory.texts().note(fingerprint, common::now(), &text);
    remember(&mut opened.cycle, 1, fingerprint);
    memory.sync().unwrap();
    common::eventually("the words are stored", || {
        is_on_disk(root.path(), "gardener")
    });
    assert_eq!(searcher.statistics().bytes, 0, "no row is made");
    assert_eq!(sequences(&searcher, &words("gardener")), [1]);
    assert_eq!(sequences(&searcher, &Query::default()), [1]);
    indexer.pause(false);
    common::eventually("the moment is indexed", || searcher.statistics().bytes > 0);
    indexer.forget(&searcher).unwrap();
    memory.close().unwrap();
}
