//! `memory.recall`: the ten moments nearest to a question among a million, beside the exact scan of the
//! same moments; and among fewer beside usearch.

mod moments;
mod questions;
mod source;
#[cfg(feature = "bench-peers")]
mod usearch;

use super::figure::{Figure, Finding, Kind};
use source::{Shape, Source};
use std::path::Path;
use std::time::Instant;
use triune_core::{EMBEDDING_DIMENSIONS, Embedding};
use triune_memory::crystals::RECORD_BYTES;

const AREA: &str = "memory.recall";
/// Moments that are searched, unless the environment says otherwise.
pub(super) const MOMENTS: u64 = 1_000_000;
/// Names how many moments are searched.
pub(super) const MOMENTS_VARIABLE: &str = "TRIUNE_BENCH_MOMENTS";
const QUESTIONS: usize = 1_000;
const NEAREST: usize = 10;
/// Indexing happens on the one thread of the indexer.
const BUILD_THREADS: u32 = 1;

pub(super) fn measure() -> Result<Vec<Finding>, String> {
    let count = count()?;
    let mut findings = Vec::new();
    for shape in [Shape::Gaussian, Shape::Clustered] {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        findings.push(measure_shape(shape, count, folder.path())?.into());
    }
    findings.push(beside_usearch(count)?);
    Ok(findings)
}

#[cfg(feature = "bench-peers")]
fn beside_usearch(moments: u64) -> Result<Finding, String> {
    usearch::measure(moments).map(Finding::from)
}

#[cfg(not(feature = "bench-peers"))]
#[allow(clippy::unnecessary_wraps, reason = "as with the feature")]
fn beside_usearch(_moments: u64) -> Result<Finding, String> {
    Ok(Finding::skipped(
        AREA,
        "nearest moments have no peer in this build: build with --features bench-peers",
    ))
}

fn count() -> Result<u64, String> {
    std::env::var(MOMENTS_VARIABLE).map_or(Ok(MOMENTS), |moments| {
        let number = moments.parse().ok().filter(|number| *number > 0);
        number
            .ok_or_else(|| format!("{MOMENTS_VARIABLE} is '{moments}': set it to a number from 1"))
    })
}

fn measure_shape(shape: Shape, count: u64, folder: &Path) -> Result<Figure, String> {
    let mut source = Source::of(shape);
    let store = moments::fill(shape, count, folder, &mut source)?;
    let begun = Instant::now();
    let searcher = moments::index(shape, count, folder, store.reader())?;
    let build = begun.elapsed();
    let questions: Vec<Embedding> = (0..QUESTIONS).map(|_| source.next()).collect();
    let answers = questions::pinned(|| questions::ask(&searcher, &store.reader(), &questions))?;
    let statistics = searcher.statistics();
    Ok(Figure::less_is_better(
        AREA,
        "us",
        answers.wall.p99(),
        "exact scan of the same moments",
        answers.exact.p50(),
        Kind::Limit,
    )
    .with(
        "what",
        "p99 of a question for the nearest 10; p50 of a scan",
    )
    .with("data", shape.name())
    .with("p50_us", answers.wall.p50())
    .with("p99_us", answers.wall.p99())
    .with("cpu_p50_us", answers.cpu.p50())
    .with("cpu_p99_us", answers.cpu.p99())
    .with("peer_p50_us", answers.exact.p50())
    .with("recall_at_10", answers.recall)
    .with("n", count)
    .with("d", EMBEDDING_DIMENSIONS)
    .with("effort", statistics.effort)
    .with("questions", QUESTIONS)
    .with("questions_compared", answers.exact.count())
    .with("threads", 1)
    .with("build_s", build.as_secs_f64())
    .with("build_threads", BUILD_THREADS)
    .with("bytes_per_crystal", statistics.bytes as f64 / count as f64)
    .with("record_bytes", RECORD_BYTES)
    .with("version", env!("CARGO_PKG_VERSION")))
}
