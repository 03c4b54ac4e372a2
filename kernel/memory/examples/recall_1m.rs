//! Measures recall among many crystals: how long the index takes to build, what it holds, how near
//! its answers are to the exact ones, and how long a question takes, by the thread's own clock.
//!
//! `cargo run --release -p triune-memory --example recall_1m -- [COUNT] [gaussian|clustered] [DIRECTORY]`
//!
//! The crystals take 512 bytes each in DIRECTORY (a temporary one when it is not named); a second run
//! on the same DIRECTORY reads them and the stored index again.
#![allow(
    clippy::expect_used,
    reason = "a measurement ends when it cannot go on"
)]

use rustix::time::{ClockId, clock_gettime};
use std::path::PathBuf;
use std::time::Instant;
use triune_core::{BeingId, CrystalDraft, EMBEDDING_DIMENSIONS, Embedding};
use triune_memory::BootId;
use triune_memory::crystals::{CrystalStore, Provenance, Stamp};
use triune_memory::search::{Indexer, IndexerOptions, Texts};
use triune_memory::wear::Wear;
use zerocopy::FromZeros;

const BEING: BeingId = BeingId(1);
const QUESTIONS: usize = 500;
const CLUSTERS: usize = 1000;
/// Spread within a cluster, where the centres have 1.
const SPREAD: f32 = 0.3;

struct Source {
    random: fastrand::Rng,
    centres: Vec<Embedding>,
}

impl Source {
    fn new(clustered: bool) -> Self {
        let mut random = fastrand::Rng::with_seed(7);
        let clusters = if clustered { CLUSTERS } else { 0 };
        let centres = (0..clusters).map(|_| gaussian(&mut random)).collect();
        Self { random, centres }
    }

    fn next(&mut self) -> Embedding {
        let noise = gaussian(&mut self.random);
        if self.centres.is_empty() {
            return noise;
        }
        let centre = &self.centres[self.random.usize(..self.centres.len())];
        Embedding(std::array::from_fn(|index| {
            centre.0[index] + SPREAD * noise.0[index]
        }))
    }
}

fn gaussian(random: &mut fastrand::Rng) -> Embedding {
    // Box and Muller 1958.
    let mut normal = || {
        let radius = (-2.0 * random.f32().max(1e-9).ln()).sqrt();
        radius * (std::f32::consts::TAU * random.f32()).cos()
    };
    Embedding(std::array::from_fn::<f32, EMBEDDING_DIMENSIONS, _>(|_| {
        normal()
    }))
}

/// Microseconds that this thread has run.
fn thread_us() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count: u64 = arguments.first().map_or(1_000_000, |count| {
        count.parse().expect("a number of crystals")
    });
    let clustered = arguments.get(1).is_some_and(|kind| kind == "clustered");
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = arguments
        .get(2)
        .map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&directory).expect("the directory can be made");

    let (mut store, _) =
        CrystalStore::open(&directory, BEING, 65_536, 0).expect("the crystals can be opened");
    let mut source = Source::new(clustered);
    let there = store.reader().view().len();
    for number in 0..count {
        let draft = CrystalDraft {
            being: BEING,
            embedding: source.next(),
            ..CrystalDraft::new_zeroed()
        };
        if number < there {
            continue;
        }
        let stamp = Stamp {
            unix: number,
            boot: BootId([0; 16]),
        };
        let from = Provenance {
            being: BEING,
            board: [0; 16],
            sequence: 0,
        };
        store.append(&draft, stamp, from).expect("room on the disk");
    }
    store.sync().expect("the disk answers");

    let indexer = Indexer::start(IndexerOptions::default()).expect("a thread");
    let begun = Instant::now();
    let searcher = indexer.watch(
        &directory,
        BEING,
        store.reader(),
        Texts::default(),
        None,
        Wear::new(u64::MAX).into(),
    );
    indexer.settle();
    let statistics = searcher.statistics();
    println!(
        "{count} {}: {:?} after {:.1} s, {} bytes a crystal in RAM, {} written to the file",
        if clustered { "clustered" } else { "gaussian" },
        statistics.state,
        begun.elapsed().as_secs_f64(),
        statistics.bytes / count.max(1),
        statistics.file_bytes_written,
    );

    let questions: Vec<_> = (0..QUESTIONS).map(|_| source.next()).collect();
    let mut times = Vec::new();
    let mut found = 0;
    for question in &questions {
        let begun = thread_us();
        let nearest = searcher.recall(question, 10);
        times.push(thread_us() - begun);
        // The exact answers of a million take long: every tenth question is compared.
        if times.len() % 10 == 1 {
            let exact = store.reader().recall(question, 10);
            found += exact.iter().filter(|one| nearest.contains(one)).count();
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    println!(
        "recall@10 {:.3}, p50 {:.0} us, p99 {:.0} us of the thread's time",
        found as f64 / questions.len() as f64,
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}
