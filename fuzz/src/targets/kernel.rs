//! What the engine reads.

use std::io::Cursor;
use triune_engine::{Reader, replay};

/// A recording: read to its end, then replayed.
pub fn recording(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(Cursor::new(bytes)) else {
        return;
    };
    let mut entries = 0_usize;
    while let Ok(Some(_)) = reader.next_entry() {
        entries += 1;
        assert!(
            entries <= 255 * bytes.len(),
            "more entries than so many bytes can hold"
        );
    }
    let mut again = Reader::new(Cursor::new(bytes)).expect("it was read before");
    // Damage is told by an error, another outcome in the report: neither may be a panic.
    let _ = replay(&mut again, |_, _| {});
}
