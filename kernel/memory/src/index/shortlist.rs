//! The nearest rows of a walk, sorted by steps of similarity only: a row finds its place among a thousand
//! others in a few operations and moves none of them.

/// Steps between opposite and alike. One is a quarter of what a coarse code is good to.
const STEPS: usize = 4096;
/// The bits of a similarity that a step leaves away; alike is 2^30.
const STEP_BITS: u32 = 19;
/// No row waits.
const NONE: u32 = u32::MAX;

/// A row that was near enough when it was met.
#[derive(Clone, Copy, Debug)]
struct Entry {
    similarity: i32,
    row: u32,
    /// The entry of the same step that waited before it.
    next: u32,
}

/// Where the nearest rows end, as a count of them grows.
#[derive(Clone, Copy, Debug)]
struct Border {
    /// Rows in this step or nearer.
    rows: usize,
    step: usize,
    /// So many are wanted.
    wanted: usize,
}

impl Border {
    fn of(wanted: usize) -> Self {
        Self {
            rows: 0,
            step: 0,
            wanted,
        }
    }

    /// Takes in a row of `step`, which is counted already; whether it is among the wanted.
    #[inline(always)]
    fn take_in(&mut self, step: usize, counts: &[u32; STEPS]) -> bool {
        if step < self.step {
            return false;
        }
        self.rows += 1;
        let mut farthest = counts[self.step] as usize;
        while self.rows - farthest >= self.wanted {
            self.rows -= farthest;
            self.step += 1;
            farthest = counts[self.step] as usize;
        }
        step >= self.step
    }
}

/// The nearest rows that were met, and which of them wait to be gone on from.
#[derive(Debug)]
pub(super) struct Shortlist {
    entries: Vec<Entry>,
    /// Of each step the entry that waits and came last.
    waiting: Box<[u32; STEPS]>,
    /// A bit for each step in which one waits.
    any_waiting: [u64; STEPS / 64],
    /// Rows of each step that were taken in.
    counts: Box<[u32; STEPS]>,
    kept: Border,
    few: Border,
}

impl Default for Shortlist {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            waiting: Box::new([NONE; STEPS]),
            any_waiting: [0; STEPS / 64],
            counts: Box::new([0; STEPS]),
            kept: Border::of(1),
            few: Border::of(1),
        }
    }
}

impl Shortlist {
    /// Empties it, for the nearest `kept` from now on, of which `few` are the very nearest.
    pub(super) fn begin(&mut self, kept: usize, few: usize) {
        self.entries.clear();
        self.waiting.fill(NONE);
        self.any_waiting = [0; STEPS / 64];
        self.counts.fill(0);
        self.kept = Border::of(kept.max(1));
        self.few = Border::of(few);
    }

    /// The least similarity that is near enough.
    #[inline(always)]
    pub(super) fn least(&self) -> i32 {
        if self.kept.rows < self.kept.wanted {
            return i32::MIN;
        }
        (self.kept.step as i32 + 1 - STEPS as i32 / 2) << STEP_BITS
    }

    /// Takes in a row that is near enough; whether it is one of the few.
    #[inline(always)]
    pub(super) fn take_in(&mut self, similarity: i32, row: u32) -> bool {
        let step = step_of(similarity);
        let entry = self.entries.len() as u32;
        self.entries.push(Entry {
            similarity,
            row,
            next: self.waiting[step],
        });
        self.waiting[step] = entry;
        self.any_waiting[step / 64] |= 1 << (step % 64);
        self.counts[step] += 1;
        self.kept.take_in(step, &self.counts);
        self.few.take_in(step, &self.counts)
    }

