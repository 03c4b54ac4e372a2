//! What of a being's crystals is kept in RAM to search them: a row for each, oldest first.

use super::code::Code;
use super::column::Column;
use super::graph::{Graph, Plan};
use super::nearest::Nearest;
use super::walk::Walk;
use crate::crystals::Crystal;
use std::io;
use std::ops::Range;
use triune_core::CrystalKind;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What a filter asks of a crystal.
#[derive(Clone, Copy, Debug, PartialEq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct Moment {
    pub(crate) sequence: u64,
    unix: u64,
    salience: f32,
    /// Number of the kind; 0 for one that is not known here.
    kind: u32,
}

impl Moment {
    pub(crate) fn of(crystal: &Crystal) -> Self {
        Self {
            sequence: crystal.sequence(),
            unix: crystal.unix(),
            salience: crystal.salience(),
            kind: crystal.kind().map_or(0, |kind| kind as u32),
        }
    }
}

/// Which crystals may be found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    time: Option<Range<u64>>,
    /// Bit `n` allows the kind with number `n`.
    kinds: u32,
    salience: f32,
    /// Nothing older is kept any more.
    pub(crate) oldest: u64,
}

impl Filter {
    pub(crate) fn new(
        time: Option<Range<u64>>,
        kinds: Option<&[CrystalKind]>,
        salience: f32,
        oldest: u64,
    ) -> Self {
        let kinds = kinds.map_or(u32::MAX, |kinds| {
            kinds.iter().fold(0, |mask, &kind| mask | 1 << kind as u32)
        });
        Self {
            time,
            kinds,
            salience,
            oldest,
        }
    }

    /// Whether it allows every row that is not gone.
    fn is_open(&self) -> bool {
        self.time.is_none() && self.kinds == u32::MAX && self.salience <= 0.0
    }

    #[inline(always)]
    pub(crate) fn allows(&self, moment: &Moment) -> bool {
        moment.sequence >= self.oldest
            && self.kinds & (1 << (moment.kind & 31)) != 0
            && self.time.as_ref().is_none_or(|time| time.contains(&moment.unix))
            // Also where a salience is not a number: it has no floor to reach.
            && (self.salience <= 0.0 || moment.salience >= self.salience)
    }
}

/// From this many rows on the graph answers; below it, comparing every code is as fast.
pub(crate) const GRAPH_FROM: usize = 20_000;
/// Comparing so many allowed rows costs as much as a walk.
const COMPARED: usize = 20_000;
/// Rows that a walk keeps for a million: recall@10 of 0.96 on data without any structure.
const EFFORT: f32 = 900.0;
/// A walk ends early after this part of its effort without anything nearer: where moments lie in
/// clusters that is soon, where they have no structure the recall stays the same.
const PATIENCE: usize = 3;
const LEAST_EFFORT: usize = 200;
/// Beyond it comparing every row is cheaper.
const MOST_EFFORT: usize = 4096;
/// Rows that are looked at to guess how many a filter allows.
const SAMPLE: usize = 1024;

