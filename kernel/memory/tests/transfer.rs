//! A being out of one place and into another: whole, and the same.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, beings_in, content, directory_of, draft, small, state};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use triune_core::{BeingId, Consent, Sense};
use triune_memory::catalog::{CatalogError, ConsentSource, Profile};
use triune_memory::crystals::Crystal;
use triune_memory::essence::{ESSENCE_VERSION, migrate};
use triune_memory::transfer::{
    ExportError, ImportError, Progress, export_being, import_being, verify_export,
};
use triune_memory::wear::WearSource;
use triune_memory::{Memory, Opened, Options, erase_being};

const OTHER: BeingId = BeingId(0xfeed);

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A being with a profile, changed consent and crystals in several segments, one of them damaged.
fn lived(root: &Path) -> Opened {
    let options = Options {
        board: [5; 16],
        ..small()
    };
    let mut opened = Memory::open(root, BEING, &options).unwrap();
    let memory = &opened.memory;
    let profile = Profile::new("Ada", "lives in the kitchen").unwrap();
    memory.catalog().set_profile(&profile).unwrap();
    let mute = Consent::ALL.with(Sense::Hear, false);
    memory.set_consent(mute, ConsentSource::Key).unwrap();
    for number in 1..=30 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    opened
}

fn crystals(memory: &Memory) -> Vec<Crystal> {
    memory.view().iter().copied().collect()
}

fn export(root: &Path) -> PathBuf {
    let to = root.join("ada.being");
    let summary = export_being(root, BEING, &to, &mut go_on).unwrap();
    assert_eq!(summary.bytes, std::fs::metadata(&to).unwrap().len());
    to
}

#[test]
fn a_running_being_goes_out_and_comes_back_bit_by_bit() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let opened = lived(here.path());
    let file = export(here.path());
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let manifest = verify_export(std::fs::File::open(&file).unwrap()).unwrap();
    assert_eq!(manifest.being_id().unwrap(), BEING);
    assert_eq!(manifest.name.as_deref(), Some("Ada"));
    assert_eq!(manifest.crystals, 30);
    assert_eq!(manifest.board.as_deref(), Some("05".repeat(16).as_str()));
    assert_eq!(manifest.rows["consent"], 2);

    let mut told = Vec::new();
    let mut tell = |progress| {
        told.push(progress);
        ControlFlow::Continue(())
    };
    let summary = import_being(there.path(), &file, None, &mut tell).unwrap();
    assert_eq!((summary.being, &summary.manifest), (BEING, &manifest));
    assert!(told.is_sorted_by_key(|progress| progress.done) && !told.is_empty());
    assert_eq!(beings_in(there.path()), [BEING]);
    let mut again = Memory::open(there.path(), BEING, &small()).unwrap();
    assert_eq!(crystals(&again.memory), crystals(&opened.memory));
    let report = &again.report.crystals;
    assert_eq!(
        (
            report.damaged,
            report.torn,
            report.sealed,
            report.missing_at_end
        ),
        (0, 0, 0, 0)
    );
    let (log, profile) = (
        opened.memory.catalog().consent_changes(99).unwrap(),
        opened.memory.catalog().profile().unwrap(),
    );
    assert_eq!(again.memory.catalog().consent_changes(99).unwrap(), log);
    assert_eq!(again.memory.catalog().profile().unwrap(), profile);
    assert_eq!(again.consent, opened.memory.consent());
    assert_eq!(again.essence().unwrap().state, state(30));
    // It lives on where it is now.
    let _ = again.cycle.remember(&state(31), Some(&draft(31)));
    assert_eq!(again.memory.sync().unwrap().last_crystal, 31);
    again.memory.close().unwrap();
    assert_eq!(
        Memory::open(there.path(), BEING, &small())
            .unwrap()
            .memory
            .view()
            .len(),
        31
    );

    // What was exported is the essence that was durable, with all that it holds.
    let running = opened.memory.statistics();
    opened.memory.close().unwrap();
    assert!(running.writer_running);
}

#[test]
fn a_resting_being_is_exported_too() {
    let here = tempfile::tempdir().unwrap();
    let opened = lived(here.path());
    let expected = crystals(&opened.memory);
    opened.memory.close().unwrap();
    let file = export(here.path());
    erase_being(here.path(), BEING).unwrap();
    import_being(here.path(), &file, None, &mut go_on).unwrap();
    let again = Memory::open(here.path(), BEING, &small()).unwrap();
    assert_eq!(crystals(&again.memory), expected);
    assert!(again.essence().unwrap().clean);
}

