//! Appending crystals: the writer thread's end.

use super::active::Active;
use super::header::{SEQUENCE_END, SegmentHeader};
use super::reader::{CrystalReader, SharedSegments};
use super::record::{Crystal, Provenance, Stamp};
use super::recovery::{
    CrystalOpenError, CrystalRecovery, FoundSegments, Outdated, Recovered, find, recover,
    segment_path,
};
use super::retention::{Retention, capacity_beside, kept_bytes};
use super::segment::Segment;
use crate::files::{Disk, DiskFile, RealDisk, create_whole};
use crate::wear::{Wear, WearSource};
use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triune_core::{BeingId, CrystalDraft};

/// Why a crystal was not appended or made durable, or an outdated one not removed. The call may be
/// repeated; nothing that was durable is touched.
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
    /// A segment that is no longer kept cannot be removed.
    #[error("cannot remove {path}: {source}; make the directory writable and check the disk")]
    Remove {
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
    #[error(
        "this memory has used up its segment or sequence numbers: export the being and begin a new memory"
    )]
    Exhausted,
}

impl AppendError {
    /// What the system said, if it was the system.
    #[must_use]
    pub fn source_error(&self) -> Option<&io::Error> {
        match self {
            Self::Create { source, .. }
            | Self::Write { source, .. }
            | Self::Remove { source, .. } => Some(source),
            Self::OtherBeing { .. } | Self::Exhausted => None,
        }
    }
}

/// How a store writes and what it keeps.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// Records in a new segment, 1 to 2^20; up to eight times as many once there are many others.
    pub records_per_segment: u32,
    /// Bytes that the segments may take: the oldest whole segments are given up beyond it, but never
    /// the newest two.
    pub crystal_bytes: u64,
    /// What is written to.
    pub disk: Arc<dyn Disk>,
    /// Where what is written is counted.
    pub wear: Wear,
}

/// The crystals of one being, to append to. Its directory must be locked by the caller.
#[derive(Debug)]
pub struct CrystalStore {
    directory: PathBuf,
    being: BeingId,
    settings: StoreSettings,
    segments: SharedSegments,
    active: Option<Active>,
    /// Segment files that are no longer kept, to be removed.
    outdated: Vec<Outdated>,
    next_sequence: u64,
    next_number: u32,
    durable: u64,
    bytes_written: u64,
    retired: u64,
}

