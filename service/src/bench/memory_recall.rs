//! `memory.recall`: the ten moments nearest to a question among a million, beside an exact scan of the
//! same moments.
//!
//! Peers that are not in this build were measured once, on 64-dimensional Gaussian vectors and one
//! core: at 100 000 and recall@10 of 0.915, usearch 2.26 (C++, 8-bit codes) took 2.5 ms a question
//! where this took 0.36 ms; at 30 000 and about 0.96, instant-distance 0.6 took 0.40 ms where this took
//! 0.13 ms; hnsw_rs 0.3 reached 0.86 in 1.9 ms.

use super::figure::{Figure, Finding, Kind};
use super::spread::Spread;
use indicatif::{ProgressBar, ProgressStyle};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::path::Path;
use std::time::{Duration, Instant};
use triune_core::{BeingId, CrystalDraft, EMBEDDING_DIMENSIONS, Embedding, Timestamp};
use triune_memory::crystals::{CrystalReader, CrystalStore, Provenance, RECORD_BYTES, Stamp};
use triune_memory::search::{IndexState, Indexer, IndexerOptions, Searcher, Texts};
use triune_memory::wear::Wear;
use triune_memory::{BootId, Options};

const AREA: &str = "memory.recall";
/// Moments that are searched, unless the environment says otherwise.
const MOMENTS: u64 = 1_000_000;
/// Names how many moments are searched.
const MOMENTS_VARIABLE: &str = "TRIUNE_BENCH_MOMENTS";
const QUESTIONS: usize = 1_000;
/// One question of so many is answered exactly, too.
const COMPARED: usize = 10;
const NEAREST: usize = 10;
const CLUSTERS: usize = 1_000;
/// Spread within a cluster, where the centres have 1.
const SPREAD: f32 = 0.3;
/// Indexing happens on the one thread of the indexer.
const BUILD_THREADS: u32 = 1;

/// How the moments lie.
#[derive(Clone, Copy)]
enum Shape {
    /// Every direction is as likely: the hardest to search.
    Gaussian,
    /// Around [`CLUSTERS`] centres, as what a being meets again and again.
    Clustered,
}

impl Shape {
    fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Clustered => "clustered",
        }
    }
}

/// Embeddings of one shape, the same in each run.
struct Source {
    random: fastrand::Rng,
    centres: Vec<Embedding>,
}

impl Source {
    fn of(shape: Shape) -> Self {
        let mut random = fastrand::Rng::with_seed(7);
        let centres = match shape {
            Shape::Gaussian => Vec::new(),
            Shape::Clustered => (0..CLUSTERS).map(|_| gaussian(&mut random)).collect(),
        };
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
    Embedding(std::array::from_fn(|_| {
        let radius = (-2.0 * random.f32().max(1e-9).ln()).sqrt();
        radius * (std::f32::consts::TAU * random.f32()).cos()
    }))
}

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let moments = moments()?;
    [Shape::Gaussian, Shape::Clustered]
        .into_iter()
        .map(|shape| {
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            measure_shape(shape, moments, folder.path()).map(Finding::from)
        })
        .collect()
}

fn moments() -> Result<u64, String> {
    std::env::var(MOMENTS_VARIABLE).map_or(Ok(MOMENTS), |moments| {
        let number = moments.parse().ok().filter(|number| *number > 0);
        number
            .ok_or_else(|| format!("{MOMENTS_VARIABLE} is '{moments}': set it to a number from 1"))
    })
}

fn measure_shape(shape: Shape, moments: u64, folder: &Path) -> Result<Figure, String> {
    let mut source = Source::of(shape);
    let store = fill(shape, moments, folder, &mut source)?;
    let begun = Instant::now();
    let searcher = index(shape, moments, folder, store.reader())?;
    let build = begun.elapsed();
    let questions: Vec<Embedding> = (0..QUESTIONS).map(|_| source.next()).collect();
    let answers = pinned(|| ask(&searcher, &store.reader(), &questions))?;
    let statistics = searcher.statistics();
    Ok(Figure::less_is_better(
        AREA,
        "us",
        answers.wall.p99(),
        "exact scan of the same rows",
        answers.exact.p99(),
        Kind::Peer,
    )
    .with("what", "p99 of a question for the nearest 10")
    .with("data", shape.name())
    .with("p50_us", answers.wall.p50())
    .with("p99_us", answers.wall.p99())
    .with("cpu_p50_us", answers.cpu.p50())
    .with("cpu_p99_us", answers.cpu.p99())
    .with("peer_p50_us", answers.exact.p50())
    .with("recall_at_10", answers.recall)
    .with("n", moments)
    .with("d", EMBEDDING_DIMENSIONS)
    .with("effort", statistics.effort)
    .with("questions", QUESTIONS)
    .with("questions_compared", answers.exact.count())
    .with("threads", 1)
    .with("build_s", build.as_secs_f64())
    .with("build_threads", BUILD_THREADS)
    .with(
        "bytes_per_crystal",
        statistics.bytes as f64 / moments as f64,
    )
    .with("record_bytes", RECORD_BYTES)
    .with("version", env!("CARGO_PKG_VERSION")))
}

