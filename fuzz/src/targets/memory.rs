//! What memory reads.

use super::scratch::with_file;
use super::sealing::seal_at;
use std::fs;
use std::ops::ControlFlow;
use triune_core::{BeingId, Embedding};
use triune_memory::crystals::{Crystal, CrystalStore, RECORD_BYTES, scan_bytes};
use triune_memory::essence::{EssenceFile, EssenceRecovery, read_page};
use triune_memory::search::examine_index;
use triune_memory::transfer::{import_being, verify_export};

/// Whose files they should be.
const BEING: BeingId = BeingId::FIRST;
/// Records of a segment that a store would create itself.
const RECORDS: u32 = 2;
/// Records of the segment before an index, and its bytes.
const INDEXED: u32 = 6;
const INDEXED_SEGMENT: usize = PAGE + INDEXED as usize * RECORD_BYTES;
/// Bytes of an index's head and of one of its rows, and where in the head the number of rows stands.
const INDEX_HEAD: usize = 64;
const INDEX_ROW: usize = 24 + 128 + 192;
const INDEX_ROWS_AT: usize = 32;
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

/// A segment with its index behind it, as it is and with head and checksum that agree: an index that
/// is believed can be searched and goes on growing.
pub fn index_file(bytes: &[u8]) {
    let (segment, index) = bytes.split_at(bytes.len().min(INDEXED_SEGMENT));
    with_file("segment-00000000.crystals", segment, |folder| {
        let Ok((store, _)) = CrystalStore::open(folder, BEING, INDEXED, 0) else {
            return;
        };
        for index in [index.to_vec(), sealed_index(index)] {
            fs::write(folder.join("moments-1.index"), &index).expect("the file can be written");
            if let Ok(covered) = examine_index(folder, BEING, &store.reader()) {
                let rows = (index.len() - INDEX_HEAD) / INDEX_ROW;
                assert_eq!(covered, Some(rows as u64));
            }
        }
    });
}

/// The index with as many rows as it has room for, and a checksum that agrees.
fn sealed_index(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(body) = bytes.len().checked_sub(INDEX_HEAD + 4) {
        let rows = body / INDEX_ROW;
        bytes.truncate(INDEX_HEAD + rows * INDEX_ROW + 4);
        bytes[INDEX_ROWS_AT..INDEX_ROWS_AT + 8].copy_from_slice(&(rows as u64).to_le_bytes());
        let end = bytes.len() - 4;
        seal_at(&mut bytes, 0..end, end);
    }
    bytes
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
