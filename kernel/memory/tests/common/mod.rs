//! Moments and states that tests can tell apart.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unused_imports, reason = "each test file uses its part")]

mod hooked_disk;

pub(crate) use hooked_disk::{Hook, HookedDisk};

use std::path::{Path, PathBuf};
use triune_core::{BeingId, CrystalDraft, Embedding, EnergyCentres, State, Timestamp};
use triune_memory::crystals::{Crystal, Provenance, Stamp};
use triune_memory::{BootId, Memory, Options};

pub(crate) const BEING: BeingId = BeingId(0x0123_4567_89ab_cdef);
pub(crate) const BOOT: BootId = BootId([7; 16]);

/// A moment whose every field follows from `number`.
pub(crate) fn draft(number: u64) -> CrystalDraft {
    let part =
        |salt: u64| (number.wrapping_mul(2_654_435_761).wrapping_add(salt) % 1000) as f32 / 1000.0;
    CrystalDraft {
        told: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
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

/// Now on the clock of a running being: what was said long before now is forgotten.
pub(crate) fn now() -> Timestamp {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Timestamp(now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64)
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

/// An empty directory, in memory where the machine has such a place: what these tests ask of a disk is
/// what its page cache shows, and thousands of syncs would only wear the machine's.
pub(crate) fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(directory) = tempfile::tempdir_in(memory)
    {
        return directory;
    }
    tempfile::tempdir().unwrap()
}

/// Waits until `condition` holds; fails after a time that only a hang can take.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < std::time::Duration::from_secs(60),
            "never happened: {what}"
        );
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// [`draft`] of another being.
pub(crate) fn draft_of(being: BeingId, number: u64) -> CrystalDraft {
    CrystalDraft {
        being,
        ..draft(number)
    }
}

/// [`state`] of another being.
pub(crate) fn state_of(being: BeingId, number: u64) -> State {
    State {
        being,
        ..state(number)
    }
}

/// Whether `crystal` is what memory makes of moment `crystal.cycle()`, bit by bit but for the stamp.
pub(crate) fn is_as_it_was_lived(crystal: &Crystal) -> bool {
    let stamp = Stamp {
        unix: crystal.unix(),
        boot: crystal.boot(),
    };
    let moment = draft_of(crystal.being(), crystal.cycle());
    let from = crystal.provenance();
    from.being == crystal.being()
        && *crystal == Crystal::seal(&moment, crystal.sequence(), stamp, from)
}

/// Copies the files of `from` into `to`, as a crash at this moment would leave them.
pub(crate) fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        match std::fs::copy(&path, to.join(path.file_name().unwrap())) {
            // A file that was just being made, and is gone again.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            copied => {
                copied.unwrap();
            }
        }
    }
}

/// The beings that are listed under `root`.
pub(crate) fn beings_in(root: &Path) -> Vec<BeingId> {
    let listed = triune_memory::list_beings(root).unwrap();
    listed.iter().map(|one| one.being).collect()
}

/// The newest crystal.
pub(crate) fn newest(memory: &Memory) -> Option<Crystal> {
    let reader = memory.crystals();
    reader.get(reader.newest_sequence()?)
}