    /// The nearest row that waits, which it then does no more; nothing when none is near enough.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u32> {
        let mut words = self.any_waiting.iter().enumerate().rev();
        let (word, bits) = words.find(|(_, bits)| **bits != 0)?;
        let step = word * 64 + 63 - bits.leading_zeros() as usize;
        if step < self.kept.step {
            return None;
        }
        let entry = self.entries[self.waiting[step] as usize];
        self.waiting[step] = entry.next;
        if entry.next == NONE {
            self.any_waiting[word] &= !(1 << (step % 64));
        }
        Some(entry.row)
    }

    /// The nearest `most`, in no order.
    pub(super) fn nearest(&self, most: usize, into: &mut Vec<(i32, u32)>) {
        let first = self.kept.step;
        into.clear();
        into.extend(
            self.entries
                .iter()
                .filter(|entry| step_of(entry.similarity) >= first)
                .map(|entry| (entry.similarity, entry.row)),
        );
        if into.len() > most {
            into.select_nth_unstable_by(most, |a, b| b.cmp(a));
            into.truncate(most);
        }
    }
}

#[inline(always)]
fn step_of(similarity: i32) -> usize {
    const HALF: i32 = STEPS as i32 / 2;
    let step = (similarity >> STEP_BITS).clamp(-HALF, HALF - 1) + HALF;
    // Says no more than the line above, but saves the checks of bounds.
    step as usize % STEPS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What the list does, the plain way: (step, row) of all that was met, and of what waits.
    #[test]
    fn it_keeps_the_nearest_steps_and_hands_out_the_nearest_first() {
        let mut random = fastrand::Rng::with_seed(5);
        let rows = if cfg!(miri) { 80 } else { 2_000 };
        let rounds = if cfg!(miri) { 1 } else { 3 };
        for (kept, few, spread) in [(1, 1, 30), (40, 8, 24), (300, 32, 20), (300, 32, 30)] {
            let mut list = Shortlist::default();
            for round in 0..rounds {
                list.begin(kept, few);
                let mut met: Vec<(usize, u32)> = Vec::new();
                let mut waiting: BTreeSet<(usize, u32)> = BTreeSet::new();
                let step_at = |met: &Vec<(usize, u32)>, place: usize| {
                    let mut steps: Vec<usize> = met.iter().map(|one| one.0).collect();
                    steps.sort_unstable_by(|a, b| b.cmp(a));
                    steps.get(place - 1).copied()
                };
                for row in 0..rows {
                    let similarity = random.i32(-(1 << spread)..=1 << spread);
                    let step = step_of(similarity);
                    let last = step_at(&met, kept);
                    assert_eq!(
                        similarity >= list.least(),
                        last.is_none_or(|last| step > last),
                        "{round} {row} {similarity}"
                    );
                    if similarity < list.least() {
                        continue;
                    }
                    met.push((step, row));
                    waiting.insert((step, row));
                    let nearest = step_at(&met, few).is_none_or(|last| step >= last);
                    assert_eq!(list.take_in(similarity, row), nearest, "{round} {row}");
                    if random.u32(..3) == 0 {
                        let last = step_at(&met, kept).unwrap_or(0);
                        let best = waiting.last().map(|one| one.0).filter(|&step| step >= last);
                        let next = list.next();
                        assert_eq!(next.is_some(), best.is_some());
                        if let (Some(row), Some(step)) = (next, best) {
                            assert!(waiting.remove(&(step, row)), "{step} {row}");
                        }
                    }
                }
                let mut found = Vec::new();
                list.nearest(few, &mut found);
                let mut steps: Vec<usize> = found.iter().map(|one| step_of(one.0)).collect();
                steps.sort_unstable_by(|a, b| b.cmp(a));
                met.sort_unstable_by(|a, b| b.cmp(a));
                let expected: Vec<usize> = met[..few].iter().map(|one| one.0).collect();
                assert_eq!(steps, expected);
            }
        }
    }

    #[test]
    fn every_similarity_has_a_step() {
        for similarity in [
            i32::MIN,
            -(1 << 30),
            -1,
            0,
            1,
            (1 << 30) - 1,
            1 << 30,
            i32::MAX,
        ] {
            assert!(step_of(similarity) < STEPS);
        }
        assert!(step_of(1 << 29) < step_of(1 << 30));
    }
}
