//! Questions by the clock, and how good their answers are.

use super::NEAREST;
use crate::bench::spread::Spread;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::time::Instant;
use triune_core::Embedding;
use triune_memory::crystals::CrystalReader;
use triune_memory::search::Searcher;

/// One question of so many is answered exactly, too.
const COMPARED: usize = 10;

/// What the questions took, and how good the answers were.
pub(super) struct Answers {
    /// Microseconds by the clock on the wall.
    pub(super) wall: Spread,
    /// Microseconds that the thread ran.
    pub(super) cpu: Spread,
    /// Microseconds of exact answers.
    pub(super) exact: Spread,
    pub(super) recall: f64,
}

pub(super) fn ask(
    searcher: &Searcher,
    crystals: &CrystalReader,
    questions: &[Embedding],
) -> Answers {
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
pub(super) fn pinned<T>(work: impl FnOnce() -> T) -> Result<T, String> {
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
