//! A segment file mapped to be read.

use super::header::{HEADER_BYTES, SegmentHeader};
use super::record::{Crystal, RECORD_BYTES};
use memmap2::{MmapOptions, MmapRaw};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

/// One segment: the records below `used` are whole and never change again.
#[derive(Debug)]
pub(crate) struct Segment {
    header: SegmentHeader,
    map: MmapRaw,
    /// Slots that readers may look at; only ever grows.
    used: AtomicU32,
    /// Slots below `used` that hold no whole record; fixed since recovery, in order.
    damaged: Vec<u32>,
}

impl Segment {
    /// Maps `file`, in which the slots below `used` stand, but for the damaged ones.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the file is too short for `used` slots; the system's
    /// error when it cannot be mapped.
    pub(crate) fn map(
        file: &File,
        header: SegmentHeader,
        used: u32,
        damaged: Vec<u32>,
    ) -> io::Result<Self> {
        let map = MmapOptions::new().map_raw_read_only(file)?;
        let needed = HEADER_BYTES + used as usize * RECORD_BYTES;
        if map.len() < needed {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self {
            header,
            map,
            used: AtomicU32::new(used),
            damaged,
        })
    }

    pub(crate) fn header(&self) -> &SegmentHeader {
        &self.header
    }

    /// Slots that may be read.
    pub(crate) fn used(&self) -> u32 {
        self.used.load(Ordering::Acquire)
    }

    /// Whole records among them.
    pub(crate) fn whole(&self, used: u32) -> u64 {
        u64::from(used) - self.damaged.partition_point(|&slot| slot < used) as u64
    }

    /// Sequence number of the first whole record. The mapping is not read: the writer asks at every turn,
    /// and must not end with a disk that fails to read.
    pub(crate) fn first_whole(&self) -> Option<u64> {
        self.sequence_of((0..self.used()).find(|slot| self.stands(*slot)))
    }

    /// The same of the last.
    pub(crate) fn last_whole(&self) -> Option<u64> {
        self.sequence_of((0..self.used()).rev().find(|slot| self.stands(*slot)))
    }

    /// A whole record's number follows from its place.
    fn sequence_of(&self, slot: Option<u32>) -> Option<u64> {
        slot.map(|slot| self.header.first_sequence + u64::from(slot))
    }

    fn stands(&self, slot: u32) -> bool {
        self.damaged.binary_search(&slot).is_err()
    }

    /// Lets readers see the slots below `used`, which the file holds now.
    ///
    /// The caller is the store, which never writes other bytes to them.
    pub(crate) fn publish(&self, used: u32) {
        let end = HEADER_BYTES + used as usize * RECORD_BYTES;
        assert!(
            end <= self.map.len(),
            "published slots lie inside the mapping"
        );
        self.used.store(used, Ordering::Release);
    }

    /// The record in `slot`, where it lies.
    pub(crate) fn get(&self, slot: u32) -> Option<&Crystal> {
        if slot >= self.used() || !self.stands(slot) {
            return None;
        }
        let start = HEADER_BYTES + slot as usize * RECORD_BYTES;
        // SAFETY: `map` and `publish` checked that every slot below `used` lies in the mapping,
        // so `start` is inside it.
        let record = unsafe { self.map.as_ptr().add(start) }.cast::<Crystal>();
        // SAFETY: the mapping is page-aligned and `start` a multiple of 512, so the record is
        // aligned; any bytes are a valid `Crystal`; the slot's bytes were in the page cache before
        // `used` was released, and the store writes no others after it: what it writes again after a
        // failed sync is the same record, byte by byte. The mapping lives as long as `self`. The limits,
        // which no check here can lift: nobody else may write to the file (the directory is locked
        // against other processes that are this program; it is private to its owner); the system itself
        // may change a page that it holds clean, when it drops the page and reads it anew from a disk that
        // has rotted, or that never took what a failed sync was to bring (fsync(2), EIO), so that
        // whoever answers with a record asks it first whether it is whole; and where the disk cannot give
        // the page, or the file was cut short from outside, it ends the process (SIGBUS, mmap(2)).
        Some(unsafe { &*record })
    }

    /// The record numbered `sequence`, if it lies here.
    pub(crate) fn by_sequence(&self, sequence: u64) -> Option<&Crystal> {
        let slot = sequence.checked_sub(self.header.first_sequence)?;
        self.get(u32::try_from(slot).ok()?)
    }
}
