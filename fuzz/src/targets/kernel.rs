//! What the engine reads.

use super::sealing::seal_at;
use std::io::Cursor;
use triune_engine::{AtDifference, FaultPlan, Reader, replay};
use triune_memory::StoreFault;

/// Entries and steps that the head of one block may state (see the format's own bounds), rounded up.
const MOST_IN_A_BLOCK: usize = 1 << 16;
/// Bytes of the file's head, and of a block's.
const FILE_HEAD: usize = 44;
const BLOCK_HEAD: usize = 56;
/// Bytes of the index for one block.
const INDEX_ROW: usize = 24;

/// A recording, as it is and with checksums that agree: read to its end, sought in, replayed.
pub fn recording(bytes: &[u8]) {
    read(bytes);
    read(&sealed(bytes));
}

fn read(bytes: &[u8]) {
    let open = || Reader::new(Cursor::new(bytes)).ok();
    let Some(mut reader) = open() else {
        return;
    };
    // The index may name so many, the same ones too.
    let blocks = bytes.len() / INDEX_ROW + 1;
    drain(&mut reader, blocks);
    reader.seek_to_cycle(2);
    drain(&mut reader, blocks);
    reader.seek_to_cycle(u64::MAX);
    drain(&mut reader, blocks);
    // Damage is told by an error, another outcome in the report: neither may be a panic.
    for at_difference in [AtDifference::Stop, AtDifference::GoOn] {
        if let Some(mut reader) = open() {
            let _ = replay(&mut reader, at_difference, |_| {});
        }
    }
}

/// Behind each damage the reader goes on with the next block.
fn drain(reader: &mut Reader<Cursor<&[u8]>>, blocks: usize) {
    let (mut entries, mut damages) = (0_usize, 0_usize);
    loop {
        match reader.next_entry() {
            Ok(Some(_)) => entries += 1,
            Ok(None) => break,
            Err(_) => damages += 1,
        }
        assert!(entries <= blocks * MOST_IN_A_BLOCK, "more than was stated");
        assert!(damages <= blocks + 1, "damage is told once a place");
    }
}

/// The same bytes with every checksum that can be found made to agree: of the head, and of the blocks
/// that follow one another.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    seal_at(&mut bytes, 16..FILE_HEAD - 4, FILE_HEAD - 4);
    let mut at = FILE_HEAD;
    while bytes.get(at..at + 4) == Some(b"BLCK") {
        let Some(packed) = bytes
            .get(at + 4..at + 8)
            .and_then(|four| four.try_into().ok())
            .map(|four| u32::from_le_bytes(four) as usize)
        else {
            break;
        };
        let body = at + BLOCK_HEAD;
        seal_at(&mut bytes, body..body.saturating_add(packed), at + 28);
        seal_at(&mut bytes, at..body - 4, body - 4);
        at = body.saturating_add(packed);
    }
    bytes
}

/// A plan of faults, and faults of the store: what is shown of them is read as the same.
pub fn faults(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(plan) = text.parse::<FaultPlan>() {
        assert_eq!(plan.to_string().parse(), Ok(plan));
    }
    if let Ok(fault) = text.parse::<StoreFault>() {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
}
