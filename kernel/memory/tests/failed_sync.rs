//! A sync that failed: Linux then calls the pages clean that never reached the disk, and the next sync
//! succeeds without writing them (fsync(2); Rebello et al., "Can Applications Recover from fsync
//! Failures?", USENIX ATC 2020). What is found at the next opening has to be written again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, directory_of, draft, small, state};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use triune_core::{Consent, Parameters, State as BeingState, Timestamp};
use triune_memory::essence::{Essence, EssenceCounters, EssenceFile, EssenceRecovery};
use triune_memory::wear::WearDay;
use triune_memory::{BootId, Disk, DiskFile, Memory, Options, RealDisk};

const SECTOR: usize = 512;

type Sectors = BTreeMap<(PathBuf, usize), Vec<u8>>;

/// A disk below a page cache: what it holds itself is what the cache holds, but for these sectors.
#[derive(Debug, Default)]
struct CachedDisk(Mutex<Cache>);

#[derive(Debug, Default)]
struct Cache {
    /// Syncs that succeed before the others fail; all do where it is not said.
    left: Option<u32>,
    /// Written, and not on the disk yet: what the disk holds instead.
    dirty: Sectors,
    /// The same, but the system thinks otherwise since a sync of them failed.
    forgotten: Sectors,
}

impl CachedDisk {
    /// From now on so many syncs succeed, or all.
    fn allow(&self, syncs: Option<u32>) {
        self.0.lock().unwrap().left = syncs;
    }

    /// Leaves in the files what the disk holds.
    fn cut_power(&self) {
        let Cache {
            dirty, forgotten, ..
        } = std::mem::take(&mut *self.0.lock().unwrap());
        for ((path, sector), held) in dirty.into_iter().chain(forgotten) {
            let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
            file.write_all_at(&held, (sector * SECTOR) as u64).unwrap();
        }
    }
}

impl Disk for CachedDisk {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        RealDisk.create(path)
    }
    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        RealDisk.reserve(file, length)
    }
    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut cache = self.0.lock().unwrap();
        let end = offset as usize + bytes.len();
        for sector in offset as usize / SECTOR..end.div_ceil(SECTOR) {
            let place = (file.path.clone(), sector);
            let mut held = vec![0; SECTOR];
            // Beyond the end of the file there are zeros.
            let _ = file.file.read_exact_at(&mut held, (sector * SECTOR) as u64);
            let held = cache.forgotten.remove(&place).unwrap_or(held);
            cache.dirty.entry(place).or_insert(held);
        }
        RealDisk.write_at(file, bytes, offset)
    }
    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        let mut cache = self.0.lock().unwrap();
        let ours = |(path, _): &(PathBuf, usize), _: &mut Vec<u8>| *path == file.path;
        let taken: Sectors = cache.dirty.extract_if(.., ours).collect();
        match &mut cache.left {
            Some(0) => {
                cache.forgotten.extend(taken);
                return Err(Errno::IO.into());
            }
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(())
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut cache = self.0.lock().unwrap();
        let ours = |(path, _): &(PathBuf, usize), _: &mut Vec<u8>| path == from;
        let moved: Sectors = cache.dirty.extract_if(.., ours).collect();
        let moved = moved
            .into_iter()
            .map(|((_, sector), held)| ((to.to_owned(), sector), held));
        cache.dirty.extend(moved);
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// Full segments, too, and one that is not appended to any more since its header is damaged: the last one
/// counts, however many places are left in it.
#[test]
fn records_whose_sync_failed_are_durable_when_they_are_called_so() {
    for (lived, damaged) in [(5, false), (8, false), (5, true)] {
        let root = common::directory();
        let disk = Arc::new(CachedDisk::default());
        let options = Options {
            disk: Arc::clone(&disk) as _,
            essence_interval: Duration::from_secs(3600),
            ..small()
        };
        let mut opened = Memory::open(root.path(), BEING, &options).unwrap();
        for number in 1..=3 {
            let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
        }
        opened.memory.sync().unwrap();
        disk.allow(Some(0));
        for number in 4..=lived {
            let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
        }
        opened.memory.sync().unwrap_err();
        opened.memory.close().unwrap_err();
        disk.allow(None);
        if damaged {
            let segment = common::segments(&directory_of(root.path())).remove(0);
            let file = std::fs::OpenOptions::new().write(true).open(segment);
            file.unwrap().write_all_at(&[0xff], 20).unwrap();
        }

        let opened = Memory::open(root.path(), BEING, &options).unwrap();
        let durable = opened.memory.statistics().last_durable;
        assert_eq!(durable, lived);
        drop(opened.cycle);
        // The being's own closing is not what makes them durable.
        disk.cut_power();
        let copy = common::directory();
        common::copy_directory(&directory_of(root.path()), &directory_of(copy.path()));
        drop(opened.memory);
        let left = Memory::open(copy.path(), BEING, &small()).unwrap();
        assert_eq!(left.memory.view().len(), durable);
    }
}

fn essence(number: u64) -> Essence {
    let mut state = BeingState::at_rest(BEING);
    state.cycle = number;
    Essence {
        state,
        consent: Consent::ALL,
        parameters: Parameters::default(),
        written_unix: number,
        written: Timestamp(number),
        boot: BootId::UNKNOWN,
        clean: false,
        counters: EssenceCounters::default(),
        wear: WearDay::default(),
    }
}

/// The page that was found takes the place of the one before it only when it is durable.
#[test]
fn an_essence_whose_sync_failed_does_not_cost_the_one_before_it() {
    for (allowed, left) in [(0, 2), (1, 3)] {
        let directory = common::directory();
        let disk = Arc::new(CachedDisk::default());
        let open =
            || EssenceFile::open_on(Arc::clone(&disk) as _, directory.path(), BEING).unwrap();
        let (mut file, _) = open();
        for number in [1, 2] {
            file.write(&essence(number)).unwrap();
        }
        disk.allow(Some(0));
        file.write(&essence(3)).unwrap_err();
        drop(file);
        let (mut file, found) = open();
        assert_eq!(found, EssenceRecovery::Whole(essence(3)));
        disk.allow(Some(allowed));
        file.write(&essence(4)).unwrap_err();
        drop(file);
        disk.cut_power();
        let (_, found) = open();
        assert_eq!(found.essence(), Some(&essence(left)), "{allowed} syncs");
    }
}

/// Nothing is written over the page that a power cut would leave before there is another one.
#[test]
fn no_cut_of_the_power_costs_both_pages() {
    let directory = common::directory();
    let disk = Arc::new(CachedDisk::default());
    let open = || EssenceFile::open_on(Arc::clone(&disk) as _, directory.path(), BEING).unwrap();
    let (mut file, _) = open();
    for number in [1, 2] {
        file.write(&essence(number)).unwrap();
    }
    disk.allow(Some(0));
    file.write(&essence(3)).unwrap_err();
    drop(file);
    disk.allow(None);
    let (mut file, _) = open();
    disk.allow(Some(1));
    file.write(&essence(4)).unwrap_err();
    drop(file);
    disk.cut_power();
    // What was being written is torn.
    let path = directory.path().join("essence");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096 + 2000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(open().1, EssenceRecovery::FellBack(essence(3)));
}
