//! Finding what stands in a being's segment files at start.

use super::header::{LONGEST_FILE, place_of};
use super::record::Crystal;
use super::scan::{Scan, Unusable, scan};
use super::segment::Segment;
use crate::files::{Disk, DiskFile, move_aside, open_read_write};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::BeingId;

const PREFIX: &str = "segment-";
const SUFFIX: &str = ".crystals";

/// The file of segment `number`.
pub(crate) fn segment_path(directory: &Path, number: u32) -> PathBuf {
    directory.join(format!("{PREFIX}{number:08}{SUFFIX}"))
}

fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let number = digits.parse().ok()?;
    // Only the one name that this program gives to it.
    (format!("{number:08}") == digits).then_some(number)
}

/// Why the crystals of a being could not be opened. Where a file is refused, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CrystalOpenError {
    /// The file has a segment's name but not its content.
    #[error("{path} is not a crystal segment: move it out of the directory")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by another version.
    #[error(
        "{path} was written by another version (layout {version}): start that version, or move the file away"
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Version of its layout.
        version: u32,
    },
    /// The file belongs to another being.
    #[error(
        "{path} holds crystals of being {found}, not of {expected}: put it back where it belongs"
    )]
    OtherBeing {
        /// The file.
        path: PathBuf,
        /// Whose crystals it holds.
        found: BeingId,
        /// Whose it should hold.
        expected: BeingId,
    },
    /// The file was renamed.
    #[error(
        "{path} is segment {number} under another name: give it its own name back, or move it away"
    )]
    Misnamed {
        /// The file.
        path: PathBuf,
        /// The number in its header.
        number: u32,
    },
    /// Two files claim the same sequence numbers.
    #[error(
        "{path} repeats sequence number {sequence} of the segment before it: move the copy away"
    )]
    Overlap {
        /// The later file.
        path: PathBuf,
        /// Its first sequence number.
        sequence: u64,
    },
    /// The system could not read or map the file or the directory.
    #[error("cannot read {path}: {source}; check the disk, and the owner and rights of the file")]
    System {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What was found when the crystals were opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrystalRecovery {
    /// Segment files read.
    pub segments: u32,
    /// Whole records, all of which can be read.
    pub whole: u64,
    /// Places before the last whole record of a segment that hold none, though they should; they are
    /// skipped.
    pub damaged: u64,
    /// Places without a whole record that nobody had called durable: after the last whole one of a
    /// segment, or after what the essence knew. Their writing was cut off.
    pub torn: u64,
    /// Segments whose header or length is damaged; they are read, but not written to any more.
    pub sealed: u32,
    /// Crystals that were durable by the essence but are no longer there, at the end of the last
    /// segment.
    pub missing_at_end: u64,
    /// Sequence numbers from the first that was meant to be kept to the first that is there: segments
    /// that were lost, not removed by retention.
    pub missing_at_start: u64,
    /// Files without a single whole record that were renamed, and their new names.
    pub moved_aside: Vec<PathBuf>,
}

/// The segment to go on appending to.
pub(crate) struct Unfinished {
    pub(crate) segment: Arc<Segment>,
    pub(crate) file: DiskFile,
    /// Records that a process left which did not live to call them durable: a sync of them may have
    /// failed, and then the system takes for written what it did not write (fsync(2)).
    pub(crate) unproven: Vec<(u32, Crystal)>,
}

pub(crate) struct Recovered {
    pub(crate) report: CrystalRecovery,
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) unfinished: Option<Unfinished>,
    /// Last sequence number that is known to be durable; 0 when none is.
    pub(crate) durable: u64,
    /// Sequence number for the next record.
    pub(crate) next_sequence: u64,
    /// Number for the next segment file.
    pub(crate) next_number: u32,
    /// Segment files that retention gave up but did not get to remove.
    pub(crate) outdated: Vec<Outdated>,
}

