//! The segment that is appended to.

use super::header::place_of;
use super::record::{Crystal, RECORD_BYTES};
use super::segment::Segment;
use super::store::AppendError;
use crate::files::{Disk, DiskFile};
use crate::wear::{Wear, WearSource};
use std::io;
use std::sync::Arc;

/// Bytes that a disk writes at least; what a flush costs is counted in these.
const DISK_PAGE: usize = 4096;

/// A segment with its file and what of it is not durable yet.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) segment: Arc<Segment>,
    file: DiskFile,
    next_slot: u32,
    /// Records that are not known to be durable, and their slots.
    pending: Vec<(u32, Crystal)>,
    /// A sync failed, perhaps that of an earlier process: the system may have dropped what it had not
    /// written, so write it again.
    rewrite: bool,
}

impl Active {
    /// `unproven` are the records in `segment` that are not known to be durable, and their slots.
    pub(crate) fn new(
        segment: Arc<Segment>,
        file: DiskFile,
        unproven: Vec<(u32, Crystal)>,
    ) -> Self {
        Self {
            next_slot: segment.used(),
            segment,
            file,
            rewrite: !unproven.is_empty(),
            pending: unproven,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.next_slot >= self.segment.header().capacity
    }

    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    pub(crate) fn append(&mut self, disk: &dyn Disk, crystal: Crystal) -> Result<(), AppendError> {
        self.write(disk, self.next_slot, &crystal)?;
        self.pending.push((self.next_slot, crystal));
        self.next_slot += 1;
        self.segment.publish(self.next_slot);
        Ok(())
    }

    fn write(&self, disk: &dyn Disk, slot: u32, crystal: &Crystal) -> Result<(), AppendError> {
        disk.write_at(&self.file, crystal.to_bytes(), place_of(slot))
            .map_err(|source| self.failed(source))
    }

    /// Makes everything appended durable and returns the bytes of the pages that hold it.
    pub(crate) fn sync(&mut self, disk: &dyn Disk, wear: &Wear) -> Result<u64, AppendError> {
        let first = self
            .pending
            .first()
            .map_or(self.next_slot, |(slot, _)| *slot);
        if self.rewrite {
            for (slot, crystal) in &self.pending {
                self.write(disk, *slot, crystal)?;
            }
        }
        let records_per_page = (DISK_PAGE / RECORD_BYTES) as u32;
        let pages = self.next_slot.div_ceil(records_per_page) - first / records_per_page;
        let bytes = u64::from(pages) * DISK_PAGE as u64;
        // A sync that fails wears the disk, too.
        wear.count(WearSource::Crystals, bytes);
        if let Err(source) = disk.sync(&self.file) {
            self.rewrite = true;
            return Err(self.failed(source));
        }
        self.rewrite = false;
        self.pending.clear();
        Ok(bytes)
    }

    fn failed(&self, source: io::Error) -> AppendError {
        AppendError::Write {
            path: self.file.path.clone(),
            source,
        }
    }
}
