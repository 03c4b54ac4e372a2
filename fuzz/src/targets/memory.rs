//! What memory reads.

use super::scratch::with_file;
use super::sealing::seal_at;
use std::ops::ControlFlow;
use triune_core::{BeingId, Embedding};
use triune_memory::crystals::{Crystal, CrystalStore, RECORD_BYTES, scan_bytes};
use triune_memory::essence::{EssenceFile, EssenceRecovery, read_page};
use triune_memory::transfer::{import_being, verify_export};

/// Whose files they should be.
const BEING: BeingId = BeingId::FIRST;
/// Records of a segment that a store would create itself.
const RECORDS: u32 = 2;
/// Bytes of an essence page.
const PAGE: usize = 4096;
/// Bytes before an export's manifest, and before the records of one of its blocks.
const EXPORT_HEAD: usize = 16;

/// A crystal record, as it is and with a checksum that agrees, which chance would never find.
pub fn crystal(bytes: &[u8]) {
    look_at(bytes);
    let mut sealed = [0_u8; RECORD_BYTES];
    let known = bytes.len().min(RECORD_BYTES);
    sealed[..known].copy_from_slice(&bytes[..known]);
    sealed[..4].copy_from_slice(b"CRYS");
    seal_at(&mut sealed, 0..RECORD_BYTES - 4, RECORD_BYTES - 4);
    look_at(&sealed);
}

fn look_at(bytes: &[u8]) {
    let Some(crystal) = Crystal::read(bytes) else {
        return;
    };
    assert_eq!(crystal.to_bytes(), bytes, "a record is its bytes");
    let _ = format!(
        "{crystal:?} {:?} {:?} {}",
        crystal.kind(),
        crystal.provenance(),
        crystal.summary()
    );
}

/// A segment file: looked at, recovered, searched, appended to by nobody, opened again to the same end.
pub fn segment(bytes: &[u8]) {
    for crystal in scan_bytes(bytes, BEING, 0) {
        assert_eq!(crystal.being(), BEING, "nobody else's moments");
    }
    with_file("segment-00000000.crystals", bytes, |folder| {
        let Ok((store, _)) = CrystalStore::open(folder, BEING, RECORDS, 0) else {
            return;
        };
        let reader = store.reader();
        let found = reader.view().iter().count() as u64;
        assert_eq!(found, reader.view().len());
        let _ = reader.recall(&Embedding([0.5; 64]), 3);
        let newest = reader.newest_sequence();
        drop(store);
        let (again, _) = CrystalStore::open(folder, BEING, RECORDS, 0).expect("recovered once");
        let newest_again = again.reader().newest_sequence();
        assert_eq!(newest, newest_again, "recovery settles");
    });
}

/// An essence file, as it is and with checksums that agree: recovered, written to, read back.
pub fn essence(bytes: &[u8]) {
    recover_essence(bytes);
    let mut sealed = bytes.to_vec();
    for start in (0..bytes.len()).step_by(PAGE) {
        seal_at(&mut sealed, start..start + PAGE - 4, start + PAGE - 4);
        if let Some(essence) = sealed.get(start..start + PAGE).and_then(read_page) {
            let _ = format!("{essence:?}");
        }
    }
    recover_essence(&sealed);
}

fn recover_essence(bytes: &[u8]) {
    with_file("essence", bytes, |folder| {
        let Ok((mut file, recovery)) = EssenceFile::open(folder, BEING) else {
            return;
        };
        let Some(essence) = recovery.essence().copied() else {
            return;
        };
        assert_eq!(essence.state.being, BEING, "nobody else's state");
        if file.write(&essence).is_ok() {
            drop(file);
            let again = EssenceFile::open(folder, BEING).expect("just written").1;
            assert!(matches!(
                again,
                EssenceRecovery::Whole(_) | EssenceRecovery::FellBack(_)
            ));
        }
    });
}

/// A being's export, as it is and with the checksums of its blocks made to agree: looked through, and
/// taken in where that found nothing wrong.
pub fn export(bytes: &[u8]) {
    take_in(bytes);
    let mut sealed = bytes.to_vec();
    seal_export(&mut sealed);
    take_in(&sealed);
}

fn take_in(bytes: &[u8]) {
    let is_whole = verify_export(bytes).is_ok();
    // Most are not, and a whole import takes milliseconds.
    if !is_whole {
        return;
    }
    with_file("from.being", bytes, |folder| {
        let from = folder.join("from.being");
        let root = tempfile::tempdir_in(folder).expect("a folder can be made");
        let mut go_on = |_| ControlFlow::Continue(());
        let imported = import_being(root.path(), &from, Some(BEING), &mut go_on);
        let here = triune_memory::list_beings(root.path()).map_or(0, |beings| beings.len());
        assert_eq!(here, usize::from(imported.is_ok()), "whole or not at all");
    });
}

/// Makes the manifest's checksum agree, and each block's.
fn seal_export(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| -> Option<usize> {
        let four = bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
    };
    let Some(manifest) = number(bytes, 12) else {
        return;
    };
    let end = EXPORT_HEAD.saturating_add(manifest);
    seal_at(bytes, 0..end, end);
    let mut at = end.saturating_add(4);
    while let Some(packed) = number(bytes, at.saturating_add(8)) {
        let body = at + EXPORT_HEAD;
        let covered = bytes.get(at..at + 12).map(crc32c::crc32c);
        let (Some(head), Some(records)) = (covered, bytes.get(body..body.saturating_add(packed)))
        else {
            break;
        };
        let checksum = crc32c::crc32c_append(head, records);
        bytes[at + 12..body].copy_from_slice(&checksum.to_le_bytes());
        at = body + packed;
    }
}