impl CrystalStore {
    /// Opens the crystals of `being` in `directory`, an existing one, on the machine's disk, and
    /// recovers them; all are kept.
    ///
    /// `records_per_segment` (1 to 2^20) is for new segments, as in [`StoreSettings`]; sequence numbers up to `known_last` are
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
        let settings = StoreSettings {
            records_per_segment,
            crystal_bytes: u64::MAX,
            disk: Arc::new(RealDisk),
            wear: Wear::new(u64::MAX),
        };
        Self::open_with(directory, being, known_last, settings)
    }

    /// Opens the crystals of `being` in `directory`, an existing one, and recovers them. Sequence
    /// numbers up to `known_last` are not given out again.
    ///
    /// # Errors
    /// See [`CrystalOpenError`]; damage is no error but told in the [`CrystalRecovery`].
    pub fn open_with(
        directory: &Path,
        being: BeingId,
        known_last: u64,
        settings: StoreSettings,
    ) -> Result<(Self, CrystalRecovery), CrystalOpenError> {
        let found = find(directory, being, known_last)?;
        Self::recovered(found, directory, being, settings)
    }

    /// Goes on with the segments of `being` that were found in `directory`.
    ///
    /// # Errors
    /// [`CrystalOpenError::System`].
    pub(crate) fn recovered(
        found: FoundSegments,
        directory: &Path,
        being: BeingId,
        settings: StoreSettings,
    ) -> Result<(Self, CrystalRecovery), CrystalOpenError> {
        let Recovered {
            report,
            segments,
            unfinished,
            durable,
            next_sequence,
            next_number,
            outdated,
        } = recover(found, settings.disk.as_ref(), directory)?;
        let active = unfinished.map(|one| Active::new(one.segment, one.file, one.unproven));
        let mut store = Self {
            directory: directory.to_owned(),
            being,
            settings,
            segments: SharedSegments::new(segments),
            active,
            outdated,
            next_sequence,
            next_number,
            durable,
            bytes_written: 0,
            retired: 0,
        };
        // What a killed process left to the system alone; where the disk does not let it, it stays
        // pending, as anything else does.
        if let Err(error) = store.sync() {
            log::warn!("memory: being {being}: what was found is not durable yet: {error}");
        }
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
        self.push(Crystal::seal_told(
            draft,
            self.next_sequence,
            stamp,
            from,
            told,
        ))
    }

    /// Appends another memory's crystal with its provenance and returns its sequence number here.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn adopt(&mut self, crystal: &Crystal) -> Result<u64, AppendError> {
        self.push(crystal.resealed(self.being, self.next_sequence))
    }

    fn push(&mut self, crystal: Crystal) -> Result<u64, AppendError> {
        if self.next_sequence >= SEQUENCE_END {
            return Err(AppendError::Exhausted);
        }
        self.make_room()?;
        let active = self.active.as_mut().ok_or(AppendError::Exhausted)?;
        active.append(self.settings.disk.as_ref(), crystal)?;
        self.next_sequence += 1;
        Ok(crystal.sequence())
    }

    /// Makes everything appended durable and returns the last durable sequence number.
    ///
    /// # Errors
    /// See [`AppendError`]; what was not durable is written again by the next call.
    pub fn sync(&mut self) -> Result<u64, AppendError> {
        if let Some(active) = &mut self.active
            && active.pending() > 0
        {
            let settings = &self.settings;
            self.bytes_written += active.sync(settings.disk.as_ref(), &settings.wear)?;
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
        self.active.as_ref().map_or(0, Active::pending)
    }

    /// Bytes handed to the disk since opening, in whole pages.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.bytes_written
    }

    /// Removes the files of segments that are no longer kept. Nothing depends on when, or on whether it
    /// is durable: what a power cut brings back lies below the floor and is removed at the next opening.
    ///
    /// # Errors
    /// [`AppendError::Remove`]; the call may be repeated, and the next opening goes on with it.
    pub fn retire(&mut self) -> Result<(), AppendError> {
        if self.outdated.is_empty() {
            return Ok(());
        }
        let disk = self.settings.disk.as_ref();
        while let Some(Outdated { path, .. }) = self.outdated.last() {
            match disk.remove(path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    let path = path.clone();
                    return Err(AppendError::Remove { path, source });
                }
                _ => {}
            }
            self.outdated.pop();
        }
        Ok(())
    }

    /// Crystals that retention gave up since opening.
    #[must_use]
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// Sequence number of the oldest crystal that is kept; nothing while there is none.
    #[must_use]
    pub fn first_sequence(&self) -> Option<u64> {
        self.reader().first_sequence()
    }

    /// Bytes of the segment files that are there.
    #[must_use]
    pub fn bytes_kept(&self) -> u64 {
        let outdated: u64 = self.outdated.iter().map(|one| one.bytes).sum();
        kept_bytes(&self.segments.list()) + outdated
    }

    /// A reader of these crystals.
    #[must_use]
    pub fn reader(&self) -> CrystalReader {
        CrystalReader::new(self.segments.clone())
    }

    /// Sees to an active segment with room for one record at least.
    fn make_room(&mut self) -> Result<(), AppendError> {
        if self.active.as_ref().is_none_or(Active::is_full) {
            // Nothing may be left behind that is not durable.
            self.sync()?;
            self.begin_segment()?;
        }
        Ok(())
    }

    fn begin_segment(&mut self) -> Result<(), AppendError> {
        let segments = self.segments.list();
        let mut header = SegmentHeader {
            being: self.being,
            number: self.next_number,
            capacity: capacity_beside(&segments, &self.settings),
            first_sequence: self.next_sequence,
            floor: 0,
        };
        let Retention { kept, given_up } = Retention::plan(
            &segments,
            header.file_bytes() as u64,
            self.settings.crystal_bytes,
        );
        // The header says durably what is given up before any of it is removed.
        header.floor = kept.first().map_or(header.first_sequence, |oldest| {
            oldest.header().first_sequence
        });
        let following = self
            .next_number
            .checked_add(1)
            .ok_or(AppendError::Exhausted)?;
        let (file, segment) = self.create_segment(header)?;
        let segment = Arc::new(segment);
        self.segments
            .replace(kept.iter().cloned().chain([Arc::clone(&segment)]));
        self.retired += given_up
            .iter()
            .map(|one| one.whole(one.used()))
            .sum::<u64>();
        self.outdated.extend(given_up.iter().map(|one| Outdated {
            path: segment_path(&self.directory, one.header().number),
            bytes: one.header().file_bytes() as u64,
        }));
        self.next_number = following;
        self.active = Some(Active::new(segment, file, Vec::new()));
        Ok(())
    }

    fn create_segment(
        &mut self,
        header: SegmentHeader,
    ) -> Result<(DiskFile, Segment), AppendError> {
        let path = segment_path(&self.directory, header.number);
        let disk = self.settings.disk.as_ref();
        let bytes = header.file_bytes();
        let created = create_whole(disk, &path, &header.to_page(), bytes)
            .and_then(|file| Ok((Segment::map(&file.file, header, 0, Vec::new())?, file)));
        // Where the system had no room, nothing was written; any other failure may come late.
        let untouched = created.as_ref().is_err_and(|error| {
            matches!(
                Errno::from_io_error(error),
                Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG | Errno::ROFS | Errno::ACCESS)
            )
        });
        if !untouched {
            self.settings.wear.count(WearSource::Crystals, bytes as u64);
            self.bytes_written += bytes as u64;
        }
        let (segment, file) = created.map_err(|source| AppendError::Create { path, source })?;
        Ok((file, segment))
    }
}
