//! A being's catalogue: what it keeps, and what becomes of a damaged or a newer one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, directory_of, small};
use proptest::prelude::*;
use redb::{Database, TableDefinition};
use std::path::{Path, PathBuf};
use triune_core::{Consent, Sense};
use triune_memory::catalog::{Catalog, CatalogError, ConsentSource, Profile, ProfileError};
use triune_memory::{Memory, OpenError, Options};

fn file_in(directory: &Path) -> PathBuf {
    directory.join("catalog.redb")
}

#[test]
fn a_profile_is_kept_and_replaced_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(directory.path());
    let catalog = Catalog::open(&path).unwrap();
    assert_eq!(catalog.profile().unwrap(), None);
    let first = Profile::new("Ada", "kitchen").unwrap();
    catalog.set_profile(&first).unwrap();
    let second = Profile::created_at("Été 7", "", first.created_unix()).unwrap();
    catalog.set_profile(&second).unwrap();
    drop(catalog);
    let catalog = Catalog::open(&path).unwrap();
    assert_eq!(catalog.profile().unwrap(), Some(second));
}

#[test]
fn names_that_cannot_be_shown_are_refused() {
    let long = "é".repeat(65);
    for (name, expected) in [
        ("", ProfileError::NameLength(0)),
        (&long, ProfileError::NameLength(65)),
        (" Ada", ProfileError::NameCharacters),
        ("A\nda", ProfileError::NameCharacters),
    ] {
        assert_eq!(Profile::new(name, ""), Err(expected));
    }
    assert!(Profile::new(&"é".repeat(64), "").is_ok());
    let note = "n".repeat(4097);
    assert_eq!(
        Profile::new("Ada", &note),
        Err(ProfileError::NoteLength(4097))
    );
}

#[test]
fn every_change_of_consent_is_logged_with_its_source() {
    let root = tempfile::tempdir().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let mute = Consent::ALL.with(Sense::Hear, false);
    opened.memory.set_consent(mute, ConsentSource::Key).unwrap();
    opened
        .memory
        .set_consent(Consent::ALL, ConsentSource::Person)
        .unwrap();
    drop(opened);
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let changes = opened.memory.catalog().consent_changes(10).unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.number, change.before, change.after, change.by))
        .collect();
    assert_eq!(
        told,
        [
            (3, mute, Consent::ALL, ConsentSource::Person),
            (2, Consent::ALL, mute, ConsentSource::Key),
            (1, Consent::NONE, Consent::ALL, ConsentSource::Start),
        ]
    );
    assert!(changes.is_sorted_by(|newer, older| newer.monotonic > older.monotonic));
    let newest = opened.memory.catalog().consent_changes(1).unwrap();
    assert_eq!(newest, changes[..1]);
}

#[test]
fn what_the_log_says_was_refused_stays_refused_when_the_essence_missed_it() {
    let root = tempfile::tempdir().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    opened.memory.sync().unwrap();
    let essence = directory_of(root.path()).join("essence");
    let before = std::fs::read(&essence).unwrap();
    let mute = Consent::ALL.with(Sense::Hear, false);
    opened
        .memory
        .set_consent(mute, ConsentSource::Person)
        .unwrap();
    drop(opened);
    // The power went between the log and the essence.
    std::fs::write(&essence, before).unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert_eq!((opened.consent, opened.memory.consent()), (mute, mute));
}

#[test]
fn a_change_that_cannot_be_logged_only_refuses() {
    let root = tempfile::tempdir().unwrap();
    let options = Options {
        initial_consent: Consent::ALL.with(Sense::See, false),
        ..small()
    };
    let opened = Memory::open(root.path(), BEING, &options).unwrap();
    let other = Consent::ALL.with(Sense::Hear, false);
    // The catalogue of a closed being logs nothing; a clone shows that it is closed for all.
    let catalog = opened.memory.catalog().clone();
    opened.memory.close().unwrap();
    assert!(matches!(catalog.begin_write(), Err(CatalogError::Closed)));
    assert!(matches!(catalog.profile(), Err(CatalogError::Closed)));

    // One that cannot be opened: its name is taken by a directory.
    let path = file_in(&directory_of(root.path()));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let opened = Memory::open(root.path(), BEING, &options).unwrap();
    assert!(
        opened
            .memory
            .set_consent(other, ConsentSource::Api)
            .is_err()
    );
    let left = options.initial_consent.with(Sense::Hear, false);
    assert_eq!(opened.memory.consent(), left);
    // It is tried again at each call.
    std::fs::remove_dir(&path).unwrap();
    opened
        .memory
        .set_consent(other, ConsentSource::Api)
        .unwrap();
    assert_eq!(opened.memory.consent(), other);
}

