//! The crystal store against a plain list, over random appends, syncs, reopenings, faults and
//! removals.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, crystal, draft, own, segments, stamp};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use triune_core::Embedding;
use triune_memory::crystals::{
    AppendError, Crystal, CrystalReader, CrystalRecovery, CrystalStore, StoreSettings,
};
use triune_memory::wear::Wear;
use triune_memory::{FaultyDisk, StoreFault};

#[derive(Clone, Copy, Debug)]
enum Action {
    Append(u8),
    Sync,
    Reopen(u32),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (1_u8..12).prop_map(Action::Append),
        2 => Just(Action::Sync),
        2 => (1_u32..9).prop_map(Action::Reopen),
    ]
}

fn assert_same(reader: &CrystalReader, model: &[Crystal]) {
    let view = reader.view();
    assert_eq!(view.len(), model.len() as u64);
    assert_eq!(view.is_empty(), model.is_empty());
    assert!(view.iter().eq(model));
    assert!(view.iter().rev().eq(model.iter().rev()));
    let last = model.last().map(Crystal::sequence);
    assert_eq!(reader.newest_sequence(), last);
    for one in model {
        assert_eq!(reader.get(one.sequence()).as_ref(), Some(one));
    }
    assert_eq!(reader.get(0), None);
    assert_eq!(reader.get(model.len() as u64 + 1), None);
}

/// What `recall` should find, by sorting everything.
fn nearest(model: &[Crystal], question: &Embedding, count: usize) -> Vec<(u64, f32)> {
    let mut all: Vec<_> = model
        .iter()
        .map(|one| (one.sequence(), question.similarity(one.embedding())))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    all.truncate(count);
    all
}

#[derive(Clone, Copy, Debug)]
enum Hardship {
    Append(u8),
    Sync,
    Retire,
    Reopen(u32),
    Fault(StoreFault),
    Heal,
}

fn hardship() -> impl Strategy<Value = Hardship> {
    let fault = prop_oneof![
        (0_u64..20_000).prop_map(|after| StoreFault::Full { after }),
        (1_u64..6).prop_map(|every| StoreFault::WriteError { every }),
        (1_u64..4).prop_map(|every| StoreFault::SyncError { every }),
        (0_u64..600).prop_map(|keep| StoreFault::Torn { keep }),
        Just(StoreFault::ReadOnly),
        (0_u64..20).prop_map(|after| StoreFault::Cut { after }),
    ];
    prop_oneof![
        5 => (1_u8..12).prop_map(Hardship::Append),
        3 => Just(Hardship::Sync),
        1 => Just(Hardship::Retire),
        2 => (1_u32..9).prop_map(Hardship::Reopen),
        2 => fault.prop_map(Hardship::Fault),
        2 => Just(Hardship::Heal),
    ]
}

/// A store that fails and forgets by size, beside the list of all that it took.
struct Tried {
    directory: tempfile::TempDir,
    disk: Arc<FaultyDisk>,
    allowed: u64,
    store: CrystalStore,
    taken: Vec<Crystal>,
    durable: u64,
}

impl Tried {
    fn begun(allowed: u64) -> Self {
        let directory = common::directory();
        let disk = Arc::new(FaultyDisk::default());
        let store = open_on(&disk, directory.path(), allowed, 4, 0).0;
        Self {
            directory,
            disk,
            allowed,
            store,
            taken: Vec::new(),
            durable: 0,
        }
    }

    fn meet(&mut self, hardship: Hardship) {
        match hardship {
            Hardship::Append(count) => (0..count).for_each(|_| self.append()),
            Hardship::Sync => {
                if let Ok(durable) = self.store.sync() {
                    assert_eq!(durable, self.taken.len() as u64);
                    assert_eq!(self.store.pending(), 0);
                }
            }
            Hardship::Retire => {
                if self.store.retire().is_ok() {
                    let least = self.store.reader().view().len() <= 16;
                    assert!(least || self.store.bytes_kept() <= self.allowed);
                }
            }
            Hardship::Fault(fault) => self.disk.inject(fault),
            Hardship::Heal => self.disk.heal(),
            Hardship::Reopen(records) => self.reopen(records),
        }
        assert!(
            self.store.durable() >= self.durable,
            "what is durable stays so"
        );
        self.durable = self.store.durable();
        self.judge();
    }

    fn append(&mut self) {
        let number = self.taken.len() as u64 + 1;
        if let Ok(sequence) = self.store.append(&draft(number), stamp(number), own()) {
            assert_eq!(sequence, number, "no number is skipped or given twice");
            self.taken.push(crystal(number));
        }
    }

    /// The process ends without a sync, and another begins on a disk that works.
    fn reopen(&mut self, records: u32) {
        self.disk.heal();
        let kept = self.store.reader().view().len();
        let (store, report) = open_on(
            &self.disk,
            self.directory.path(),
            self.allowed,
            records,
            self.store.durable(),
        );
        // A segment whose creation failed at its last step may have given up older ones.
        assert!(report.whole <= kept);
        assert_eq!((report.damaged, report.sealed), (0, 0), "{report:?}");
        assert_eq!(
            (report.missing_at_start, report.missing_at_end),
            (0, 0),
            "{report:?}"
        );
        self.store = store;
    }

    /// What is kept are the newest of those taken, bit for bit, and nothing else.
    fn judge(&self) {
        let view = self.store.reader().view();
        let from = self.taken.len() - view.len() as usize;
        assert!(view.iter().eq(&self.taken[from..]));
        if self.allowed == u64::MAX {
            assert_eq!(from, 0);
        }
    }
}

