//! Memories with many moments, as searches meet them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses its part")]

use crate::common::{BEING, BOOT, directory_of, draft, own};
use std::path::{Path, PathBuf};
use std::time::Duration;
use triune_core::{CrystalDraft, Embedding, ToldPercept};
use triune_memory::catalog::Catalog;
use triune_memory::crystals::{Crystal, CrystalStore, Stamp};
use triune_memory::search::{Indexer, IndexerOptions, Searcher, Texts};
use triune_memory::wear::Wear;

pub(crate) struct Kept {
    pub(crate) directory: PathBuf,
    pub(crate) store: CrystalStore,
    pub(crate) texts: Texts,
}

/// The crystals under `root`, opened.
pub(crate) fn open(root: &Path) -> Kept {
    let directory = directory_of(root);
    std::fs::create_dir_all(&directory).unwrap();
    let (store, _) = CrystalStore::open(&directory, BEING, 4096, 0).unwrap();
    Kept {
        directory,
        store,
        texts: Texts::default(),
    }
}

impl Kept {
    pub(crate) fn keep(&mut self, draft: &CrystalDraft, unix: u64) -> u64 {
        let told = self.texts.claim(draft, 60_000_000_000);
        let stamp = Stamp { unix, boot: BOOT };
        self.store
            .append_told(draft, stamp, own(), told.as_deref())
            .unwrap()
    }

    /// Tells `text` and keeps moment `number` with it.
    pub(crate) fn tell(&mut self, number: u64, text: &str) -> u64 {
        let fingerprint = ToldPercept::from_text(text).fingerprint();
        self.texts.note(fingerprint, draft(number).time, text);
        let told = CrystalDraft {
            told: fingerprint,
            ..draft(number)
        };
        self.keep(&told, number)
    }

    pub(crate) fn keep_embeddings(&mut self, embeddings: &[Embedding]) {
        for (number, embedding) in (1..).zip(embeddings) {
            let draft = CrystalDraft {
                embedding: *embedding,
                ..draft(number)
            };
            self.keep(&draft, number);
        }
        self.store.sync().unwrap();
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open(&self.directory.join("catalog.redb")).unwrap()
    }

    pub(crate) fn watch(&self, indexer: &Indexer, catalog: Option<Catalog>) -> Searcher {
        indexer.watch(
            &self.directory,
            BEING,
            self.store.reader(),
            self.texts.clone(),
            catalog,
            Wear::new(u64::MAX).into(),
        )
    }

    pub(crate) fn index_file(&self) -> PathBuf {
        self.directory.join("moments-1.index")
    }
}

/// An indexer that only works when it is asked to settle, so that a test knows what it has seen.
pub(crate) fn sleepy() -> Indexer {
    Indexer::start(IndexerOptions {
        interval: Duration::from_secs(3600),
        words_interval: Duration::from_secs(3600),
        ..IndexerOptions::default()
    })
    .unwrap()
}

/// A direction without any structure.
pub(crate) fn gaussian(random: &mut fastrand::Rng) -> Embedding {
    // Box and Muller 1958.
    let mut normal = || {
        let radius = (-2.0 * random.f32().max(1e-9).ln()).sqrt();
        radius * (std::f32::consts::TAU * random.f32()).cos()
    };
    Embedding(std::array::from_fn(|_| normal()))
}

/// `count` directions around few centres.
pub(crate) fn clustered(
    random: &mut fastrand::Rng,
    count: usize,
    centres: usize,
) -> Vec<Embedding> {
    let centres: Vec<_> = (0..centres).map(|_| gaussian(random)).collect();
    (0..count)
        .map(|_| {
            let centre = &centres[random.usize(..centres.len())];
            let noise = gaussian(random);
            Embedding(std::array::from_fn(|index| {
                centre.0[index] + 0.3 * noise.0[index]
            }))
        })
        .collect()
}

/// Which share of what `exact` found `found` has, too.
pub(crate) fn share(exact: &[Crystal], found: &[Crystal]) -> f64 {
    let hits = exact.iter().filter(|one| found.contains(one)).count();
    hits as f64 / exact.len().max(1) as f64
}
