//! A memory that cannot be opened is left as it is, so that whoever can open it finds all of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, content, directory_of, draft, small, state};
use redb::{Database, TableDefinition};
use std::path::{Path, PathBuf};
use triune_memory::catalog::CatalogError;
use triune_memory::crystals::CrystalOpenError;
use triune_memory::essence::EssenceOpenError;
use triune_memory::{Memory, OpenError, Opened};

/// A being that rests, with all that an opening would mend: a damaged essence, and what two cut off
/// creations left.
fn to_be_mended(root: &Path) -> PathBuf {
    let Opened {
        memory, mut cycle, ..
    } = Memory::open(root, BEING, &small()).unwrap();
    for number in 1..=10 {
        let _ = cycle.remember(&state(number), Some(&draft(number)));
    }
    memory.close().unwrap();
    let directory = directory_of(root);
    std::fs::write(directory.join("essence"), "not this").unwrap();
    for name in ["essence.new", "segment-00000002.crystals.new"] {
        std::fs::write(directory.join(name), "half").unwrap();
    }
    // Nothing in it is whole, and nothing says what it was.
    std::fs::write(directory.join("segment-00000003.crystals"), [0; 512]).unwrap();
    directory
}

fn refused(root: &Path) -> OpenError {
    let before = content(&directory_of(root));
    let Err(error) = Memory::open(root, BEING, &small()) else {
        panic!("it was opened");
    };
    let names = |files: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
        files.iter().map(|(path, _)| path.clone()).collect()
    };
    let after = content(&directory_of(root));
    assert_eq!(names(&after), names(&before), "{error}");
    assert_eq!(after, before, "{error}");
    error
}

#[test]
fn nothing_is_mended_beside_a_foreign_segment() {
    let root = tempfile::tempdir().unwrap();
    let directory = to_be_mended(root.path());
    let foreign = directory.join("segment-00000004.crystals");
    std::fs::write(&foreign, "somebody else's").unwrap();
    let error = refused(root.path());
    assert!(
        matches!(error, OpenError::Crystals(CrystalOpenError::Foreign { .. })),
        "{error}"
    );
    std::fs::remove_file(foreign).unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert_eq!(opened.memory.view().len(), 10);
}

#[test]
fn nothing_is_mended_beside_a_newer_catalogue() {
    let root = tempfile::tempdir().unwrap();
    let directory = to_be_mended(root.path());
    let database = Database::create(directory.join("catalog.redb")).unwrap();
    let change = database.begin_write().unwrap();
    let head: TableDefinition<&str, u64> = TableDefinition::new("catalog");
    change
        .open_table(head)
        .unwrap()
        .insert("version", 9)
        .unwrap();
    change.commit().unwrap();
    drop(database);
    let Err(error) = Memory::open(root.path(), BEING, &small()) else {
        panic!("it was opened");
    };
    assert!(
        matches!(
            error,
            OpenError::Catalog(CatalogError::Newer { version: 9, .. })
        ),
        "{error}"
    );
    for name in ["essence", "essence.new", "segment-00000002.crystals.new"] {
        assert!(directory.join(name).exists(), "{name}");
    }
}

#[test]
fn an_essence_in_the_wrong_place_is_refused_before_anything() {
    let root = tempfile::tempdir().unwrap();
    let directory = to_be_mended(root.path());
    let mut bytes = include_bytes!("fixtures/essence-version-1").to_vec();
    for page in bytes.chunks_exact_mut(4096) {
        page[128] ^= 1;
        let checksum = crc32c::crc32c(&page[..4092]);
        page[4092..].copy_from_slice(&checksum.to_le_bytes());
    }
    std::fs::write(directory.join("essence"), bytes).unwrap();
    let error = refused(root.path());
    assert!(
        matches!(
            error,
            OpenError::Essence(EssenceOpenError::OtherBeing { .. })
        ),
        "{error}"
    );
}
