//! Moments and states that tests can tell apart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use triune_core::{BeingId, CrystalDraft, Embedding, EnergyCentres, State, Timestamp};
use triune_memory::crystals::{Crystal, Provenance, Stamp};
use triune_memory::{BootId, Options};

pub(crate) const BEING: BeingId = BeingId(0x0123_4567_89ab_cdef);
pub(crate) const BOOT: BootId = BootId([7; 16]);

/// A moment whose every field follows from `number`.
pub(crate) fn draft(number: u64) -> CrystalDraft {
    let part =
        |salt: u64| (number.wrapping_mul(2_654_435_761).wrapping_add(salt) % 1000) as f32 / 1000.0;
    CrystalDraft {
        told: 0,
        being: BEING,
        cycle: number,
        time: Timestamp(number * 1_000_000),
        kind: (number % 6) as u32 + 1,
        salience: part(1),
        confidence: part(2),
        coherence: part(3),
        centres: EnergyCentres(std::array::from_fn(|index| part(10 + index as u64))),
        flux: (number % 10) as u32,
        embedding: Embedding(std::array::from_fn(|index| {
            part(100 + 7 * index as u64) - 0.5
        })),
    }
}

/// A state whose cycle is `number`.
pub(crate) fn state(number: u64) -> State {
    let mut state = State::at_rest(BEING);
    state.cycle = number;
    state.time = Timestamp(number * 4_000_000);
    state.experiential.arousal = number as f32;
    state
}

pub(crate) fn stamp(number: u64) -> Stamp {
    Stamp {
        unix: 1_700_000_000_000_000_000 + number,
        boot: BOOT,
    }
}

pub(crate) fn own() -> Provenance {
    Provenance {
        being: BEING,
        board: [9; 16],
        sequence: 0,
    }
}

/// The record that the store makes of moment `number` under the same sequence number.
pub(crate) fn crystal(number: u64) -> Crystal {
    Crystal::seal(&draft(number), number, stamp(number), own())
}

/// Small and quick, so that segments change and files are quickly made.
pub(crate) fn small() -> Options {
    Options {
        history_records: 16,
        records_per_segment: 8,
        ..Options::default()
    }
}

/// The directory of the tests' being.
pub(crate) fn directory_of(root: &Path) -> PathBuf {
    root.join("beings").join(BEING.to_string())
}

/// Segment files in order.
pub(crate) fn segments(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "crystals")
        })
        .collect();
    files.sort();
    files
}

/// Name and content of every file in `directory`.
pub(crate) fn content(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// The beings that are listed under `root`.
pub(crate) fn beings_in(root: &Path) -> Vec<BeingId> {
    let listed = triune_memory::list_beings(root).unwrap();
    listed.iter().map(|one| one.being).collect()
}
