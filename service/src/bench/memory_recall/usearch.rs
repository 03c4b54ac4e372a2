//! The same moments in usearch (HNSW in C++ with SIMD kernels), one thread, question by question in
//! turns. It looks at a quarter more until its recall is ours, or until that no longer helps.

use super::questions::pinned;
use super::source::{Shape, Source};
use super::{AREA, NEAREST, moments};
use crate::bench::figure::{Figure, Kind};
use crate::bench::spread::Spread;
use std::time::Instant;
use triune_core::{EMBEDDING_DIMENSIONS, Embedding};
use triune_memory::crystals::CrystalReader;
use triune_memory::search::Searcher;
use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

/// It takes a tenth of the moments: its index is built as long as ours, before each is asked.
const SHARE: u64 = 10;
const QUESTIONS: usize = 200;
/// Its default number of rows that a search looks at (expansion_search), and the most that is tried.
const LEAST_EXPANSION: usize = 64;
const MOST_EXPANSION: usize = 4_096;
/// Numbers that it keeps: what it computes fastest without the loss of recall of 8-bit numbers.
const SCALAR: ScalarKind = ScalarKind::BF16;

/// What both took for all questions.
struct Round {
    ours: Spread,
    theirs: Spread,
    our_recall: f64,
    their_recall: f64,
}

pub(super) fn measure(all: u64) -> Result<Figure, String> {
    let count = (all / SHARE).max(1);
    let folder = tempfile::tempdir().map_err(failed)?;
    let mut source = Source::of(Shape::Gaussian);
    let store = moments::fill(Shape::Gaussian, count, folder.path(), &mut source)?;
    let begun = Instant::now();
    let searcher = moments::index(Shape::Gaussian, count, folder.path(), store.reader())?;
    let build = begun.elapsed();
    let begun = Instant::now();
    let index = build_peer(count)?;
    let peer_build = begun.elapsed();
    let questions: Vec<Embedding> = (0..QUESTIONS).map(|_| source.next()).collect();
    let exact = exact(&store.reader(), &questions);
    let (expansion, round) = pinned(|| at_our_recall(&searcher, &index, &questions, &exact))??;
    Ok(Figure::less_is_better(
        AREA,
        "us",
        round.ours.p50(),
        "usearch",
        round.theirs.p50(),
        Kind::Peer,
    )
    .with("what", "p50 of a question for the nearest 10")
    .with("data", Shape::Gaussian.name())
    .with("n", count)
    .with("d", EMBEDDING_DIMENSIONS)
    .with("p99_us", round.ours.p99())
    .with("peer_p99_us", round.theirs.p99())
    .with("recall_at_10", round.our_recall)
    .with("peer_recall_at_10", round.their_recall)
    .with("peer_expansion_search", expansion)
    .with("peer_scalar", format!("{SCALAR:?}"))
    .with("build_s", build.as_secs_f64())
    .with("peer_build_s", peer_build.as_secs_f64())
    .with(
        "bytes_per_crystal",
        searcher.statistics().bytes as f64 / count as f64,
    )
    .with(
        "peer_bytes_per_crystal",
        index.memory_usage() as f64 / count as f64,
    )
    .with("questions", QUESTIONS)
    .with("threads", 1)
    .with("peer_version", usearch::version()))
}

/// The embeddings that [`moments::fill`] kept, with the sequence numbers that it gave.
fn build_peer(count: u64) -> Result<Index, String> {
    let index = Index::new(&IndexOptions {
        dimensions: EMBEDDING_DIMENSIONS,
        metric: MetricKind::Cos,
        quantization: SCALAR,
        ..IndexOptions::default()
    })
    .map_err(failed)?;
    index
        .reserve_capacity_and_threads(count as usize, 1)
        .map_err(failed)?;
    let bar = moments::bar(Shape::Gaussian, "in usearch", count);
    let mut source = Source::of(Shape::Gaussian);
    for sequence in 1..=count {
        index.add(sequence, &source.next().0).map_err(failed)?;
        if sequence % 1_024 == 0 {
            bar.set_position(sequence);
        }
    }
    bar.finish_and_clear();
    Ok(index)
}

fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn exact(crystals: &CrystalReader, questions: &[Embedding]) -> Vec<Vec<u64>> {
    questions
        .iter()
        .map(|question| {
            let nearest = crystals.recall(question, NEAREST);
            nearest
                .iter()
                .map(|found| found.crystal.sequence())
                .collect()
        })
        .collect()
}

/// Asks until the peer's recall is no less than ours; gives how far it had to look.
fn at_our_recall(
    searcher: &Searcher,
    index: &Index,
    questions: &[Embedding],
    exact: &[Vec<u64>],
) -> Result<(usize, Round), String> {
    let mut expansion = LEAST_EXPANSION;
    loop {
        index.change_expansion_search(expansion);
        let round = ask(searcher, index, questions, exact)?;
        if round.their_recall >= round.our_recall || expansion == MOST_EXPANSION {
            return Ok((expansion, round));
        }
        expansion = (expansion * 5 / 4).min(MOST_EXPANSION);
    }
}

fn ask(
    searcher: &Searcher,
    index: &Index,
    questions: &[Embedding],
    exact: &[Vec<u64>],
) -> Result<Round, String> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_hits, mut their_hits) = (0, 0);
    for (question, exact) in questions.iter().zip(exact) {
        let begun = Instant::now();
        let found = searcher.recall(question, NEAREST);
        ours.push(begun.elapsed().as_nanos() as f64 / 1e3);
        our_hits += found
            .iter()
            .filter(|found| exact.contains(&found.crystal.sequence()))
            .count();
        let begun = Instant::now();
        let found = index.search(&question.0, NEAREST).map_err(failed)?;
        theirs.push(begun.elapsed().as_nanos() as f64 / 1e3);
        their_hits += found.keys.iter().filter(|key| exact.contains(key)).count();
    }
    let asked = (questions.len() * NEAREST) as f64;
    Ok(Round {
        ours: Spread::of(ours),
        theirs: Spread::of(theirs),
        our_recall: our_hits as f64 / asked,
        their_recall: their_hits as f64 / asked,
    })
}