#[test]
fn under_another_id_crystals_keep_where_they_come_from() {
    let here = tempfile::tempdir().unwrap();
    let opened = lived(here.path());
    let file = export(here.path());
    let summary = import_being(here.path(), &file, Some(OTHER), &mut go_on).unwrap();
    assert_eq!(summary.being, OTHER);
    let twin = Memory::open(here.path(), OTHER, &small()).unwrap();
    assert_eq!(twin.consent, opened.memory.consent());
    let state = twin.essence().unwrap().state;
    assert_eq!((state.being, state.cycle), (OTHER, 30));
    let (ours, theirs) = (crystals(&opened.memory), crystals(&twin.memory));
    assert_eq!(ours.len(), theirs.len());
    for (one, other) in ours.iter().zip(&theirs) {
        assert_eq!(other, &one.resealed(OTHER, one.sequence()));
        assert_eq!(other.being(), OTHER);
        assert_eq!(other.provenance(), one.provenance());
        assert_eq!(other.provenance().being, BEING);
    }
    let name = |memory: &Memory| memory.catalog().profile().unwrap();
    assert_eq!(name(&twin.memory), name(&opened.memory));
}

#[test]
fn damaged_crystals_and_a_lost_catalogue_do_not_keep_the_rest() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    lived(here.path()).memory.close().unwrap();
    let directory = directory_of(here.path());
    let segments = common::segments(&directory);
    let mut bytes = std::fs::read(&segments[1]).unwrap();
    bytes[4096 + 512 * 3 + 100] ^= 1;
    std::fs::write(&segments[1], bytes).unwrap();
    std::fs::remove_file(directory.join("catalog.redb")).unwrap();
    let file = export(here.path());
    import_being(there.path(), &file, None, &mut go_on).unwrap();
    let again = Memory::open(there.path(), BEING, &small()).unwrap();
    let found: Vec<_> = crystals(&again.memory)
        .iter()
        .map(Crystal::sequence)
        .collect();
    let expected: Vec<_> = (1..=30).filter(|&number| number != 12).collect();
    assert_eq!(found, expected);
    assert_eq!(again.consent, Consent::ALL.with(Sense::Hear, false));
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let here = tempfile::tempdir().unwrap();
    let opened = lived(here.path());
    let file = export(here.path());
    let before = std::fs::read(&file).unwrap();
    let error = export_being(here.path(), BEING, &file, &mut go_on).unwrap_err();
    assert!(matches!(error, ExportError::Exists(_)), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let error = import_being(here.path(), &file, None, &mut go_on).unwrap_err();
    assert!(matches!(error, ImportError::Exists(BEING)), "{error}");
    assert_eq!(crystals(&opened.memory).len(), 30);
    let error = export_being(here.path(), OTHER, &here.path().join("no"), &mut go_on).unwrap_err();
    assert!(matches!(error, ExportError::NoSuchBeing(OTHER)), "{error}");
}

#[test]
fn stopping_leaves_nothing_behind() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _opened = lived(here.path());
    let to = here.path().join("stopped");
    let mut stop = |_| ControlFlow::Break(());
    let error = export_being(here.path(), BEING, &to, &mut stop).unwrap_err();
    assert!(matches!(error, ExportError::Stopped), "{error}");
    assert!(!to.exists());
    let left = |root: &Path| std::fs::read_dir(root).unwrap().count();
    assert_eq!(left(here.path()), 1, "the beings");
    let file = export(here.path());
    let error = import_being(there.path(), &file, None, &mut stop).unwrap_err();
    assert!(matches!(error, ImportError::Stopped), "{error}");
    assert_eq!(left(&there.path().join("beings")), 0);
}

#[test]
fn an_import_that_was_cut_off_is_removed_at_the_next_start() {
    let root = tempfile::tempdir().unwrap();
    let young = root.path().join(format!("beings/.{OTHER}.importing"));
    std::fs::create_dir_all(&young).unwrap();
    std::fs::write(young.join("segment-00000000.crystals"), "half").unwrap();
    assert_eq!(beings_in(root.path()), []);
    drop(Memory::open(root.path(), BEING, &small()).unwrap());
    assert!(!young.exists());
}

#[test]
fn a_segment_that_goes_meanwhile_is_done_without() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _opened = lived(here.path());
    let mut oldest = Some(common::segments(&directory_of(here.path())).remove(0));
    let mut tell = |_| {
        if let Some(path) = oldest.take() {
            std::fs::remove_file(path).unwrap();
        }
        ControlFlow::Continue(())
    };
    let to = here.path().join("ada.being");
    let summary = export_being(here.path(), BEING, &to, &mut tell).unwrap();
    assert_eq!(summary.manifest.crystals, 22);
    import_being(there.path(), &to, None, &mut go_on).unwrap();
    let again = Memory::open(there.path(), BEING, &small()).unwrap();
    assert_eq!(
        crystals(&again.memory).first().map(Crystal::sequence),
        Some(9)
    );
    assert_eq!(again.memory.view().len(), 22);
}

