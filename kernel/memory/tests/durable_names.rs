//! A directory is durable only when its name is, in the directory above it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, directory_of, small};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use triune_memory::{Disk, DiskFile, Memories, OpenError, Options, RealDisk};

/// The machine's disk, which notes the directories whose names were made durable.
#[derive(Debug, Default)]
struct Noting(Mutex<BTreeSet<PathBuf>>);

impl Disk for Noting {
    fn create(&self, path: &Path) -> io::Result<DiskFile> {
        RealDisk.create(path)
    }
    fn reserve(&self, file: &DiskFile, length: u64) -> io::Result<()> {
        RealDisk.reserve(file, length)
    }
    fn write_at(&self, file: &DiskFile, bytes: &[u8], offset: u64) -> io::Result<()> {
        RealDisk.write_at(file, bytes, offset)
    }
    fn sync(&self, file: &DiskFile) -> io::Result<()> {
        RealDisk.sync(file)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        RealDisk.sync_directory(directory)?;
        self.0.lock().unwrap().insert(directory.canonicalize()?);
        Ok(())
    }
}

/// Whoever made the directories: a process that was killed may have made them and no more.
#[test]
fn a_beings_first_home_is_durable_all_the_way_up() {
    for made_before in [false, true] {
        let top = common::directory();
        let top = top.path().canonicalize().unwrap();
        let root = top.join("data").join("memory");
        if made_before {
            std::fs::create_dir_all(directory_of(&root)).unwrap();
        }
        let disk = Arc::new(Noting::default());
        let options = Options {
            disk: Arc::clone(&disk) as _,
            ..small()
        };
        let memories = Memories::open(&root, &options).unwrap();
        let opened = memories.open_being(BEING).unwrap();
        let durable = disk.0.lock().unwrap().clone();
        let home = directory_of(&root);
        for directory in home.ancestors().take(5) {
            assert!(durable.contains(directory), "{}", directory.display());
        }
        assert_eq!(home.ancestors().nth(4), Some(top.as_path()));
        drop(opened);
    }
}

/// What cannot be looked for cannot be called removed.
#[test]
fn removals_that_cannot_be_finished_are_told() {
    let root = common::directory();
    std::fs::write(root.path().join("beings"), "not a directory").unwrap();
    match Memories::open(root.path(), &small()) {
        Err(OpenError::Erase(error)) => assert!(error.to_string().contains("beings"), "{error}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was opened"),
    }
}
