//! A directory is durable only when its name is, in the directory above it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, Hook, HookedDisk, directory_of, small};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use triune_memory::{Memories, OpenError, Options};

/// The directories whose names were made durable.
#[derive(Debug, Default)]
struct Noting(Mutex<BTreeSet<PathBuf>>);

impl Hook for Noting {
    fn after_directory_sync(&self, directory: &Path) -> io::Result<()> {
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
        let disk = Arc::new(HookedDisk(Noting::default()));
        let options = Options {
            disk: Arc::clone(&disk) as _,
            ..small()
        };
        let memories = Memories::open(&root, &options).unwrap();
        let opened = memories.open_being(BEING).unwrap();
        let durable = disk.0.0.lock().unwrap().clone();
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
