//! Appending crystals: the writer thread's end.

use super::header::{HEADER_BYTES, SegmentHeader};
use super::reader::{CrystalReader, SharedSegments};
use super::record::{Crystal, Provenance, RECORD_BYTES, Stamp};
use super::recovery::{CrystalOpenError, CrystalRecovery, Recovered, recover, segment_path};
use super::segment::Segment;
use crate::files::create_whole;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::{BeingId, CrystalDraft};

/// Bytes that a disk writes at least; what a flush costs is counted in these.
const DISK_PAGE: usize = 4096;

/// Why a crystal was not appended or made durable. The call may be repeated; nothing that was
/// durable is touched.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A new segment cannot be created.
    #[error("cannot create {path}: {source}; free some space or make the directory writable")]
    Create {
        /// The segment file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A record cannot be written or made durable.
    #[error("cannot write {path}: {source}; check the disk")]
    Write {
        /// The segment file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The draft is another being's moment.
    #[error("a moment of being {found} was handed to the memory of {expected}: hand it to its own")]
    OtherBeing {
        /// Whose moment it is.
        found: BeingId,
        /// Whose memory this is.
        expected: BeingId,
    },
    /// All segment or sequence numbers have been given out.
    #[error("this memory has used up its segment numbers: export the being and begin a new memory")]
    Exhausted,
}

impl AppendError {
    /// What the system said, if it was the system.
    #[must_use]
    pub fn source_error(&self) -> Option<&io::Error> {
        match self {
            Self::Create { source, .. } | Self::Write { source, .. } => Some(source),
            Self::OtherBeing { .. } | Self::Exhausted => None,
        }
    }
}

/// The segment that is appended to.
#[derive(Debug)]
struct Active {
    segment: Arc<Segment>,
    file: File,
    path: PathBuf,
    next_slot: u32,
    /// Records that are not known to be durable; they fill the slots before `next_slot`.
    pending: Vec<Crystal>,
    /// A sync failed: the system may have dropped what it had not written, so write it again.
    rewrite: bool,
}

/// The crystals of one being, to append to. Its directory must be locked by the caller.
#[derive(Debug)]
pub struct CrystalStore {
    directory: PathBuf,
    being: BeingId,
    records_per_segment: u32,
    segments: SharedSegments,
    active: Option<Active>,
    next_sequence: u64,
    next_number: u32,
    durable: u64,
    bytes_written: u64,
}

impl CrystalStore {
    /// Opens the crystals of `being` in `directory`, an existing one, and recovers them.
    ///
    /// `records_per_segment` (1 to 2^20) is for new segments; sequence numbers up to `known_last` are
    /// not given out again.
    ///
    /// # Errors
    /// See [`CrystalOpenError`]; damage is no error but told in the [`CrystalRecovery`].
    pub fn open(
        directory: &Path,
        being: BeingId,
        records_per_segment: u32,
        known_last: u64,
    ) -> Result<(Self, CrystalRecovery), CrystalOpenError> {
        let Recovered {
            report,
            segments,
            unfinished,
            last_whole,
            next_sequence,
            next_number,
        } = recover(directory, being, known_last)?;
        let active = unfinished.map(|unfinished| Active {
            next_slot: unfinished.segment.used(),
            segment: unfinished.segment,
            file: unfinished.file,
            path: unfinished.path,
            pending: Vec::new(),
            rewrite: false,
        });
        let store = Self {
            directory: directory.to_owned(),
            being,
            records_per_segment,
            segments: SharedSegments::new(segments),
            active,
            next_sequence,
            next_number,
            durable: last_whole.max(known_last),
            bytes_written: 0,
        };
        Ok((store, report))
    }

    /// Appends a moment and returns its sequence number. Readers see it at once; it is durable after
    /// the next [`CrystalStore::sync`].
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append(
        &mut self,
        draft: &CrystalDraft,
        stamp: Stamp,
        from: Provenance,
    ) -> Result<u64, AppendError> {
        self.append_told(draft, stamp, from, None)
    }

    /// The same, with the words that were told at that moment in the summary.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append_told(
        &mut self,
        draft: &CrystalDraft,
        stamp: Stamp,
        from: Provenance,
        told: Option<&str>,
    ) -> Result<u64, AppendError> {
        if draft.being != self.being {
            return Err(AppendError::OtherBeing {
                found: draft.being,
                expected: self.being,
            });
        }
        let sequence = self.next_sequence;
        let active = self.room()?;
        let crystal = Crystal::seal_told(draft, sequence, stamp, from, told);
        active.write(active.next_slot, &crystal)?;
        active.next_slot += 1;
        active.pending.push(crystal);
        active.segment.publish(active.next_slot);
        self.next_sequence += 1;
        Ok(sequence)
    }

    /// Makes everything appended durable and returns the last durable sequence number.
    ///
    /// # Errors
    /// See [`AppendError`]; what was not durable is written again by the next call.
    pub fn sync(&mut self) -> Result<u64, AppendError> {
        if let Some(active) = &mut self.active
            && !active.pending.is_empty()
        {
            self.bytes_written += active.sync()?;
            self.durable = self.next_sequence - 1;
        }
        Ok(self.durable)
    }

    /// Last sequence number that was durable, in this run or an earlier one; 0 before the first.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.durable
    }

    /// Records that are appended but not known to be durable.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.active
            .as_ref()
            .map_or(0, |active| active.pending.len())
    }

    /// Bytes handed to the disk since opening, in whole pages.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written
    }

    /// A reader of these crystals.
    #[must_use]
    pub fn reader(&self) -> CrystalReader {
        CrystalReader::new(self.segments.clone())
    }

    /// The active segment, with room for one record at least.
    fn room(&mut self) -> Result<&mut Active, AppendError> {
        let full = self
            .active
            .as_ref()
            .is_none_or(|active| active.next_slot >= active.segment.header().capacity);
        if full {
            // Nothing may be left behind that is not durable.
            self.sync()?;
            let active = self.begin_segment()?;
            self.segments.add(Arc::clone(&active.segment));
            self.active = Some(active);
        }
        self.active.as_mut().ok_or(AppendError::Exhausted)
    }

    fn begin_segment(&mut self) -> Result<Active, AppendError> {
        let header = SegmentHeader {
            being: self.being,
            number: self.next_number,
            capacity: self.records_per_segment,
            first_sequence: self.next_sequence,
        };
        let following = self
            .next_number
            .checked_add(1)
            .ok_or(AppendError::Exhausted)?;
        let path = segment_path(&self.directory, self.next_number);
        let begin = || -> io::Result<(File, Segment)> {
            let file = create_whole(&path, &header.to_page(), header.file_bytes())?;
            let segment = Segment::map(&file, header, 0, Vec::new())?;
            Ok((file, segment))
        };
        let (file, segment) = begin().map_err(|source| AppendError::Create {
            path: path.clone(),
            source,
        })?;
        self.next_number = following;
        self.bytes_written += header.file_bytes() as u64;
        let segment = Arc::new(segment);
        Ok(Active {
            segment,
            file,
            path,
            next_slot: 0,
            pending: Vec::new(),
            rewrite: false,
        })
    }
}

impl Active {
    fn write(&self, slot: u32, crystal: &Crystal) -> Result<(), AppendError> {
        let offset = HEADER_BYTES as u64 + u64::from(slot) * RECORD_BYTES as u64;
        self.file
            .write_all_at(crystal.to_bytes(), offset)
            .map_err(|source| self.failed(source))
    }

    fn sync(&mut self) -> Result<u64, AppendError> {
        let first = self.next_slot - self.pending.len() as u32;
        if self.rewrite {
            for (slot, crystal) in (first..).zip(&self.pending) {
                self.write(slot, crystal)?;
            }
        }
        if let Err(source) = self.file.sync_data() {
            self.rewrite = true;
            return Err(self.failed(source));
        }
        self.rewrite = false;
        self.pending.clear();
        let records_per_page = (DISK_PAGE / RECORD_BYTES) as u32;
        let pages = self.next_slot.div_ceil(records_per_page) - first / records_per_page;
        Ok(u64::from(pages) * DISK_PAGE as u64)
    }

    fn failed(&self, source: io::Error) -> AppendError {
        AppendError::Write {
            path: self.path.clone(),
            source,
        }
    }
}
