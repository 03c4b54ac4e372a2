//! Looking into a being's segment files without opening them for writing, while it runs or not.

use super::header::{FoundHeader, HEADER_BYTES, SegmentHeader};
use super::record::{Crystal, RECORD_BYTES};
use super::recovery::{CrystalOpenError, list, read_segment, refuse, segment_path};
use super::scan::{Unusable, scan};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use triune_core::BeingId;

/// A segment file and the records that were durable in it when it was looked at.
#[derive(Debug)]
pub(crate) struct SegmentLook {
    path: PathBuf,
    number: u32,
    used: u32,
    whole: u64,
}

/// Finds the segment files of `being` in `directory` and makes durable what they hold now.
///
/// # Errors
/// See [`CrystalOpenError`]; files without a single whole record are passed over.
pub(crate) fn look(directory: &Path, being: BeingId) -> Result<Vec<SegmentLook>, CrystalOpenError> {
    let mut looks = Vec::new();
    let mut floor = 0;
    for number in list(directory).map_err(|source| system(directory, source))? {
        let path = segment_path(directory, number);
        let (file, bytes) = read(&path)?;
        match scan(&bytes, being, number) {
            Ok(scan) => {
                file.sync_data().map_err(|source| system(&path, source))?;
                floor = floor.max(scan.header.floor);
                let look = SegmentLook {
                    path,
                    number,
                    used: scan.used,
                    whole: u64::from(scan.used) - scan.damaged.len() as u64,
                };
                looks.push((scan.header.end_sequence(), look));
            }
            Err(Unusable::Hopeless) => {}
            Err(unusable) => return Err(refuse(path, being, unusable)),
        }
    }
    // What retention gave up is no part of the being any more, even while its file is there.
    let kept = looks.into_iter().filter(|(end, _)| *end > floor);
    Ok(kept.map(|(_, look)| look).collect())
}

impl SegmentLook {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whole records in it.
    pub(crate) fn whole(&self) -> u64 {
        self.whole
    }

    /// The whole records, in order.
    ///
    /// # Errors
    /// See [`CrystalOpenError`].
    pub(crate) fn records(&self, being: BeingId) -> Result<Vec<Crystal>, CrystalOpenError> {
        let (_, bytes) = read(&self.path)?;
        let scan = scan(&bytes, being, self.number)
            .map_err(|unusable| refuse(self.path.clone(), being, unusable))?;
        let records = bytes.get(HEADER_BYTES..).unwrap_or_default();
        Ok((0..self.used.min(scan.used))
            .zip(records.chunks_exact(RECORD_BYTES))
            .filter(|(slot, _)| scan.damaged.binary_search(slot).is_err())
            .filter_map(|(_, bytes)| Crystal::read(bytes))
            .collect())
    }
}

/// How many records the segment files in `directory` hold, without reading them all: slots fill in
/// order. Damaged ones are counted too; a file that cannot be read counts for none.
pub(crate) fn count_records(directory: &Path) -> u64 {
    let numbers = list(directory).unwrap_or_default();
    numbers
        .into_iter()
        .filter_map(|number| used_slots(&segment_path(directory, number)).ok())
        .sum()
}

fn used_slots(path: &Path) -> io::Result<u64> {
    let file = File::open(path)?;
    let mut head = vec![0; HEADER_BYTES];
    let read = file.read_at(&mut head, 0)?;
    let FoundHeader::Whole { header, .. } = SegmentHeader::read(&head[..read]) else {
        return Ok(0);
    };
    let (mut used, mut free) = (0, u64::from(header.capacity));
    while used < free {
        let middle = used.midpoint(free);
        let mut magic = [0; 4];
        let offset = HEADER_BYTES as u64 + middle * RECORD_BYTES as u64;
        let there = file.read_at(&mut magic, offset)?;
        if there > 0 && magic != [0; 4] {
            used = middle + 1;
        } else {
            free = middle;
        }
    }
    Ok(used)
}

fn read(path: &Path) -> Result<(File, Vec<u8>), CrystalOpenError> {
    let read = || -> io::Result<(File, Vec<u8>)> {
        let file = File::open(path)?;
        let bytes = read_segment(&file)?;
        Ok((file, bytes))
    };
    read().map_err(|source| system(path, source))
}

fn system(path: &Path, source: io::Error) -> CrystalOpenError {
    CrystalOpenError::System {
        path: path.to_owned(),
        source,
    }
}