/// A segment file that is no longer kept.
#[derive(Debug)]
pub(crate) struct Outdated {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// A segment file that was read, and closed again: there may be more of them than a process may have
/// open.
struct Opened {
    path: PathBuf,
    scan: Scan,
    /// What of the newest file is not known to be durable, and in which slots.
    unproven: Vec<(u32, Crystal)>,
}

/// The segment files of a being as they were found: read, and nothing refused.
pub(crate) struct FoundSegments {
    known_last: u64,
    numbers: Vec<u32>,
    opened: Vec<Opened>,
    hopeless: Vec<PathBuf>,
}

/// Reads every segment of `being` in `directory`, and changes nothing. Crystals up to the one numbered
/// `known_last` are known to be durable, and their numbers are not given out again.
pub(crate) fn find(
    directory: &Path,
    being: BeingId,
    known_last: u64,
) -> Result<FoundSegments, CrystalOpenError> {
    let mut hopeless = Vec::new();
    let mut opened = Vec::new();
    let numbers = list(directory).map_err(|source| CrystalOpenError::System {
        path: directory.to_owned(),
        source,
    })?;
    for &number in &numbers {
        let path = segment_path(directory, number);
        let bytes = read_whole(&path)?;
        match scan(&bytes, being, number) {
            Ok(scan) => {
                let unproven = if numbers.last() == Some(&number) {
                    scan.whole_after(&bytes, known_last)
                } else {
                    // Before another segment is begun, the one before it is durable.
                    Vec::new()
                };
                opened.push(Opened {
                    path,
                    scan,
                    unproven,
                });
            }
            Err(Unusable::Hopeless) => hopeless.push(path),
            Err(unusable) => return Err(refuse(path, being, unusable)),
        }
    }
    let mut end = 1;
    for one in &opened {
        let sequence = one.scan.header.first_sequence;
        if sequence < end {
            return Err(CrystalOpenError::Overlap {
                path: one.path.clone(),
                sequence,
            });
        }
        end = one.scan.header.end_sequence();
    }
    Ok(FoundSegments {
        known_last,
        numbers,
        opened,
        hopeless,
    })
}

/// Makes what was found ready to be read and gone on with.
pub(crate) fn recover(
    found: FoundSegments,
    disk: &dyn Disk,
    directory: &Path,
) -> Result<Recovered, CrystalOpenError> {
    let FoundSegments {
        known_last,
        numbers,
        opened,
        hopeless,
    } = found;
    let mut report = CrystalRecovery::default();
    remove_unfinished_files(disk, directory)?;
    for path in hopeless {
        let aside =
            move_aside(disk, &path).map_err(|source| CrystalOpenError::System { path, source })?;
        report.moved_aside.push(aside);
    }
    let floor = opened.iter().map(|one| one.scan.header.floor).max();
    let floor = floor.unwrap_or(0);
    let (given_up, kept): (Vec<_>, Vec<_>) = opened
        .into_iter()
        .partition(|one| one.scan.header.end_sequence() <= floor);
    if let Some(first) = kept.first().filter(|_| floor > 0) {
        report.missing_at_start = first.scan.header.first_sequence.saturating_sub(floor);
    }
    let next_number = numbers.last().map_or(0, |last| last.saturating_add(1));
    let mut recovered = build(disk, kept, report, known_last, floor, next_number)?;
    recovered.outdated = given_up
        .into_iter()
        .map(|one| Outdated {
            bytes: one.scan.header.file_bytes() as u64,
            path: one.path,
        })
        .collect();
    Ok(recovered)
}

fn build(
    disk: &dyn Disk,
    opened: Vec<Opened>,
    mut report: CrystalRecovery,
    known_last: u64,
    floor: u64,
    next_number: u32,
) -> Result<Recovered, CrystalOpenError> {
    let mut segments = Vec::with_capacity(opened.len());
    let mut unfinished = None;
    let mut next_sequence = 1;
    // What was given up was there once.
    let mut last_whole = floor.saturating_sub(1);
    let count = opened.len();
    for (index, one) in opened.into_iter().enumerate() {
        let Opened {
            path,
            scan,
            unproven,
        } = one;
        let Scan {
            header,
            used,
            damaged,
            torn,
            appendable,
        } = scan;
        report.segments += 1;
        report.whole += u64::from(used) - damaged.len() as u64;
        // A power cut leaves gaps in the last flush: its sectors reach the disk in any order.
        let known =
            damaged.partition_point(|&slot| header.first_sequence + u64::from(slot) <= known_last);
        let last = index + 1 == count;
        let known = if last { known } else { damaged.len() };
        report.damaged += known as u64;
        report.torn += u64::from(torn) + (damaged.len() - known) as u64;
        report.sealed += u32::from(!appendable);
        if used > 0 {
            last_whole = header.first_sequence + u64::from(used) - 1;
        }
        let after_used = header.first_sequence + u64::from(used);
        let resumable = last && appendable && known_last < after_used;
        next_sequence = if resumable {
            after_used
        } else {
            header.end_sequence()
        };
        if used == 0 && !resumable {
            continue;
        }
        let failed = |source| CrystalOpenError::System {
            path: path.clone(),
            source,
        };
        let file = open_read_write(&path).map_err(failed)?;
        let segment = Arc::new(Segment::map(&file.file, header, used, damaged).map_err(failed)?);
        segments.push(Arc::clone(&segment));
        if last && !resumable {
            // Nothing more is appended here, so nobody else would see to it.
            write_again(disk, &file, &unproven).map_err(failed)?;
        }
        if resumable {
            unfinished = Some(Unfinished {
                segment,
                file,
                unproven,
            });
        }
    }
    report.missing_at_end = known_last.saturating_sub(last_whole);
    next_sequence = next_sequence.max(known_last.saturating_add(1));
    let unproven = unfinished.iter().flat_map(|one: &Unfinished| &one.unproven);
    let first = unproven.map(|(_, crystal)| crystal.sequence()).next();
    let durable = first.map_or(last_whole, |first| first - 1);
    Ok(Recovered {
        report,
        segments,
        unfinished,
        durable: durable.max(known_last),
        next_sequence,
        next_number,
        outdated: Vec::new(),
    })
}

/// Makes `records` durable that a process left in these slots of `file`.
fn write_again(disk: &dyn Disk, file: &DiskFile, records: &[(u32, Crystal)]) -> io::Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    for (slot, crystal) in records {
        disk.write_at(file, crystal.to_bytes(), place_of(*slot))?;
    }
    disk.sync(file)
}

