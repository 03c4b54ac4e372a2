//! What memory reads.

use super::scratch::with_file;
use triune_core::{BeingId, Embedding};
use triune_memory::crystals::{Crystal, CrystalStore, RECORD_BYTES};
use triune_memory::essence::{EssenceFile, EssenceRecovery};

/// Whose files they should be.
const BEING: BeingId = BeingId::FIRST;
/// Records of a segment that a store would create itself.
const RECORDS: u32 = 2;

/// A crystal record, as it is and with a checksum that agrees, which chance would never find.
pub fn crystal(bytes: &[u8]) {
    look_at(bytes);
    let mut sealed = [0_u8; RECORD_BYTES];
    let known = bytes.len().min(RECORD_BYTES);
    sealed[..known].copy_from_slice(&bytes[..known]);
    sealed[..4].copy_from_slice(b"CRYS");
    let checksum = crc32c::crc32c(&sealed[..RECORD_BYTES - 4]);
    sealed[RECORD_BYTES - 4..].copy_from_slice(&checksum.to_le_bytes());
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

/// A segment file: recovered, searched, appended to by nobody, opened again to the same end.
pub fn segment(bytes: &[u8]) {
    with_file("segment-00000000.crystals", bytes, |folder| {
        let Ok((store, _)) = CrystalStore::open(folder, BEING, RECORDS, 0) else {
            return;
        };
        let reader = store.reader();
        let found = reader.view().iter().count() as u64;
        assert_eq!(found, reader.view().len());
        let _ = reader.recall(&Embedding([0.5; 64]), 3);
        let _ = reader.by_time(..);
        let newest = reader.recent(1).first().map(Crystal::sequence);
        drop(store);
        let (again, _) = CrystalStore::open(folder, BEING, RECORDS, 0).expect("recovered once");
        let newest_again = again.reader().recent(1).first().map(Crystal::sequence);
        assert_eq!(newest, newest_again, "recovery settles");
    });
}

/// An essence file: recovered, written to, read back.
pub fn essence(bytes: &[u8]) {
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
