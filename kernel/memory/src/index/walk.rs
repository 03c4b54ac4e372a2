//! What a walk through the graph remembers; kept from walk to walk, so that none allocates.

use super::graph::DEGREE;
use super::shortlist::Shortlist;

/// A walk is over when none of so many nearest rows has changed for as many steps as it has patience.
const FEW: usize = 32;

/// The state of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// A bit for each row that was met.
    met: Vec<u64>,
    /// The nearest places to begin so far, nearest first.
    beginnings: Vec<(i32, u32)>,
    near: Shortlist,
    /// Steps since one of the nearest few changed.
    settled: usize,
    patience: usize,
    /// The rows that were first met in this step.
    pub(super) fresh: Neighbours,
    /// Those of the step before, which are on their way from memory.
    pub(super) arriving: Neighbours,
    /// Those of them that are near enough to be kept.
    offered: Vec<(i32, u32)>,
    found: Vec<(i32, u32)>,
}

/// Rows that one row leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbours {
    rows: [u32; DEGREE],
    count: usize,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self {
            rows: [0; DEGREE],
            count: 0,
        }
    }
}

impl Neighbours {
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    #[inline(always)]
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows[..self.count.min(DEGREE)]
    }

    /// Adds `row` if `is_wanted`, without a branch, since a processor could not guess it.
    #[inline(always)]
    fn push_if(&mut self, row: u32, is_wanted: bool) {
        if let Some(place) = self.rows.get_mut(self.count) {
            *place = row;
            self.count += usize::from(is_wanted);
        }
    }
}

impl Walk {
    /// Begins a walk among `rows` rows that keeps the `effort` nearest and ends
    /// early when `patience` steps lead no nearer.
    pub(super) fn begin(&mut self, rows: usize, effort: usize, patience: usize) {
        self.met.clear();
        self.met.resize(rows.div_ceil(64), 0);
        self.beginnings.clear();
        self.near.begin(effort, FEW);
        self.offered.resize(DEGREE, (0, 0));
        self.arriving.clear();
        self.settled = 0;
        self.patience = patience;
    }

    /// Whether `row` is met for the first time.
    #[inline(always)]
    pub(super) fn meet(&mut self, row: u32) -> bool {
        let word = &mut self.met[row as usize / 64];
        let bit = 1 << (row % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }

    /// Notes those of `rows` that are met for the first time.
    #[inline(always)]
    pub(super) fn meet_all(&mut self, rows: &[u32]) {
        for &row in rows {
            let first = self.meet(row);
            self.fresh.push_if(row, first);
        }
    }

    /// Offers a place to begin; the best `most` are kept.
    #[inline(always)]
    pub(super) fn first(&mut self, similarity: i32, row: u32, most: usize) {
        let full = self.beginnings.len() == most;
        if full
            && self
                .beginnings
                .last()
                .is_some_and(|least| similarity <= least.0)
        {
            return;
        }
        self.beginnings.truncate(most - 1);
        let place = self
            .beginnings
            .partition_point(|other| other.0 >= similarity);
        self.beginnings.insert(place, (similarity, row));
    }

    /// Goes on from the best places to begin.
    pub(super) fn set_out(&mut self) {
        for place in 0..self.beginnings.len() {
            let (similarity, row) = self.beginnings[place];
            self.meet(row);
            self.near.take_in(similarity, row);
        }
    }

    /// Takes in those of the rows that have arrived that are near enough.
    #[inline(always)]
    pub(super) fn take_in(&mut self, similarity: impl Fn(u32) -> i32) {
        let least = self.near.least();
        let mut count = 0;
        // Without a branch, since a processor could not guess it.
        for &row in self.arriving.rows() {
            let similarity = similarity(row);
            if let Some(place) = self.offered.get_mut(count) {
                *place = (similarity, row);
                count += usize::from(similarity >= least);
            }
        }
        for &(similarity, row) in &self.offered[..count] {
            if self.near.take_in(similarity, row) {
                self.settled = 0;
            }
        }
    }

    /// The nearest row from which the walk has not gone on.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u32> {
        self.settled += 1;
        if self.settled > self.patience {
            return None;
        }
        self.near.next()
    }

    /// Ends the walk: compares the nearest `most` again by `similarity`, after asking for all of them.
    pub(super) fn finish(
        &mut self,
        most: usize,
        prefetch: impl Fn(u32),
        similarity: impl Fn(u32) -> i32,
    ) {
        self.near.nearest(most, &mut self.found);
        for &(_, row) in &self.found {
            prefetch(row);
        }
        for (coarse, row) in &mut self.found {
            *coarse = similarity(*row);
        }
        self.found.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// What the finished walk has found, nearest first.
    pub(super) fn found(&self) -> &[(i32, u32)] {
        &self.found
    }
}