/// One that an older program could read again, and whose oldest moments were given up.
#[test]
fn a_being_of_an_older_version_that_gave_up_moments_travels_as_it_is() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = Options {
        crystal_bytes: 2 * (4096 + 8 * 512),
        ..small()
    };
    drop(lived(here.path()));
    let mut opened = Memory::open(here.path(), BEING, &options).unwrap();
    for number in 31..=50 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    let (kept, consent) = (crystals(&opened.memory), opened.memory.consent());
    assert!(kept[0].sequence() > 30);
    opened.memory.close().unwrap();
    let down = migrate(&directory_of(here.path()), 1).unwrap();
    assert_eq!((down.from, down.to), (ESSENCE_VERSION, 1));
    let file = export(here.path());
    import_being(there.path(), &file, None, &mut go_on).unwrap();
    for root in [here.path(), there.path()] {
        let again = Memory::open(root, BEING, &options).unwrap();
        assert_eq!(crystals(&again.memory), kept);
        assert_eq!(again.report.crystals.missing_at_start, 0);
        assert_eq!(again.report.crystals.missing_at_end, 0);
        assert_eq!(again.consent, consent);
        assert_eq!(again.memory.catalog().consent_changes(99).unwrap().len(), 2);
        let essence = again.essence().unwrap();
        assert_eq!(
            (essence.state, essence.counters.last_crystal),
            (state(50), 50)
        );
    }
}

/// Wear is a board's, not a being's.
#[test]
fn what_another_board_wrote_today_is_not_held_against_this_one() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let opened = lived(here.path());
    opened.memory.wear().count(WearSource::Index, 1 << 40);
    opened.memory.sync().unwrap();
    let file = export(here.path());
    import_being(there.path(), &file, None, &mut go_on).unwrap();
    let again = Memory::open(there.path(), BEING, &small()).unwrap();
    assert_eq!(again.memory.wear().today().index, 0);
    assert_eq!(again.essence().unwrap().state, state(30));
}

/// Alters a byte of the record in `slot` of the first segment.
fn rot(root: &Path, slot: u64) {
    let path = directory_of(root).join("segment-00000000.crystals");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096 + slot as usize * 512 + 100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
}

/// The export says how many crystals it holds before it holds them.
#[test]
fn a_record_that_is_altered_meanwhile_is_not_promised() {
    let root = tempfile::tempdir().unwrap();
    drop(lived(root.path()));
    let mut calls = 0;
    let mut rot_once = |_| {
        calls += 1;
        if calls == 1 {
            rot(root.path(), 3);
        }
        ControlFlow::Continue(())
    };
    let to = root.path().join("ada.being");
    let summary = export_being(root.path(), BEING, &to, &mut rot_once).unwrap();
    assert_eq!(summary.manifest.crystals, 29);
    import_being(root.path(), &to, Some(OTHER), &mut go_on).unwrap();

    // One that goes on losing records is not exported.
    let mut slot = 0;
    let mut rot_on = |_| {
        slot += 1;
        if slot <= 8 && slot != 4 {
            rot(root.path(), slot - 1);
        }
        ControlFlow::Continue(())
    };
    let to = root.path().join("again.being");
    let error = export_being(root.path(), BEING, &to, &mut rot_on).unwrap_err();
    assert!(matches!(error, ExportError::Altered { .. }), "{error}");
    assert!(!to.exists());
}

/// An export looks only: what is damaged is told, and not moved aside to leave without it.
#[test]
fn a_damaged_catalogue_stays_where_it_is_and_the_being_too() {
    let root = tempfile::tempdir().unwrap();
    lived(root.path()).memory.close().unwrap();
    let directory = directory_of(root.path());
    let catalogue = directory.join("catalog.redb");
    let mut bytes = std::fs::read(&catalogue).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(7) {
        *byte ^= 0x55;
    }
    std::fs::write(&catalogue, bytes).unwrap();
    let before = content(&directory);
    let to = root.path().join("ada.being");
    let error = export_being(root.path(), BEING, &to, &mut go_on).unwrap_err();
    let damaged = |error: &ExportError| matches!(error, ExportError::Catalog(CatalogError::Damaged { path, .. }) if *path == catalogue);
    assert!(damaged(&error), "{error}");
    assert!(!to.exists());
    let names = |files: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
        files.iter().map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(names(&content(&directory)), names(&before));
}
