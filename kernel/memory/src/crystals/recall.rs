//! Nearness by embedding: an exact scan.

use super::record::Crystal;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use triune_core::Embedding;

/// A crystal and how near it is to what was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recalled {
    /// The crystal.
    pub crystal: Crystal,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
}

struct Candidate<'a> {
    similarity: f32,
    crystal: &'a Crystal,
}

impl Candidate<'_> {
    fn key(&self) -> (f32, u64) {
        (self.similarity, self.crystal.sequence())
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (self.key(), other.key());
        own.0.total_cmp(&others.0).then(own.1.cmp(&others.1))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}

/// The `count` nearest of `crystals` to `question` that are whole, nearest first.
pub(crate) fn nearest<'a>(
    crystals: impl Iterator<Item = &'a Crystal>,
    question: &Embedding,
    count: usize,
) -> Vec<Recalled> {
    if count == 0 || question.0.iter().all(|&value| value == 0.0) {
        return Vec::new();
    }
    // The least near of those kept lies on top, to be replaced first.
    let mut kept: BinaryHeap<Reverse<Candidate<'a>>> = BinaryHeap::new();
    for crystal in crystals {
        let similarity = question.similarity(crystal.embedding());
        if !similarity.is_finite() {
            continue;
        }
        let candidate = Candidate {
            similarity,
            crystal,
        };
        // Only of those that would be taken, since a scan compares thousands.
        if kept.len() < count {
            if crystal.is_whole() {
                kept.push(Reverse(candidate));
            }
        } else if let Some(mut least) = kept.peek_mut()
            && candidate > least.0
            && crystal.is_whole()
        {
            least.0 = candidate;
        }
    }
    let mut nearest: Vec<_> = kept
        .into_iter()
        .map(|Reverse(candidate)| candidate)
        .collect();
    nearest.sort_unstable_by(|a, b| b.cmp(a));
    nearest
        .into_iter()
        .map(|found| Recalled {
            crystal: *found.crystal,
            similarity: found.similarity,
        })
        .collect()
}
