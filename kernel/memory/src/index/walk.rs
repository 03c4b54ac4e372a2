//! What a walk through the graph remembers; kept from walk to walk, so that none allocates.

use super::graph::DEGREE;

/// A walk is over when none of so many nearest rows has changed for as many steps as it has patience.
const FEW: usize = 32;

/// Marks a row from which the walk has gone on.
const EXPANDED: u32 = 1 << 31;

/// The state of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// A bit for each row that was met.
    met: Vec<u64>,
    /// The nearest rows so far, nearest first.
    near: Vec<(i32, u32)>,
    /// As many as these are kept.
    effort: usize,
    /// Nothing before this place is left to go on from.
    cursor: usize,
    /// Steps since one of the nearest few changed.
    settled: usize,
    patience: usize,
    /// The rows that were first met in this step.
    pub(super) fresh: Neighbours,
    /// Those of the step before, which are on their way from memory.
    pub(super) arriving: Neighbours,
    /// Those of them that are near enough to be kept.
    offered: Vec<(i32, u32)>,
    offers: usize,
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
        self.near.clear();
        self.near.reserve(effort + DEGREE);
        self.offered.resize(DEGREE, (0, 0));
        self.offers = 0;
        self.arriving.clear();
        self.effort = effort.max(1);
        self.cursor = 0;
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

    /// Offers a place to begin; the best `beginnings` are kept.
    pub(super) fn first(&mut self, similarity: i32, row: u32, beginnings: usize) {
        let full = self.near.len() == beginnings.min(self.effort);
        if full && self.near.last().is_some_and(|least| similarity <= least.0) {
            return;
        }
        if full && let Some((_, dropped)) = self.near.pop() {
            self.met[dropped as usize / 64] &= !(1 << (dropped % 64));
        }
        self.meet(row);
        let place = self.near.partition_point(|other| other.0 >= similarity);
        self.near.insert(place, (similarity, row));
    }

    /// Offers the rows that have arrived; [`Walk::take_in`] puts them in their place.
    #[inline(always)]
    pub(super) fn offer_all(&mut self, similarity: impl Fn(u32) -> i32) {
        let full = self.near.len() == self.effort;
        let least = self
            .near
            .last()
            .filter(|_| full)
            .map_or(i32::MIN, |least| least.0);
        let mut count = 0;
        for &row in self.arriving.rows() {
            let similarity = similarity(row);
            if let Some(place) = self.offered.get_mut(count) {
                *place = (similarity, row);
                count += usize::from(similarity > least);
            }
        }
        self.offers = count;
    }

    /// Puts what was offered among the nearest: all at once, so that none of a thousand moves more
    /// than once a step.
    #[inline(always)]
    pub(super) fn take_in(&mut self) {
        let mut before = self.offers;
        if before == 0 {
            return;
        }
        self.offered[..before].sort_unstable_by_key(|offered| std::cmp::Reverse(offered.0));
        let mut end = self.near.len();
        self.near.resize(end + before, (0, 0));
        while before > 0 {
            let (similarity, row) = self.offered[before - 1];
            let place = self.near[..end].partition_point(|other| other.0 >= similarity);
            self.near.copy_within(place..end, place + before);
            before -= 1;
            self.near[place + before] = (similarity, row);
            end = place;
            if before == 0 {
                self.cursor = self.cursor.min(place);
                if place < FEW {
                    self.settled = 0;
                }
            }
        }
        self.near.truncate(self.effort);
    }

    /// The nearest row from which the walk has not gone on.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u32> {
        self.settled += 1;
        if self.settled > self.patience {
            return None;
        }
        while let Some((_, row)) = self.near.get_mut(self.cursor) {
            self.cursor += 1;
            if *row & EXPANDED == 0 {
                let found = *row;
                *row |= EXPANDED;
                return Some(found);
            }
        }
        None
    }

    /// Ends the walk: compares the nearest `most` again by `similarity`, after asking for all of them.
    pub(super) fn finish(
        &mut self,
        most: usize,
        prefetch: impl Fn(u32),
        similarity: impl Fn(u32) -> i32,
    ) {
        for (_, row) in &mut self.near {
            *row &= !EXPANDED;
        }
        self.near.truncate(most);
        for &(_, row) in &self.near {
            prefetch(row);
        }
        for (coarse, row) in &mut self.near {
            *coarse = similarity(*row);
        }
        self.near.sort_unstable_by(|a, b| b.cmp(a));
    }

    /// What the finished walk has found, nearest first.
    pub(super) fn found(&self) -> &[(i32, u32)] {
        &self.near
    }
}
