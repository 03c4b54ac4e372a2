//! The best few of many.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The `count` nearest of what was offered; of two equally near the newer.
#[derive(Debug)]
pub(crate) struct Nearest {
    count: usize,
    /// The least near on top, to be replaced first.
    kept: BinaryHeap<Reverse<(i32, u64)>>,
}

impl Nearest {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            count,
            kept: BinaryHeap::new(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    pub(crate) fn is_full(&self) -> bool {
        self.kept.len() >= self.count
    }

    /// Whether something so similar may still be among the nearest.
    pub(crate) fn would_take(&self, similarity: i32) -> bool {
        !self.is_full()
            || self
                .kept
                .peek()
                .is_some_and(|least| similarity >= least.0.0)
    }

    #[inline(always)]
    pub(crate) fn offer(&mut self, similarity: i32, sequence: u64) {
        if self.kept.len() < self.count {
            self.kept.push(Reverse((similarity, sequence)));
        } else if let Some(mut least) = self.kept.peek_mut()
            && (similarity, sequence) > least.0
        {
            least.0 = (similarity, sequence);
        }
    }

    /// Nearest first.
    pub(crate) fn into_sorted(self) -> Vec<(i32, u64)> {
        self.kept
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse(one)| one)
            .collect()
    }
}
