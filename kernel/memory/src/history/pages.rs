//! Memory that is present before it is used and stays present.

use super::atomics::AtomicU64;
use std::io;

/// Whether the history can be paged out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageLock {
    /// The pages are locked: writing never waits for the disk.
    Locked,
    /// The system refused (usually RLIMIT_MEMLOCK); the history works, but may be paged out.
    Refused {
        /// Number of the system's error, for [`std::io::Error::from_raw_os_error`].
        errno: i32,
    },
}

/// A fixed number of zeroed words.
pub(crate) struct Pages {
    #[cfg(not(any(miri, loom)))]
    map: memmap2::MmapRaw,
    #[cfg(any(miri, loom))]
    words: Box<[AtomicU64]>,
    #[cfg(not(any(miri, loom)))]
    count: usize,
    lock: PageLock,
}

#[cfg(not(any(miri, loom)))]
impl Pages {
    /// Maps, faults in and, if the system allows it, locks `count` words.
    pub(crate) fn new(count: usize) -> io::Result<Self> {
        let bytes = count
            .checked_mul(size_of::<AtomicU64>())
            .ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let map = memmap2::MmapOptions::new()
            .len(bytes)
            .populate()
            .map_anon()?;
        let map = memmap2::MmapRaw::from(map);
        let lock = match map.lock() {
            Ok(()) => PageLock::Locked,
            Err(error) => PageLock::Refused {
                errno: error.raw_os_error().unwrap_or(0),
            },
        };
        Ok(Self { map, count, lock })
    }

    pub(crate) fn words(&self) -> &[AtomicU64] {
        // SAFETY: the mapping is `count` words long, page-aligned, zeroed, private to this value
        // and lives as long as it; every access to it goes through these atomics.
        unsafe { std::slice::from_raw_parts(self.map.as_mut_ptr().cast::<AtomicU64>(), self.count) }
    }
}

#[cfg(any(miri, loom))]
impl Pages {
    /// Allocates `count` words: the interpreter knows no mappings, the model checker none but its own
    /// atomics.
    pub(crate) fn new(count: usize) -> io::Result<Self> {
        let words = (0..count).map(|_| AtomicU64::new(0)).collect();
        Ok(Self {
            words,
            lock: PageLock::Refused { errno: 0 },
        })
    }

    pub(crate) fn words(&self) -> &[AtomicU64] {
        &self.words
    }
}

impl Pages {
    pub(crate) fn lock(&self) -> PageLock {
        self.lock
    }
}
