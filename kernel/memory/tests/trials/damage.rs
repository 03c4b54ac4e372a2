//! Files that a closed memory left, damaged in one place of every kind.

use super::Tally;
use crate::common::{
    BEING, copy_directory, directory, directory_of, draft, newest, segments, small, state,
};
use fastrand::Rng;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use triune_memory::{Memory, Opened, Remembered};

const HEADER: usize = 4096;
const RECORD: usize = 512;
const PER_SEGMENT: u64 = 8;
/// Moments in the memory: five whole segments and a part of one.
const LIVED: u64 = 5 * PER_SEGMENT + 3;

/// A memory to damage copies of.
pub(crate) struct Ground {
    whole: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let whole = directory();
        let Opened {
            memory, mut cycle, ..
        } = Memory::open(whole.path(), BEING, &small()).unwrap();
        for number in 1..=LIVED {
            let outcome = cycle.remember(&state(number), Some(&draft(number)));
            assert_eq!(outcome, Remembered::Moment);
        }
        memory.sync().unwrap();
        memory.close().unwrap();
        Self { whole }
    }

    /// Flips one bit: in a header or its copy, in a record's head, body or checksum, in a page of the
    /// essence.
    pub(crate) fn flip(&self, rng: &mut Rng, tally: &mut Tally) {
        tally.flipped += 1;
        let (root, path, segment) = self.choose(rng);
        let mut bytes = std::fs::read(&path).unwrap();
        let place = match segment {
            None => rng.usize(..bytes.len()),
            Some(_) => {
                let record = HEADER + rng.usize(..PER_SEGMENT as usize) * RECORD;
                match rng.u8(..5) {
                    0 => rng.usize(..RECORD),
                    1 => 2048 + rng.usize(..RECORD),
                    2 => record + rng.usize(..16),
                    3 => record + rng.usize(16..RECORD - 4),
                    _ => record + rng.usize(RECORD - 4..RECORD),
                }
            }
        };
        let bit = rng.u8(..8);
        bytes[place] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        let hit = segment.filter(|_| place >= HEADER).map(|segment| {
            let first = segment * PER_SEGMENT + ((place - HEADER) / RECORD) as u64 + 1;
            first..=first
        });
        let trial = format!("bit {bit} of byte {place} of {}", path.display());
        judge(&trial, root.path(), hit.as_ref(), tally);
    }

    /// Cuts a file short anywhere.
    pub(crate) fn cut_short(&self, rng: &mut Rng, tally: &mut Tally) {
        tally.cut_short += 1;
        let (root, path, segment) = self.choose(rng);
        let bytes = std::fs::read(&path).unwrap();
        // The newest page of the essence is one of two: cut off what lies behind it alone, or nothing
        // could be left.
        let length = match segment {
            None => rng.usize(4096..bytes.len()),
            Some(_) => rng.usize(..bytes.len()),
        };
        std::fs::write(&path, &bytes[..length]).unwrap();
        let hit = segment.map(|segment| {
            let kept = (length.saturating_sub(HEADER) / RECORD) as u64;
            segment * PER_SEGMENT + kept + 1..=(segment + 1) * PER_SEGMENT
        });
        let trial = format!("{} cut to {length} bytes", path.display());
        judge(&trial, root.path(), hit.as_ref(), tally);
    }

    /// A copy, a file in it, and which segment that is; none for the essence.
    fn choose(&self, rng: &mut Rng) -> (tempfile::TempDir, PathBuf, Option<u64>) {
        let root = directory();
        copy_directory(&directory_of(self.whole.path()), &directory_of(root.path()));
        let files = segments(&directory_of(root.path()));
        if rng.u8(..4) == 0 {
            let essence = directory_of(root.path()).join("essence");
            return (root, essence, None);
        }
        let which = rng.usize(..files.len());
        (root, files[which].clone(), Some(which as u64))
    }
}

/// Everything but the moments in `hit` is there, and the being goes on.
fn judge(trial: &str, root: &Path, hit: Option<&RangeInclusive<u64>>, tally: &mut Tally) {
    let mut opened = match Memory::open(root, BEING, &small()) {
        Ok(opened) => opened,
        Err(error) => return tally.fault(format!("{trial}: {error}")),
    };
    tally.judge_wholeness(trial, &opened);
    let found: Vec<u64> = opened.memory.view().iter().map(|one| one.cycle()).collect();
    let expected: Vec<u64> = (1..=LIVED)
        .filter(|number| hit.is_none_or(|hit| !hit.contains(number)))
        .collect();
    if found != expected {
        tally.fault(format!("{trial}: {found:?} is left"));
    }
    match opened.essence() {
        Some(essence) if essence.state == state(LIVED) => {}
        other => tally.fault(format!("{trial}: {other:?}")),
    }
    let next = LIVED + 1;
    let outcome = opened.cycle.remember(&state(next), Some(&draft(next)));
    let durable = opened.memory.sync();
    if outcome != Remembered::Moment
        || durable.is_err()
        || newest(&opened.memory).map(|one| one.cycle()) != Some(next)
    {
        tally.fault(format!("{trial}: does not go on: {outcome:?}, {durable:?}"));
    }
}
