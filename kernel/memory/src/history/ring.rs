//! The ring of seqlocked slots.

use super::atomics::{AtomicU64, Ordering, fence};
use super::pages::{PageLock, Pages};
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use triune_core::State;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Bytes of a word.
const WORD: usize = size_of::<u64>();
/// Words of a cache line on every machine that we build for.
const LINE: usize = 64 / WORD;

/// Why a record of the history cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// The record has not been written yet.
    #[error(
        "history holds nothing at position {position} yet: the newest is at {newest:?}; read again after the next cycle"
    )]
    NotYetWritten {
        /// The position asked for.
        position: u64,
        /// The newest position, if there is any.
        newest: Option<u64>,
    },
    /// A newer record has taken the place.
    #[error(
        "history no longer holds position {position}: the oldest is at {oldest}; read from there, or keep a longer history"
    )]
    Overwritten {
        /// The position asked for.
        position: u64,
        /// The oldest position that is still held.
        oldest: u64,
    },
}

/// The ring itself. Record `p` (counted from 0) lies in slot `p % capacity`; the slot's version is
/// `2p + 1` while `p` is being written and `2p + 2` when it is whole.
struct Ring {
    pages: Pages,
    capacity: usize,
    /// Words from one slot to the next: version and record, rounded up to whole cache lines.
    stride: usize,
    /// Records completed.
    head: Head,
}

/// On a line of its own, so that readers of the count do not slow the writing of slots.
#[repr(align(64))]
struct Head(AtomicU64);

/// The writing end; one for each ring, held by the cycle thread.
pub struct HistoryWriter<T = State> {
    ring: Arc<Ring>,
    next: u64,
    record: PhantomData<fn(T)>,
}

/// A reading end; cheap to clone, usable from any thread.
pub struct HistoryReader<T = State> {
    ring: Arc<Ring>,
    record: PhantomData<fn() -> T>,
}

impl<T> Clone for HistoryReader<T> {
    fn clone(&self) -> Self {
        Self {
            ring: Arc::clone(&self.ring),
            record: PhantomData,
        }
    }
}

/// Makes a history of `capacity` records (at least 2), present in memory and locked if allowed.
///
/// A record's size must be a multiple of eight bytes; this is checked when compiling.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] below two records; the system's own error when it has not
/// enough memory.
pub fn history<T>(capacity: usize) -> io::Result<(HistoryWriter<T>, HistoryReader<T>)>
where
    T: FromBytes + IntoBytes + Immutable,
{
    const { assert!(size_of::<T>().is_multiple_of(WORD)) };
    if capacity < 2 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a history needs at least 2 records",
        ));
    }
    let stride = (1 + size_of::<T>() / WORD).next_multiple_of(LINE);
    let words = capacity
        .checked_mul(stride)
        .ok_or(io::ErrorKind::OutOfMemory)?;
    let pages = Pages::new(words)?;
    let ring = Arc::new(Ring {
        pages,
        capacity,
        stride,
        head: Head(AtomicU64::new(0)),
    });
    let writer = HistoryWriter {
        ring: Arc::clone(&ring),
        next: 0,
        record: PhantomData,
    };
    Ok((
        writer,
        HistoryReader {
            ring,
            record: PhantomData,
        },
    ))
}

impl Ring {
    fn slot(&self, position: u64) -> &[AtomicU64] {
        let start = (position % self.capacity as u64) as usize * self.stride;
        &self.pages.words()[start..start + self.stride]
    }
}

impl<T: IntoBytes + Immutable> HistoryWriter<T> {
    /// Writes the next record and returns its position. No allocation, lock or system call.
    pub fn push(&mut self, record: &T) -> u64 {
        let position = self.next;
        let (version, words) = self.ring.slot(position).split_at(1);
        version[0].store(2 * position + 1, Ordering::Relaxed);
        // Readers that see any word of this record see the odd version too.
        fence(Ordering::Release);
        let (chunks, _) = record.as_bytes().as_chunks::<WORD>();
        for (word, chunk) in words.iter().zip(chunks) {
            word.store(u64::from_ne_bytes(*chunk), Ordering::Relaxed);
        }
        version[0].store(2 * position + 2, Ordering::Release);
        self.next = position + 1;
        self.ring.head.0.store(self.next, Ordering::Release);
        position
    }
}

impl<T: FromBytes + IntoBytes> HistoryReader<T> {
    /// Records that the ring holds at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.ring.capacity
    }

    /// Records written so far; the newest has the position one below.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.ring.head.0.load(Ordering::Acquire)
    }

    /// Whether the history's memory is locked.
    #[must_use]
    pub fn page_lock(&self) -> PageLock {
        self.ring.pages.lock()
    }

    /// The record at `position`, whole.
    ///
    /// # Errors
    /// [`HistoryError`] when it is not written yet or not held any more.
    pub fn get(&self, position: u64) -> Result<T, HistoryError> {
        let written = self.written();
        if position >= written {
            return Err(HistoryError::NotYetWritten {
                position,
                newest: written.checked_sub(1),
            });
        }
        self.try_copy(position).ok_or_else(|| {
            let oldest = self.written().saturating_sub(self.ring.capacity as u64);
            // The oldest by count is the one being replaced when this read failed.
            HistoryError::Overwritten {
                position,
                oldest: oldest.max(position + 1),
            }
        })
    }

    /// The newest record; nothing before the first.
    #[must_use]
    pub fn latest(&self) -> Option<T> {
        loop {
            let position = self.written().checked_sub(1)?;
            // Fails only when the writer went once around meanwhile: there is a newer one then.
            if let Some(record) = self.try_copy(position) {
                return Some(record);
            }
        }
    }

    /// The newest `count` records, oldest first; fewer when fewer are held.
    #[must_use]
    pub fn last(&self, count: usize) -> Vec<T> {
        let written = self.written();
        let count = (count.min(self.ring.capacity) as u64).min(written);
        (written - count..written)
            .filter_map(|position| self.try_copy(position))
            .collect()
    }

    /// Copies a record that was whole before; nothing if it is not whole any more.
    fn try_copy(&self, position: u64) -> Option<T> {
        let (version, words) = self.ring.slot(position).split_at(1);
        let whole = 2 * position + 2;
        if version[0].load(Ordering::Acquire) != whole {
            return None;
        }
        let mut record = T::new_zeroed();
        let (chunks, _) = record.as_mut_bytes().as_chunks_mut::<WORD>();
        for (word, chunk) in words.iter().zip(chunks) {
            *chunk = word.load(Ordering::Relaxed).to_ne_bytes();
        }
        // Orders the words above before the version below.
        fence(Ordering::Acquire);
        (version[0].load(Ordering::Relaxed) == whole).then_some(record)
    }
}
