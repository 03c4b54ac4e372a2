//! A graph in which a walk from code to nearer code finds the nearest of a million.
//!
//! Every row is linked to some of the rows near it, chosen so that none hides another (the rule of
//! relative neighbourhoods: Malkov and Yashunin 2018, algorithm 4; with the slack of Subramanya et
//! al. 2019, algorithm 2). There is one layer only; a walk begins at the nearest of the landmarks, a
//! sample of all rows that is compared whole. Rows with the very same code hang together in a list
//! behind the first of them, so that a still scene does not fill the graph with copies.

use super::code::{ALIKE, Coarse, Code, prefetch};
use super::column::Column;
use super::walk::Walk;
use std::io;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Links of a row at most; with the two other numbers three cache lines.
pub(super) const DEGREE: usize = 46;
/// Links that are left of a full list, so that not every new row makes it be chosen again.
const KEPT: usize = 38;
/// Rows that are looked at when a new one is linked.
const EFFORT: usize = 320;
/// A row is hidden by a chosen one whose squared distance to it, times this, is less than its own
/// to the row in the middle.
const SLACK: f32 = 1.2;
/// One row of so many is a landmark, and so are the first ones.
const LANDMARK_SHARE: u32 = 512;
const FIRST_LANDMARKS: u32 = 16;
/// Landmarks at which a walk begins.
const BEGINNINGS: usize = 8;

/// Rows at the end of a walk that are compared by their codes.
const RESCORED: usize = 256;

/// No row.
const NONE: u32 = u32::MAX;

/// Where one can go from a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(crate) struct Links {
    count: u32,
    /// The newest row with the same code, and from there the one before it; [`NONE`] at the end.
    same: u32,
    rows: [u32; DEGREE],
}

impl Links {
    const EMPTY: Self = Self {
        count: 0,
        same: NONE,
        rows: [NONE; DEGREE],
    };

    #[inline(always)]
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows[..(self.count as usize).min(DEGREE)]
    }

    fn push(&mut self, row: u32) -> bool {
        let free = (self.count as usize) < DEGREE;
        if free {
            self.rows[self.count as usize] = row;
            self.count += 1;
        }
        free
    }

    /// Asks the processor to bring the links near.
    #[inline(always)]
    fn prefetch(&self) {
        let place = std::ptr::from_ref(self).cast::<u8>();
        for line in (0..size_of::<Self>()).step_by(64) {
            prefetch(place.wrapping_add(line));
        }
    }

    /// Whether every row that is named lies below `rows`.
    pub(crate) fn stay_below(&self, rows: u32) -> bool {
        self.count as usize <= DEGREE
            && self.rows().iter().all(|&row| row < rows)
            && (self.same == NONE || self.same < rows)
    }
}

/// How a row will be linked: found while others read, put in place in microseconds.
#[derive(Debug)]
pub(crate) struct Plan {
    changed: Vec<(u32, Links)>,
    own: Links,
}

/// The links of the first rows.
#[derive(Debug)]
pub(crate) struct Graph {
    links: Column<Links>,
    coarse: Column<Coarse>,
    landmarks: Vec<(Coarse, u32)>,
}

impl Graph {
    /// Bytes that a row's links take in a file.
    pub(crate) const FILE_BYTES: usize = size_of::<Links>();
    /// Bytes that a linked row takes in RAM.
    pub(crate) const ROW_BYTES: usize = size_of::<Links>() + size_of::<Coarse>();

    pub(crate) fn new() -> Self {
        Self {
            links: Column::new(),
            coarse: Column::new(),
            landmarks: Vec::new(),
        }
    }