fn open_on(
    disk: &Arc<FaultyDisk>,
    directory: &Path,
    crystal_bytes: u64,
    records_per_segment: u32,
    known_last: u64,
) -> (CrystalStore, CrystalRecovery) {
    let settings = StoreSettings {
        records_per_segment,
        crystal_bytes,
        disk: Arc::clone(disk) as _,
        wear: Wear::new(u64::MAX),
    };
    CrystalStore::open_with(directory, BEING, known_last, settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_happens_the_newest_of_what_was_taken_are_kept(
        hardships in prop::collection::vec(hardship(), 1..40),
        allowed in prop_oneof![Just(u64::MAX), 12_000_u64..60_000],
    ) {
        let mut tried = Tried::begun(allowed);
        for hardship in hardships {
            tried.meet(hardship);
        }
        tried.disk.heal();
        tried.append();
        let taken = tried.taken.len() as u64;
        prop_assert_eq!(tried.store.sync().unwrap(), taken);
        tried.reopen(4);
        tried.judge();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn behaves_like_a_list(actions in prop::collection::vec(action(), 1..24)) {
        let directory = common::directory();
        let mut model: Vec<Crystal> = Vec::new();
        let (mut store, _) = CrystalStore::open(directory.path(), BEING, 8, 0).unwrap();
        let mut held = store.reader();
        for action in actions {
            match action {
                Action::Append(count) => {
                    for _ in 0..count {
                        let number = model.len() as u64 + 1;
                        let sequence = store.append(&draft(number), stamp(number), own()).unwrap();
                        prop_assert_eq!(sequence, number);
                        model.push(crystal(number));
                    }
                }
                Action::Sync => {
                    prop_assert_eq!(store.sync().unwrap(), model.len() as u64);
                    prop_assert_eq!(store.pending(), 0);
                }
                Action::Reopen(records_per_segment) => {
                    let before = held.view();
                    drop(store);
                    let (again, report) =
                        CrystalStore::open(directory.path(), BEING, records_per_segment, 0).unwrap();
                    prop_assert_eq!(report.whole, model.len() as u64);
                    prop_assert_eq!((report.damaged, report.torn, report.sealed), (0, 0, 0));
                    prop_assert!(report.moved_aside.is_empty());
                    prop_assert!(before.iter().eq(&model), "a held view outlives its store");
                    store = again;
                    held = store.reader();
                }
            }
            // What is neither durable nor waiting for a sync would be forgotten by both.
            prop_assert_eq!(store.durable() + store.pending() as u64, model.len() as u64);
            assert_same(&held, &model);
        }
        let question = draft(77).embedding;
        let found: Vec<_> = held
            .recall(&question, 7)
            .iter()
            .map(|found| (found.crystal.sequence(), found.similarity))
            .collect();
        prop_assert_eq!(found, nearest(&model, &question, 7));
    }
}

#[test]
fn recall_of_nothing_finds_nothing() {
    let directory = common::directory();
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 8, 0).unwrap();
    store.append(&draft(1), stamp(1), own()).unwrap();
    let mut senseless = draft(2);
    senseless.embedding = Embedding([f32::NAN; 64]);
    store.append(&senseless, stamp(2), own()).unwrap();
    let reader = store.reader();
    assert!(reader.recall(&Embedding::ZERO, 3).is_empty());
    assert!(reader.recall(&draft(1).embedding, 0).is_empty());
    let found = reader.recall(&draft(1).embedding, 3);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].crystal.cycle(), 1);
    assert!(found[0].similarity > 0.999);
    assert_eq!(
        found[1].similarity, 0.0,
        "what is no number is near to nothing"
    );
}

#[test]
fn sequence_numbers_that_were_given_out_are_not_given_again() {
    let directory = common::directory();
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 8, 0).unwrap();
    store.append(&draft(1), stamp(1), own()).unwrap();
    drop(store);
    let (mut store, report) = CrystalStore::open(directory.path(), BEING, 8, 4).unwrap();
    assert_eq!(report.missing_at_end, 3);
    // Any of the eight places of the first segment may have been taken.
    assert_eq!(store.append(&draft(9), stamp(9), own()).unwrap(), 9);
    assert_eq!(segments(directory.path()).len(), 2);
    let found: Vec<_> = store
        .reader()
        .view()
        .iter()
        .map(Crystal::sequence)
        .collect();
    assert_eq!(found, [1, 9]);
}

#[test]
fn another_beings_moment_is_refused() {
    let directory = common::directory();
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 8, 0).unwrap();
    let mut stray = draft(1);
    stray.being = triune_core::BeingId(2);
    let error = store.append(&stray, stamp(1), own()).unwrap_err();
    assert!(error.to_string().contains("0000000000000002"), "{error}");
    assert!(store.reader().view().is_empty());
}

/// What the essence says may come from outside: no number is beyond counting on.
#[test]
fn sequence_numbers_end_with_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 4, u64::MAX).unwrap();
    assert!(matches!(
        store.append(&draft(1), stamp(1), own()),
        Err(AppendError::Exhausted)
    ));
    drop(store);
    let last = (1 << 62) - 2;
    let (mut store, _) = CrystalStore::open(directory.path(), BEING, 4, last).unwrap();
    assert_eq!(
        store.append(&draft(1), stamp(1), own()).unwrap(),
        (1 << 62) - 1
    );
    assert!(matches!(
        store.append(&draft(1), stamp(1), own()),
        Err(AppendError::Exhausted)
    ));
    store.sync().unwrap();
    drop(store);
    let (store, report) = CrystalStore::open(directory.path(), BEING, 4, 0).unwrap();
    assert_eq!((report.whole, store.durable()), (1, (1 << 62) - 1));
}