fn bar(shape: Shape, what: &str, moments: u64) -> ProgressBar {
    let template = format!(
        "  {} {what}: {{bar:40}} {{pos}} of {{len}}, {{eta}} left",
        shape.name()
    );
    ProgressBar::new(moments).with_style(
        ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}

/// Keeps `moments` moments in `folder`.
fn fill(
    shape: Shape,
    moments: u64,
    folder: &Path,
    source: &mut Source,
) -> Result<CrystalStore, String> {
    let being = BeingId::FIRST;
    let records = Options::default().records_per_segment;
    let (mut store, _) =
        CrystalStore::open(folder, being, records, 0).map_err(|error| error.to_string())?;
    let from = Provenance {
        being,
        board: [0; 16],
        sequence: 0,
    };
    let bar = bar(shape, "moments", moments);
    for number in 0..moments {
        let draft = CrystalDraft {
            being,
            told: 0,
            cycle: number,
            time: Timestamp(number),
            kind: 0,
            salience: 0.0,
            confidence: 0.0,
            coherence: 0.0,
            centres: triune_core::EnergyCentres([0.0; 7]),
            flux: 0,
            embedding: source.next(),
        };
        let stamp = Stamp {
            unix: number,
            boot: BootId([0; 16]),
        };
        store
            .append(&draft, stamp, from)
            .map_err(|error| error.to_string())?;
        if number % 1_024 == 0 {
            bar.set_position(number);
        }
    }
    store.sync().map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    Ok(store)
}

/// Waits until the index answers; it is not kept any further then.
fn index(
    shape: Shape,
    moments: u64,
    folder: &Path,
    crystals: CrystalReader,
) -> Result<Searcher, String> {
    let indexer = Indexer::start(IndexerOptions::default()).map_err(|error| error.to_string())?;
    let searcher = indexer.watch(
        folder,
        BeingId::FIRST,
        crystals,
        Texts::default(),
        None,
        Wear::new(u64::MAX).into(),
    );
    let bar = bar(shape, "linked", moments);
    let mut linked = None;
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let done = match searcher.state() {
            IndexState::Absent => break,
            IndexState::Building { done, .. } => done,
            IndexState::Ready { covered } if covered >= moments => break,
            IndexState::Ready { covered } => covered,
        };
        bar.set_position(done);
        // A thread that has ended links nothing more.
        let since = linked.get_or_insert((done, Instant::now()));
        if since.0 != done {
            *since = (done, Instant::now());
        } else if since.1.elapsed() > Duration::from_secs(60) {
            return Err(format!(
                "the index stands still at {done} moments: see the log"
            ));
        }
    }
    bar.finish_and_clear();
    Ok(searcher)
}

/// What the questions took, and how good the answers were.
struct Answers {
    /// Microseconds by the clock on the wall.
    wall: Spread,
    /// Microseconds that the thread ran.
    cpu: Spread,
    /// Microseconds of exact answers.
    exact: Spread,
    recall: f64,
}

fn ask(searcher: &Searcher, crystals: &CrystalReader, questions: &[Embedding]) -> Answers {
    // What is read first comes from the disk.
    for question in &questions[..questions.len().min(10)] {
        let _ = searcher.recall(question, NEAREST);
        let _ = crystals.recall(question, NEAREST);
    }
    let (mut wall, mut cpu, mut exact) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hits, mut asked) = (0, 0);
    for (number, question) in questions.iter().enumerate() {
        let (ran, begun) = (thread_us(), Instant::now());
        let found = searcher.recall(question, NEAREST);
        wall.push(begun.elapsed().as_nanos() as f64 / 1e3);
        cpu.push(thread_us() - ran);
        if number % COMPARED == 0 {
            let begun = Instant::now();
            let nearest = crystals.recall(question, NEAREST);
            exact.push(begun.elapsed().as_nanos() as f64 / 1e3);
            asked += nearest.len();
            hits += nearest.iter().filter(|one| found.contains(one)).count();
        }
    }
    Answers {
        wall: Spread::of(wall),
        cpu: Spread::of(cpu),
        exact: Spread::of(exact),
        recall: hits as f64 / asked.max(1) as f64,
    }
}

/// Microseconds that this thread has run.
fn thread_us() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Does `work` on the last processor that this thread may use.
fn pinned<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let allowed = sched_getaffinity(None).map_err(|error| error.to_string())?;
    let last = (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&processor| allowed.is_set(processor));
    let mut one = CpuSet::new();
    one.set(last.ok_or("this process may run on no processor")?);
    sched_setaffinity(None, &one).map_err(|error| error.to_string())?;
    let done = work();
    sched_setaffinity(None, &allowed).map_err(|error| error.to_string())?;
    Ok(done)
}