/// The numbers of the segment files in `directory`, in order.
pub(crate) fn list(directory: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name();
        if let Some(number) = name.to_str().and_then(segment_number) {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes segment files whose creation a crash cut off: they never held a record.
fn remove_unfinished_files(disk: &dyn Disk, directory: &Path) -> Result<(), CrystalOpenError> {
    let failed = |source| CrystalOpenError::System {
        path: directory.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let young = name.to_str().and_then(|name| name.strip_suffix(".new"));
        if young.and_then(segment_number).is_some() {
            disk.remove(&entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// The bytes of a file, as far as a segment may be long.
pub(crate) fn read_segment(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more, so that a longer file is seen to be none that was made here.
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_whole(path: &Path) -> Result<Vec<u8>, CrystalOpenError> {
    let read = || read_segment(&open_read_write(path)?.file);
    read().map_err(|source| CrystalOpenError::System {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn refuse(path: PathBuf, expected: BeingId, unusable: Unusable) -> CrystalOpenError {
    match unusable {
        Unusable::OtherVersion(version) => CrystalOpenError::OtherVersion { path, version },
        Unusable::OtherBeing(found) => CrystalOpenError::OtherBeing {
            path,
            found,
            expected,
        },
        Unusable::Misnamed(number) => CrystalOpenError::Misnamed { path, number },
        Unusable::Foreign | Unusable::Hopeless => CrystalOpenError::Foreign { path },
    }
}
