//! Exports that are cut, damaged, foreign or newer: a typed error each, and nothing left behind.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{BEING, draft, small, state};
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;
use triune_memory::Memory;
use triune_memory::catalog::Profile;
use triune_memory::transfer::{
    FormatError, ImportError, Progress, export_being, import_being, verify_export,
};

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A whole export.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let root = tempfile::tempdir().unwrap();
    let mut opened = Memory::open(root.path(), BEING, &small()).unwrap();
    let profile = Profile::new("Ada", "").unwrap();
    opened.memory.catalog().set_profile(&profile).unwrap();
    for number in 1..=200 {
        let _ = opened.cycle.remember(&state(number), Some(&draft(number)));
    }
    opened.memory.sync().unwrap();
    let to = root.path().join("ada.being");
    export_being(root.path(), BEING, &to, &mut go_on).unwrap();
    std::fs::read(&to).unwrap()
});

fn import(bytes: &[u8], root: &Path) -> Result<(), ImportError> {
    let file = root.join("file");
    std::fs::write(&file, bytes).unwrap();
    let imported = import_being(root, &file, None, &mut go_on);
    std::fs::remove_file(&file).unwrap();
    imported.map(|_| ())
}

/// Imports and expects a refusal for which nothing is left behind.
fn refused(bytes: &[u8]) -> FormatError {
    let root = tempfile::tempdir().unwrap();
    let error = match import(bytes, root.path()).unwrap_err() {
        ImportError::Format(error) => error,
        other => panic!("unexpected: {other}"),
    };
    let beings = root.path().join("beings");
    let left = std::fs::read_dir(beings).map_or(0, Iterator::count);
    assert_eq!(left, 0, "{error}");
    assert!(verify_export(bytes).is_err());
    error
}

#[test]
fn what_is_no_export_is_told_as_such() {
    for foreign in [
        &b""[..],
        b"TRIUNE",
        b"PK\x03\x04 and so on and so on",
        &[0; 4096],
    ] {
        let error = refused(foreign);
        assert!(matches!(error, FormatError::Foreign), "{error}");
    }
}

#[test]
fn a_newer_format_is_told_as_such() {
    let mut bytes = WHOLE.clone();
    bytes[8] = 2;
    let error = refused(&bytes);
    assert!(matches!(error, FormatError::Newer(2)), "{error}");
    bytes[8] = 0;
    assert!(matches!(refused(&bytes), FormatError::Damaged(_)));
}

#[test]
fn lengths_of_gigabytes_are_not_believed() {
    let mut bytes = WHOLE.clone();
    bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(refused(&bytes), FormatError::Damaged(_)));
    let first_block = 16 + u32::from_le_bytes(WHOLE[12..16].try_into().unwrap()) as usize + 4;
    for field in [4, 8] {
        let mut bytes = WHOLE.clone();
        bytes[first_block + field..][..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(refused(&bytes), FormatError::Damaged(_)));
    }
}

#[test]
fn what_follows_the_end_is_not_passed_over() {
    let mut bytes = WHOLE.clone();
    bytes.push(0);
    assert!(matches!(refused(&bytes), FormatError::Damaged(_)));
}

#[test]
fn crystals_survive_compression_and_shrink() {
    let raw = 200 * 512;
    assert!(
        WHOLE.len() < raw,
        "{} bytes for {raw} of crystals",
        WHOLE.len()
    );
    assert!(verify_export(WHOLE.as_slice()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_cut_export_is_refused(cut in any::<prop::sample::Index>()) {
        let length = cut.index(WHOLE.len());
        let error = refused(&WHOLE[..length]);
        let expected = if length < 8 {
            matches!(error, FormatError::Foreign)
        } else {
            matches!(error, FormatError::Cut)
        };
        prop_assert!(expected, "{} bytes: {}", length, error);
    }

    #[test]
    fn a_single_flipped_bit_is_refused(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = WHOLE.clone();
        bytes[place.index(WHOLE.len())] ^= 1_u8 << bit;
        let _ = refused(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Nothing that a stranger sends makes the reader panic or hang.
    #[test]
    fn any_bytes_are_read_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
        tail in prop::collection::vec(any::<u8>(), 0..400),
        keep in any::<prop::sample::Index>(),
        fresh in any::<bool>(),
    ) {
        let mut bytes = if fresh { Vec::new() } else { WHOLE[..keep.index(WHOLE.len())].to_vec() };
        bytes.extend_from_slice(&tail);
        for (place, value) in edits {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
        }
        let _ = verify_export(bytes.as_slice());
    }
}