#[test]
fn a_catalogue_of_another_format_is_refused_and_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    opened.memory.close().unwrap();
    let path = file_in(&directory_of(root.path()));
    // Where redb's `docs/design.md` says that both commit slots begin, with their format.
    let with = |bytes: &[u8], slots: &[usize], format: u8| {
        let mut bytes = bytes.to_vec();
        for &slot in slots {
            assert_eq!(bytes[slot], 3);
            bytes[slot] = format;
        }
        std::fs::write(&path, &bytes).unwrap();
        bytes
    };
    let mine = std::fs::read(&path).unwrap();
    for other in [2, 4] {
        let foreign = with(&mine, &[64, 192], other);
        match Memory::open(root.path(), BEING, &small()) {
            Err(OpenError::Catalog(CatalogError::Format { format, .. })) if format == other => {}
            Err(error) => panic!("unexpected: {error}"),
            Ok(_) => panic!("opened a catalogue in format {other}"),
        }
        assert_eq!(std::fs::read(&path).unwrap(), foreign);
    }
    // One slot alone is an altered byte.
    with(&mine, &[64], 4);
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    assert!(opened.memory.catalog().moved_aside().is_some());
}

#[test]
fn a_newer_catalogue_is_refused_and_left_alone() {
    let root = tempfile::tempdir().unwrap();
    drop(Memory::open(root.path(), BEING, &small()).unwrap());
    let path = file_in(&directory_of(root.path()));
    let database = Database::open(&path).unwrap();
    let change = database.begin_write().unwrap();
    let head: TableDefinition<'_, &str, u64> = TableDefinition::new("catalog");
    change
        .open_table(head)
        .unwrap()
        .insert("version", 2)
        .unwrap();
    let mine: TableDefinition<'_, u64, u64> = TableDefinition::new("newer");
    change.open_table(mine).unwrap().insert(7, 8).unwrap();
    change.commit().unwrap();
    drop(database);
    match Memory::open(root.path(), BEING, &small()) {
        Err(OpenError::Catalog(CatalogError::Newer { version: 2, .. })) => {}
        Err(error) => panic!("unexpected: {error}"),
        Ok(_) => panic!("opened a newer catalogue"),
    }
    let database = Database::open(&path).unwrap();
    let view = redb::ReadableDatabase::begin_read(&database).unwrap();
    let kept = view
        .open_table(mine)
        .unwrap()
        .get(7)
        .unwrap()
        .unwrap()
        .value();
    assert_eq!(kept, 8);
}

#[test]
fn a_second_writer_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(directory.path());
    let _open = Catalog::open(&path).unwrap();
    assert!(matches!(
        Catalog::open(&path),
        Err(CatalogError::InUse { .. })
    ));
}

#[test]
fn a_damaged_catalogue_is_moved_aside_and_the_being_goes_on() {
    let root = tempfile::tempdir().unwrap();
    for number in 1..=2 {
        drop(Memory::open(root.path(), BEING, &small()).unwrap());
        std::fs::write(file_in(&directory_of(root.path())), "no database at all").unwrap();
        let opened = Memory::open(root.path(), BEING, &small()).unwrap();
        assert_eq!(opened.consent, Consent::ALL, "the essence has it");
        assert_eq!(opened.memory.catalog().consent_changes(9).unwrap().len(), 1);
        let aside = directory_of(root.path()).join(format!("catalog.damaged-{number}"));
        assert_eq!(
            std::fs::read_to_string(aside).unwrap(),
            "no database at all"
        );
    }
}

fn filled(path: &Path) -> Vec<u8> {
    let catalog = Catalog::open(path).unwrap();
    for number in 0..20 {
        let profile = Profile::created_at(&format!("being {number}"), "note", number).unwrap();
        catalog.set_profile(&profile).unwrap();
    }
    drop(catalog);
    std::fs::read(path).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is done to the file, opening gives a catalogue that works, and what it then says of
    /// the profile is one that was stored, or none.
    #[test]
    fn no_damage_stops_the_being(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        near_the_front in any::<bool>(),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = file_in(directory.path());
        let mut bytes = filled(&path);
        let span = if near_the_front { 4096.min(bytes.len()) } else { bytes.len() };
        for (place, value) in &edits {
            bytes[place.index(span)] = *value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(&path, &bytes).unwrap();
        let catalog = Catalog::open(&path).unwrap();
        if let Some(profile) = catalog.profile().unwrap() {
            prop_assert!(profile.name().starts_with("being "));
        }
        let profile = Profile::new("after", "").unwrap();
        catalog.set_profile(&profile).unwrap();
        prop_assert_eq!(catalog.profile().unwrap(), Some(profile));
    }
}

/// The newest essence and the log are both lost, as on a disk that wears out: an older essence does
/// not know what was refused since.
#[test]
fn an_older_essence_alone_allows_nothing() {
    let root = tempfile::tempdir().unwrap();
    let opened = Memory::open(root.path(), BEING, &small()).unwrap();
    opened.memory.sync().unwrap();
    let refused = Consent::ALL.with(Sense::Hear, false);
    opened
        .memory
        .set_consent(refused, ConsentSource::Person)
        .unwrap();
    for page in 0..2 {
        let copy = tempfile::tempdir().unwrap();
        let directory = directory_of(copy.path());
        common::copy_directory(&directory_of(root.path()), &directory);
        let mut essence = std::fs::read(directory.join("essence")).unwrap();
        essence[page * 4096 + 100] ^= 1;
        std::fs::write(directory.join("essence"), essence).unwrap();
        std::fs::remove_file(file_in(&directory)).unwrap();
        let again = Memory::open(copy.path(), BEING, &small()).unwrap();
        assert!(!again.consent.allows(Sense::Hear), "page {page}");
    }
}
