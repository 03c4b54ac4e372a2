//! What goes wrong with one being's index or words is told, and harms no other.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, Hook, HookedDisk, draft_of, small, state_of};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use triune_core::{BeingId, ToldPercept};
use triune_memory::search::{Indexer, IndexerOptions, WordsError};
use triune_memory::{DiskFile, FaultyDisk, Memories, Memory, Opened, Options, StoreFault};

const OTHER: BeingId = BeingId(0xfeed);

/// Longer than any summary: only where the whole text is, its last word is.
const LONG: &str = "Grandmother's recipe for plum cake: butter, sugar, eggs, flour, a pinch of salt, \
                    plums from the garden and, at the very end, cinnamon";

/// A defect of the disk: whoever writes this file panics.
#[derive(Debug, Default)]
struct Defect {
    met_in: Mutex<Option<PathBuf>>,
}

impl Hook for Defect {
    fn before_write(&self, file: &DiskFile) -> io::Result<()> {
        let met_in = self.met_in.lock().unwrap().clone();
        assert!(
            met_in.is_none_or(|path| file.path != path),
            "a defect, made on purpose"
        );
        Ok(())
    }
}

/// Writes words only when it is asked to.
fn patient() -> Indexer {
    Indexer::start(IndexerOptions {
        words_interval: Duration::from_secs(3_600),
        ..IndexerOptions::default()
    })
    .unwrap()
}

/// Whether `word` lies in the catalogue of `being`.
fn is_on_disk(root: &Path, being: BeingId, word: &str) -> bool {
    let catalogue = root
        .join("beings")
        .join(being.to_string())
        .join("catalog.redb");
    let bytes = std::fs::read(catalogue).unwrap();
    bytes
        .windows(word.len())
        .any(|place| place == word.as_bytes())
}

fn tell(opened: &mut Opened, number: u64, text: &str) {
    let being = opened.memory.being();
    let fingerprint = ToldPercept::from_text(text).fingerprint();
    let mut draft = draft_of(being, number);
    draft.time = common::now();
    opened.memory.texts().note(fingerprint, draft.time, text);
    draft.told = fingerprint;
    let _ = opened
        .cycle
        .remember(&state_of(being, number), Some(&draft));
    opened.memory.sync().unwrap();
}

#[test]
fn a_defect_met_for_one_being_leaves_the_words_of_the_others() {
    let root = tempfile::tempdir().unwrap();
    let disk = Arc::new(HookedDisk(Defect::default()));
    let options = Options {
        disk: Arc::clone(&disk) as _,
        ..small()
    };
    let memories = Memories::open(root.path(), &options).unwrap();
    let mut ada = memories.open_being(BEING).unwrap();
    let mut ben = memories.open_being(OTHER).unwrap();
    let indexer = patient();
    let first = ada.memory.watch(&indexer);
    let second = ben.memory.watch(&indexer);
    tell(&mut ada, 1, "Love and joy");
    tell(&mut ben, 1, "Love and hope");
    indexer.settle();
    assert!(first.statistics().bytes > 0);
    tell(&mut ada, 2, "And courage");
    tell(&mut ben, 2, "And faith");
    *disk.0.met_in.lock().unwrap() = Some(common::directory_of(root.path()).join("catalog.redb"));
    let failed = indexer.write_words();
    assert!(
        matches!(failed, Err(WordsError::Failed(BEING))),
        "{failed:?}"
    );
    *disk.0.met_in.lock().unwrap() = None;
    assert!(first.statistics().degraded);
    // Rows that met the defect may be anything: none of them answers any more.
    assert_eq!(first.statistics().bytes, 0);
    let question = draft_of(BEING, 1).embedding;
    let exact = ada.memory.crystals().recall(&question, 10);
    assert_eq!(exact.len(), 2);
    assert_eq!(first.recall(&question, 10), exact);
    assert!(!second.statistics().degraded);
    assert!(is_on_disk(root.path(), OTHER, "faith"), "all are tried");
    tell(&mut ben, 3, "And courage");
    assert!(matches!(
        indexer.write_words(),
        Err(WordsError::Failed(BEING))
    ));
    assert!(is_on_disk(root.path(), OTHER, "courage"));
    assert!(indexer.write_words_of(&first).is_err());
    indexer.write_words_of(&second).unwrap();
    assert!(indexer.forget(&first).is_err());
    indexer.forget(&second).unwrap();
}

#[test]
fn words_that_cannot_be_written_are_told_and_wait() {
    let root = common::directory();
    let disk = Arc::new(FaultyDisk::default());
    let options = Options {
        disk: Arc::clone(&disk) as _,
        essence_interval: Duration::from_secs(3_600),
        ..small()
    };
    let mut ada = Memory::open(root.path(), BEING, &options).unwrap();
    let indexer = patient();
    let searcher = ada.memory.watch(&indexer);
    tell(&mut ada, 1, LONG);
    disk.inject(StoreFault::Full { after: 0 });
    let waiting = indexer.write_words();
    let is_full = |error: &WordsError| error.to_string().contains("No space left");
    assert!(
        matches!(&waiting, Err(error @ WordsError::Waiting { being: BEING, .. }) if is_full(error)),
        "{waiting:?}"
    );
    assert!(searcher.statistics().degraded);
    disk.heal();
    // At once, though it would be tried again by itself only later.
    indexer.write_words().unwrap();
    assert!(!searcher.statistics().degraded);
    assert!(is_on_disk(root.path(), BEING, "cinnamon"));

    tell(&mut ada, 2, &LONG.replace("cinnamon", "nutmeg"));
    disk.inject(StoreFault::Full { after: 0 });
    let lost = indexer.forget(&searcher);
    assert!(
        matches!(lost, Err(WordsError::Lost { being: BEING, .. })),
        "{lost:?}"
    );
    disk.heal();
    ada.memory.close().unwrap();
    assert!(!is_on_disk(root.path(), BEING, "nutmeg"));
}
