//! Putting crystals back into segment files under their own sequence numbers.

use crate::crystals::{Crystal, RECORD_BYTES, SegmentHeader, segment_path};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use triune_core::BeingId;

/// Records in a segment: few files for a being with many, and little memory while they are put
/// together.
const CAPACITY: u64 = 8192;
/// Missing records that are kept as empty slots; a longer gap begins a new segment, so that a file
/// with strange numbers cannot fill the disk.
const GAP: u64 = 8;

/// Writes segments that are full from the beginning: the being's next crystal begins another.
pub(crate) struct SegmentWriter {
    directory: PathBuf,
    being: BeingId,
    number: u32,
    first: u64,
    /// The first sequence number of all; what lies below was given up before the export.
    floor: Option<u64>,
    slots: Vec<u8>,
}

impl SegmentWriter {
    /// Segments of `being` in `directory`, where there are none yet.
    pub(crate) fn new(directory: PathBuf, being: BeingId) -> Self {
        Self {
            directory,
            being,
            number: 0,
            first: 1,
            floor: None,
            slots: Vec::new(),
        }
    }

    /// Adds a crystal, whose sequence number is higher than that of the one before.
    ///
    /// # Errors
    /// What the system says of the segment before it.
    pub(crate) fn push(&mut self, crystal: &Crystal) -> io::Result<()> {
        let sequence = crystal.sequence();
        self.floor.get_or_insert(sequence);
        let gap = sequence.saturating_sub(self.next());
        if gap > GAP || self.used() + gap >= CAPACITY {
            self.finish()?;
        }
        if self.slots.is_empty() {
            self.first = sequence;
        }
        let length = (sequence - self.first) as usize * RECORD_BYTES;
        self.slots.resize(length, 0);
        self.slots.extend_from_slice(crystal.to_bytes());
        Ok(())
    }

    /// Writes the segment that is being filled, durably.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if self.slots.is_empty() {
            return Ok(());
        }
        let header = SegmentHeader {
            being: self.being,
            number: self.number,
            capacity: self.used() as u32,
            first_sequence: self.first,
            floor: self.floor.unwrap_or(0),
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(segment_path(&self.directory, self.number))?;
        file.write_all(&header.to_page())?;
        file.write_all(&self.slots)?;
        file.sync_all()?;
        self.number = self
            .number
            .checked_add(1)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        self.slots.clear();
        Ok(())
    }

    fn used(&self) -> u64 {
        (self.slots.len() / RECORD_BYTES) as u64
    }

    fn next(&self) -> u64 {
        self.first + self.used()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::BootId;
    use crate::crystals::{CrystalStore, Provenance, Stamp};
    use triune_core::{CrystalDraft, Timestamp};
    use zerocopy::FromZeros;

    const BEING: BeingId = BeingId(3);

    fn crystal(sequence: u64) -> Crystal {
        let draft = CrystalDraft {
            being: BEING,
            ..CrystalDraft::new_zeroed()
        };
        let from = Provenance {
            being: BEING,
            board: [0; 16],
            sequence: 0,
        };
        let stamp = Stamp::of(Timestamp(sequence), BootId::UNKNOWN);
        Crystal::seal(&draft, sequence, stamp, from)
    }

    /// Small gaps are empty slots; one that would take the disk begins another file.
    #[test]
    #[cfg_attr(miri, ignore = "makes files")]
    fn strange_numbers_are_read_back_and_take_little_space() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = SegmentWriter::new(directory.path().to_owned(), BEING);
        let numbers: Vec<u64> = [2, 3, 6, 100, 1 << 40]
            .into_iter()
            .chain(200_000_000_000_000..200_000_000_010_000)
            .collect();
        for &number in &numbers {
            writer.push(&crystal(number)).unwrap();
        }
        writer.finish().unwrap();
        let files = std::fs::read_dir(directory.path()).unwrap();
        let sizes: Vec<u64> = files
            .map(|file| file.unwrap().metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), 5, "{sizes:?}");
        assert!(
            sizes.iter().all(|&size| size <= 4096 + 512 * CAPACITY),
            "{sizes:?}"
        );
        let (mut store, report) = CrystalStore::open(directory.path(), BEING, 8, 0).unwrap();
        let found: Vec<u64> = store
            .reader()
            .view()
            .iter()
            .map(Crystal::sequence)
            .collect();
        assert_eq!(found, numbers);
        assert_eq!((report.damaged, report.torn, report.sealed), (2, 0, 0));
        assert_eq!(store.adopt(&crystal(1)).unwrap(), 200_000_000_010_000);
    }
}
