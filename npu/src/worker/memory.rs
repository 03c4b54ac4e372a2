//! Memory that two processes share.
#![allow(unsafe_code)]

use rustix::fs::{
    MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, ftruncate, memfd_create,
};
use rustix::io::{Errno, Result};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The unit of copying: offsets and sizes of what is copied are multiples of it.
pub(super) const UNIT: usize = size_of::<u64>();
/// What keeps the memory as large as it is: whoever shrank it would kill who reads it.
const SEALS: SealFlags = SealFlags::SHRINK
    .union(SealFlags::GROW)
    .union(SealFlags::SEAL);

/// A mapping of shared memory, all of it atomic words: the other process may write at any time.
#[derive(Debug)]
pub(super) struct SharedMemory {
    base: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the mapping belongs to no thread; it is accessed as atomic words only.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// New memory of zeros, and what the other process opens it by.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn create(name: &str, bytes: usize) -> Result<(Self, OwnedFd)> {
        let file = memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&file, bytes as u64)?;
        fcntl_add_seals(&file, SEALS)?;
        Ok((Self::map(&file, bytes)?, file))
    }

    /// Memory that the other process made, and that has exactly this size for good.
    ///
    /// # Errors
    /// `INVAL` if size or seals are not as agreed; else what the system says.
    pub(super) fn open(file: &OwnedFd, bytes: usize) -> Result<Self> {
        let found = u64::try_from(fstat(file)?.st_size).unwrap_or(0);
        if found != bytes as u64 || !fcntl_get_seals(file)?.contains(SEALS) {
            return Err(Errno::INVAL);
        }
        Self::map(file, bytes)
    }

    fn map(file: &OwnedFd, bytes: usize) -> Result<Self> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the address is left to the system, so nothing that is mapped is replaced.
        let base = unsafe { mmap(null_mut(), bytes, access, MapFlags::SHARED, file.as_fd(), 0) }?;
        let base = NonNull::new(base.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { base, bytes })
    }

    /// The word at `offset`.
    ///
    /// # Panics
    /// If it does not lie in the memory, or not at a multiple of 4: offsets are the caller's own.
    pub(super) fn word(&self, offset: usize) -> &AtomicU32 {
        assert!(
            offset.is_multiple_of(4) && offset + 4 <= self.bytes,
            "{offset}"
        );
        // SAFETY: the offset lies within the mapping, as was just checked.
        let word = unsafe { self.base.add(offset) };
        // SAFETY: in the mapping and aligned (pages are), mapped while `self` lives, and sealed
        // against shrinking; every access from either process is atomic.
        unsafe { AtomicU32::from_ptr(word.as_ptr().cast()) }
    }

    fn unit(&self, offset: usize) -> &AtomicU64 {
        assert!(
            offset.is_multiple_of(UNIT) && offset + UNIT <= self.bytes,
            "{offset}"
        );
        // SAFETY: as in `word`.
        let unit = unsafe { self.base.add(offset) };
        // SAFETY: as in `word`.
        unsafe { AtomicU64::from_ptr(unit.as_ptr().cast()) }
    }

    /// Copies `from` to `offset`; the bytes up to the next unit become 0.
    ///
    /// # Panics
    /// As [`Self::word`], for units.
    pub(super) fn fill(&self, offset: usize, from: &[u8]) {
        let (whole, rest) = from.as_chunks::<UNIT>();
        let mut at = offset;
        for unit in whole {
            self.unit(at)
                .store(u64::from_ne_bytes(*unit), Ordering::Relaxed);
            at += UNIT;
        }
        if !rest.is_empty() {
            let mut unit = [0; UNIT];
            unit[..rest.len()].copy_from_slice(rest);
            self.unit(at)
                .store(u64::from_ne_bytes(unit), Ordering::Relaxed);
        }
    }

    /// Copies what stands at `offset` out.
    ///
    /// # Panics
    /// As [`Self::word`], for units.
    pub(super) fn copy_out(&self, offset: usize, to: &mut [u8]) {
        let (whole, rest) = to.as_chunks_mut::<UNIT>();
        let mut at = offset;
        for unit in whole {
            *unit = self.unit(at).load(Ordering::Relaxed).to_ne_bytes();
            at += UNIT;
        }
        if !rest.is_empty() {
            let unit = self.unit(at).load(Ordering::Relaxed).to_ne_bytes();
            rest.copy_from_slice(&unit[..rest.len()]);
        }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: this very mapping was made by `map`, and no reference outlives `self`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.bytes) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_one_side_writes_the_other_reads() {
        let (ours, file) = SharedMemory::create("test", 4_096).unwrap();
        let theirs = SharedMemory::open(&file, 4_096).unwrap();
        ours.fill(64, b"eleven byte");
        let mut read = [0; 11];
        theirs.copy_out(64, &mut read);
        assert_eq!(&read, b"eleven byte");
        theirs.word(8).store(7, Ordering::Relaxed);
        assert_eq!(ours.word(8).load(Ordering::Relaxed), 7);
    }

    #[test]
    fn nobody_can_shrink_it_or_pass_off_another_size() {
        let (_ours, file) = SharedMemory::create("test", 4_096).unwrap();
        assert_eq!(ftruncate(&file, 0), Err(Errno::PERM));
        assert_eq!(SharedMemory::open(&file, 8_192).err(), Some(Errno::INVAL));
        let loose = memfd_create("loose", MemfdFlags::ALLOW_SEALING).unwrap();
        ftruncate(&loose, 4_096).unwrap();
        assert_eq!(SharedMemory::open(&loose, 4_096).err(), Some(Errno::INVAL));
    }

    proptest! {
        #[test]
        fn any_length_comes_out_as_it_went_in(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let (memory, _file) = SharedMemory::create("test", 4_096).unwrap();
            memory.fill(8, &bytes);
            let mut read = vec![0; bytes.len()];
            memory.copy_out(8, &mut read);
            prop_assert_eq!(read, bytes);
        }
    }
}