/// The rows of one being.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) moments: Column<Moment>,
    pub(super) codes: Column<Code>,
    pub(super) graph: Graph,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self {
            moments: Column::new(),
            codes: Column::new(),
            graph: Graph::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.moments.len()
    }

    /// Rows that the graph links.
    pub(crate) fn linked(&self) -> usize {
        self.graph.len()
    }

    /// Sequence number of the last row that the graph answers for, once that is nearly all.
    pub(crate) fn covered(&self) -> Option<u64> {
        let linked = self.linked();
        let nearly = linked >= GRAPH_FROM && self.len() - linked <= GRAPH_FROM;
        nearly.then(|| self.moments[linked - 1].sequence)
    }

    /// Sequence number of the last row; 0 when there is none.
    pub(crate) fn last(&self) -> u64 {
        self.len()
            .checked_sub(1)
            .map_or(0, |last| self.moments[last].sequence)
    }

    /// Adds a crystal that is newer than all.
    ///
    /// # Errors
    /// The system's when it has no more memory; the row is not there then.
    pub(crate) fn push(&mut self, moment: Moment, code: Code) -> io::Result<()> {
        self.codes.reserve_at(self.moments.len())?;
        self.moments.push(moment)?;
        self.codes.push(code)
    }

    pub(crate) fn row(&self, row: usize) -> (Moment, Code) {
        (self.moments[row], self.codes[row])
    }

    /// How the next row is to be linked; nothing when all are, or when the graph is full.
    pub(crate) fn plan(&self, walk: &mut Walk) -> Option<Plan> {
        let free = self.linked() < self.len() && self.linked() < (1 << 31) - 1;
        free.then(|| self.graph.plan(&self.codes, walk))
    }

    /// Links the next row as planned.
    ///
    /// # Errors
    /// The system's when it has no more memory; nothing has changed then.
    pub(crate) fn link(&mut self, plan: &Plan) -> io::Result<()> {
        self.graph.apply(&self.codes, plan)
    }

    /// Rows whose sequence lies below `oldest`; they lead the way, but are not found.
    pub(crate) fn gone(&self, oldest: u64) -> usize {
        self.first_from(oldest)
    }

    /// The first row whose sequence is `sequence` at least.
    pub(crate) fn first_from(&self, sequence: u64) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.moments[middle].sequence < sequence {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The rows that `filter` allows, newest first.
    pub(crate) fn newest<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = u64> + 'a {
        self.moments
            .slices(self.first_from(filter.oldest))
            .rev()
            .flat_map(|(_, moments)| moments.iter().rev())
            .filter(|moment| filter.allows(moment))
            .map(|moment| moment.sequence)
    }

    /// The `count` rows nearest to `question` that `filter` allows: similarity of the codes and
    /// sequence number, nearest first, of two equally near the newer first.
    pub(crate) fn nearest(
        &self,
        question: &Code,
        count: usize,
        filter: &Filter,
        walk: &mut Walk,
    ) -> Vec<(i32, u64)> {
        let mut nearest = Nearest::new(count);
        match self.effort(count, filter) {
            Some(effort) if self.walk(question, effort, filter, walk, &mut nearest) => {
                self.compare(self.linked(), question, filter, &mut nearest);
            }
            _ => {
                nearest.clear();
                self.compare(
                    self.first_from(filter.oldest),
                    question,
                    filter,
                    &mut nearest,
                );
            }
        }
        nearest.into_sorted()
    }

    /// Walks the graph; whether it met as many allowed rows as were asked for.
    fn walk(
        &self,
        question: &Code,
        effort: usize,
        filter: &Filter,
        walk: &mut Walk,
        nearest: &mut Nearest,
    ) -> bool {
        self.graph
            .walk(&self.codes, question, effort, effort / PATIENCE, walk);
        for &(similarity, first) in walk.found() {
            if nearest.is_full() && !nearest.would_take(similarity) {
                break;
            }
            // Of the same code the newest are as near as any: no more than were asked for count.
            let alike = self
                .graph
                .alike(first)
                .map(|row| &self.moments[row as usize])
                .filter(|moment| filter.allows(moment))
                .take(nearest.count());
            for moment in alike {
                nearest.offer(similarity, moment.sequence);
            }
        }
        nearest.is_full()
    }

    /// Compares every allowed row from `from` on.
    fn compare(&self, from: usize, question: &Code, filter: &Filter, nearest: &mut Nearest) {
        for (begin, moments) in self.moments.slices(from) {
            for (row, moment) in (begin..).zip(moments) {
                if filter.allows(moment) {
                    nearest.offer(question.similarity(&self.codes[row]), moment.sequence);
                }
            }
        }
    }

    /// How many rows a walk must keep to meet the `count` nearest allowed ones; nothing when comparing
    /// the allowed rows is cheaper.
    fn effort(&self, count: usize, filter: &Filter) -> Option<usize> {
        let rows = self.linked();
        if rows < GRAPH_FROM {
            return None;
        }
        let (allowed, looked) = if filter.is_open() {
            (rows - self.gone(filter.oldest).min(rows), rows)
        } else {
            let step = (rows / SAMPLE).max(1);
            let sample = (0..rows).step_by(step);
            let looked = sample.len();
            let allowed = sample.filter(|&row| filter.allows(&self.moments[row]));
            (allowed.count(), looked)
        };
        let expected = rows * allowed / looked;
        if expected < COMPARED.max(count.saturating_mul(4)) {
            return None;
        }
        let plain = self.plain_effort();
        let effort = plain.max(plain / 2 + 4 * count) * looked / allowed.max(1);
        (effort <= MOST_EFFORT).then_some(effort)
    }

    /// How many rows a walk for a few keeps where every row is allowed; 0 while all are compared.
    pub(crate) fn plain_effort(&self) -> usize {
        let rows = self.linked();
        if rows < GRAPH_FROM {
            return 0;
        }
        // A nearest neighbour hides better among more: 350 rows for 200 000 and 750 for a million gave
        // the same recall on data without any structure.
        let millions = rows as f32 / 1e6;
        LEAST_EFFORT.max((EFFORT * millions.powf(0.55)) as usize)
    }

    /// Bytes that the rows take in RAM.
    pub(crate) fn bytes(&self) -> usize {
        self.len() * (size_of::<Moment>() + size_of::<Code>()) + self.linked() * Graph::ROW_BYTES
    }
}