    /// A graph of links that were stored; nothing when they lead astray.
    pub(crate) fn restored(links: Column<Links>, codes: &Column<Code>) -> Option<Self> {
        let rows = u32::try_from(links.len()).ok()?;
        let mut graph = Self {
            links,
            coarse: Column::new(),
            landmarks: Vec::new(),
        };
        let mut is_copy = vec![false; rows as usize];
        for row in 0..rows as usize {
            graph.coarse.push(Coarse::of(&codes[row])).ok()?;
            let links = &graph.links[row];
            if !links.stay_below(rows) {
                return None;
            }
            // The list of the same codes only leads to rows that no other list has.
            if links.same != NONE && std::mem::replace(&mut is_copy[links.same as usize], true) {
                return None;
            }
        }
        for row in 0..rows {
            if !is_copy[row as usize] && is_landmark(row) {
                graph.landmarks.push((graph.coarse[row as usize], row));
            }
        }
        Some(graph)
    }

    /// Rows that are linked.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    pub(crate) fn links(&self) -> &Column<Links> {
        &self.links
    }

    /// The rows nearest to `question`, nearest first, in `walk`; at most `effort`, fewer steps when
    /// `patience` of them lead no nearer.
    pub(crate) fn walk(
        &self,
        codes: &Column<Code>,
        question: &Code,
        effort: usize,
        patience: usize,
        walk: &mut Walk,
    ) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, as it just said.
            unsafe { self.walk_wide(codes, question, effort, patience, walk) };
            return;
        }
        let similarity = |coarse: &Coarse| coarse.similarity(question);
        self.walk_by(codes, question, effort, patience, walk, similarity);
    }

    /// The same in wider registers than every x86-64 has.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn walk_wide(
        &self,
        codes: &Column<Code>,
        question: &Code,
        effort: usize,
        patience: usize,
        walk: &mut Walk,
    ) {
        let similarity = |coarse: &Coarse| coarse.similarity_wide(question);
        self.walk_by(codes, question, effort, patience, walk, similarity);
    }

    #[inline(always)]
    fn walk_by(
        &self,
        codes: &Column<Code>,
        question: &Code,
        effort: usize,
        patience: usize,
        walk: &mut Walk,
        similarity: impl Fn(&Coarse) -> i32,
    ) {
        walk.begin(self.links.len(), effort, patience);
        for (code, row) in &self.landmarks {
            walk.first(similarity(code), *row, BEGINNINGS);
        }
        walk.set_out();
        // A walk waits for little else than memory. So each step asks for what the next ones read and
        // only then compares what an earlier one asked for: it goes on from a row that was the nearest
        // two steps ago, which matters little where a thousand are gone on from anyway. It asks three
        // times, since a processor drops what it is asked for while it still looks up too many other
        // pages: asked once, a walk among a million rows took half as long again.
        let mut row = walk.next();
        loop {
            self.prefetch(walk.arriving.rows());
            walk.fresh.clear();
            if let Some(row) = row {
                walk.meet_all(self.links[row as usize].rows());
                self.prefetch(walk.fresh.rows());
            }
            row = walk.next();
            if let Some(following) = row {
                self.links[following as usize].prefetch();
            }
            self.prefetch(walk.arriving.rows());
            walk.take_in(|row| similarity(&self.coarse[row as usize]));
            std::mem::swap(&mut walk.fresh, &mut walk.arriving);
            if row.is_none() && walk.arriving.rows().is_empty() {
                row = walk.next();
                if row.is_none() {
                    break;
                }
            }
        }
        walk.finish(
            RESCORED,
            |row| codes[row as usize].prefetch(),
            |row| question.similarity(&codes[row as usize]),
        );
    }

    #[inline(always)]
    fn prefetch(&self, rows: &[u32]) {
        for &row in rows {
            self.coarse[row as usize].prefetch();
        }
    }

    /// `row` and the rows with the same code, newest first.
    pub(crate) fn alike(&self, row: u32) -> impl Iterator<Item = u32> {
        let mut next = self.links[row as usize].same;
        // Rows are fewer than steps, so that damage cannot make the list endless.
        (0..self.links.len())
            .map_while(move |_| {
                let now = next;
                (now != NONE).then(|| {
                    next = self.links[now as usize].same;
                    now
                })
            })
            .chain([row])
    }

    /// How the row after the last linked one is to be linked.
    pub(crate) fn plan(&self, codes: &Column<Code>, walk: &mut Walk) -> Plan {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, as it just said.
            return unsafe { self.plan_wide(codes, walk) };
        }
        self.plan_by(codes, walk, Code::similarity)
    }

    /// The same in wider registers than every x86-64 has.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn plan_wide(&self, codes: &Column<Code>, walk: &mut Walk) -> Plan {
        self.plan_by(codes, walk, |one, other| one.similarity_wide(other))
    }

    #[inline(always)]
    fn plan_by(
        &self,
        codes: &Column<Code>,
        walk: &mut Walk,
        similarity: impl Fn(&Code, &Code) -> i32,
    ) -> Plan {
        let row = self.links.len() as u32;
        let code = &codes[row as usize];
        self.walk(codes, code, EFFORT, EFFORT, walk);
        let near = walk.found();
        let mut own = Links::EMPTY;
        let same = near
            .iter()
            .take(4)
            .find(|&&(_, other)| codes[other as usize] == *code);
        if let Some(&(_, first)) = same {
            let mut head = self.links[first as usize];
            own.same = head.same;
            head.same = row;
            return Plan {
                changed: vec![(first, head)],
                own,
            };
        }
        choose(codes, near, &mut own, DEGREE, &similarity);
        let changed = own
            .rows()
            .iter()
            .map(|&other| (other, self.with_link(codes, other, row, &similarity)))
            .collect();
        Plan { changed, own }
    }

    /// Links the next row as planned; no other may have been linked since.
    ///
    /// # Errors
    /// The system's when it has no more memory; nothing has changed then.
    pub(crate) fn apply(&mut self, codes: &Column<Code>, plan: &Plan) -> io::Result<()> {
        let row = self.links.len() as u32;
        self.coarse.reserve_at(self.links.len())?;
        self.links.push(plan.own)?;
        self.coarse.push(Coarse::of(&codes[row as usize]))?;
        for (other, links) in &plan.changed {
            self.links[*other as usize] = *links;
        }
        let is_copy = plan.own.count == 0 && row != 0;
        if is_landmark(row) && !is_copy {
            self.landmarks.push((self.coarse[row as usize], row));
        }
        Ok(())
    }

    /// The links of `row` and `new` beside them.
    #[inline(always)]
    fn with_link(
        &self,
        codes: &Column<Code>,
        row: u32,
        new: u32,
        similarity: &impl Fn(&Code, &Code) -> i32,
    ) -> Links {
        let mut links = self.links[row as usize];
        if links.push(new) {
            return links;
        }
        let code = &codes[row as usize];
        let mut near: Vec<(i32, u32)> = links
            .rows()
            .iter()
            .chain([&new])
            .map(|&other| (similarity(code, &codes[other as usize]), other))
            .collect();
        near.sort_unstable_by(|a, b| b.cmp(a));
        let mut chosen = Links {
            same: links.same,
            ..Links::EMPTY
        };
        choose(codes, &near, &mut chosen, KEPT, similarity);
        chosen
    }
}

/// Chooses of `near`, nearest first, at most `most` that no nearer chosen one hides.
#[inline(always)]
fn choose(
    codes: &Column<Code>,
    near: &[(i32, u32)],
    chosen: &mut Links,
    most: usize,
    similar: &impl Fn(&Code, &Code) -> i32,
) {
    for &(similarity, row) in near {
        if chosen.rows().len() == most {
            return;
        }
        let own = distance(similarity);
        let code = &codes[row as usize];
        let hidden = chosen
            .rows()
            .iter()
            .any(|&other| distance(similar(code, &codes[other as usize])) * SLACK < own);
        if !hidden {
            chosen.push(row);
        }
    }
}

/// Half the squared distance of two codes; codes of a damaged file may be farther from one another
/// than directions can.
fn distance(similarity: i32) -> f32 {
    ALIKE.saturating_sub(similarity).max(0) as f32
}

/// Whether `row` is a landmark; a multiplication by the golden ratio scatters them evenly.
fn is_landmark(row: u32) -> bool {
    row < FIRST_LANDMARKS || row.wrapping_mul(0x9E37_79B1) < u32::MAX / LANDMARK_SHARE
}
