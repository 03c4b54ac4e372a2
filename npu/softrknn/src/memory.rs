//! Memory that the program and the device share.
//!
//! The device sees a copy of its own, as behind a cache: what the program writes arrives there with a
//! synchronisation and not before.

use crate::refusal::Refusal;
use crate::runtime::lock;
use memmap2::{MmapOptions, MmapRaw};
use rknpu2_sys as sys;
use rustix::fs::MemfdFlags;
use std::ffi::c_void;
use std::fs::File;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use sys::_rknn_tensor_mem_flags as origin;

/// What keeps the bytes where they are.
enum Backing {
    /// Made here; the file is the descriptor that the program sees.
    Own { _map: MmapRaw, _file: OwnedFd },
    /// The program's file, mapped here.
    Mapped { _map: MmapRaw },
    /// The program's own mapping.
    Callers,
}

/// One memory.
pub(crate) struct Memory {
    /// What the program holds. It may write there; nothing is read back.
    shown: *mut sys::rknn_tensor_mem,
    bytes: *mut u8,
    size: usize,
    /// What the device sees.
    device: Mutex<Vec<u8>>,
    alive: AtomicBool,
    _backing: Backing,
}

// SAFETY: `shown` is only written before it is handed out and freed in `drop`; the bytes are
// copied as a whole, and that nobody else writes them meanwhile is the interface's contract.
unsafe impl Send for Memory {}
// SAFETY: as above; the device's copy has a lock.
unsafe impl Sync for Memory {}

impl Memory {
    /// New memory, filled with zeros; the system maps whole pages.
    pub(crate) fn new(size: u64) -> Result<Self, Refusal> {
        let size = checked_size(size)?;
        let cannot = |error: &dyn std::fmt::Display| {
            Refusal::memory(format!("{size} bytes of memory cannot be had: {error}"))
        };
        let file = rustix::fs::memfd_create("triune-soft-npu", MemfdFlags::CLOEXEC)
            .map_err(|error| cannot(&error))?;
        rustix::fs::ftruncate(&file, size as u64).map_err(|error| cannot(&error))?;
        let map = MmapOptions::new()
            .len(size)
            .map_raw(&file)
            .map_err(|error| cannot(&error))?;
        let descriptor = file.as_raw_fd();
        let bytes = map.as_mut_ptr();
        let backing = Backing::Own {
            _map: map,
            _file: file,
        };
        let shown = shown(
            bytes,
            0,
            descriptor,
            0,
            size,
            origin::RKNN_TENSOR_MEMORY_FLAGS_ALLOC_INSIDE,
        );
        Ok(Self::with(shown, bytes, size, backing))
    }

    /// Memory of a file that the program has, from `offset` on; mapped here if `mapped` is null.
    ///
    /// # Safety
    /// `mapped` is null, or `offset` and `size` bytes lie there until the memory is destroyed.
    pub(crate) unsafe fn from_file(
        descriptor: i32,
        mapped: *mut c_void,
        size: u32,
        offset: i32,
    ) -> Result<Self, Refusal> {
        let size = checked_size(u64::from(size))?;
        let start = usize::try_from(offset)
            .map_err(|_| Refusal::parameter(format!("offset {offset} is below 0")))?;
        if descriptor < 0 {
            return Err(Refusal::parameter(format!("{descriptor} is no open file")));
        }
        // SAFETY: it is only used within this call, and a number that is no open file is an error
        // of `fcntl` here, before anything else.
        let file = unsafe { BorrowedFd::borrow_raw(descriptor) };
        let file = rustix::io::fcntl_dupfd_cloexec(file, 0).map_err(|error| {
            Refusal::parameter(format!("{descriptor} is no open file: {error}"))
        })?;
        let length = rustix::fs::seek(&file, rustix::fs::SeekFrom::End(0)).unwrap_or(0);
        if length < (start + size) as u64 {
            return Err(Refusal::parameter(format!(
                "the file holds {length} bytes, {} are needed",
                start + size
            )));
        }
        let kind = origin::RKNN_TENSOR_MEMORY_FLAGS_FROM_FD;
        if mapped.is_null() {
            let map = MmapOptions::new()
                .len(start + size)
                .map_raw(&File::from(file))
                .map_err(|error| Refusal::memory(format!("the file cannot be mapped: {error}")))?;
            let base = map.as_mut_ptr();
            let shown = shown(base, 0, descriptor, offset, size, kind);
            let backing = Backing::Mapped { _map: map };
            return Ok(Self::with(shown, base.wrapping_add(start), size, backing));
        }
        let base = mapped.cast::<u8>();
        let shown = shown(base, 0, descriptor, offset, size, kind);
        Ok(Self::with(
            shown,
            base.wrapping_add(start),
            size,
            Backing::Callers,
        ))
    }

    /// Memory that the program has mapped; a CPU has no use for the physical address.
    ///
    /// # Safety
    /// `size` bytes lie at `mapped` until the memory is destroyed.
    pub(crate) unsafe fn from_physical(
        physical: u64,
        mapped: *mut c_void,
        size: u32,
    ) -> Result<Self, Refusal> {
        let size = checked_size(u64::from(size))?;
        if mapped.is_null() {
            let why = "a physical address alone cannot be reached from the CPU";
            return Err(Refusal::parameter(why));
        }
        let bytes = mapped.cast::<u8>();
        let shown = shown(
            bytes,
            physical,
            -1,
            0,
            size,
            origin::RKNN_TENSOR_MEMORY_FLAGS_FROM_PHYS,
        );
        Ok(Self::with(shown, bytes, size, Backing::Callers))
    }

    fn with(shown: sys::rknn_tensor_mem, bytes: *mut u8, size: usize, backing: Backing) -> Self {
        Self {
            shown: Box::into_raw(Box::new(shown)),
            bytes,
            size,
            device: Mutex::new(vec![0; size]),
            alive: AtomicBool::new(true),
            _backing: backing,
        }
    }

    pub(crate) fn shown(&self) -> *mut sys::rknn_tensor_mem {
        self.shown
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// From now on nothing may use it, though a context may still be bound to it.
    pub(crate) fn destroy(&self) {
        let _device = lock(&self.device);
        self.alive.store(false, Ordering::Release);
    }

    /// What the program wrote arrives at the device.
    pub(crate) fn sync_to_device(&self) -> Result<(), Refusal> {
        let mut device = lock(&self.device);
        self.check_alive()?;
        // SAFETY: `size` bytes lie at `bytes` while the memory is alive, and so many has the copy.
        unsafe { std::ptr::copy_nonoverlapping(self.bytes, device.as_mut_ptr(), self.size) };
        Ok(())
    }

    /// What the device wrote arrives at the program.
    pub(crate) fn sync_from_device(&self) -> Result<(), Refusal> {
        let device = lock(&self.device);
        self.check_alive()?;
        // SAFETY: `size` bytes lie at `bytes` while the memory is alive, and so many has the copy.
        unsafe { std::ptr::copy_nonoverlapping(device.as_ptr(), self.bytes, self.size) };
        Ok(())
    }

    /// Works on what the device sees.
    pub(crate) fn on_device<T>(
        &self,
        work: impl FnOnce(&mut [u8]) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut device = lock(&self.device);
        self.check_alive()?;
        work(&mut device)
    }

    fn check_alive(&self) -> Result<(), Refusal> {
        if self.alive.load(Ordering::Acquire) {
            Ok(())
        } else {
            Err(Refusal::parameter(
                "the memory was destroyed while it was bound",
            ))
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it came from `Box::into_raw` in `with` and is freed only here.
        drop(unsafe { Box::from_raw(self.shown) });
    }
}

/// The interface tells sizes in 32 bits.
fn checked_size(size: u64) -> Result<usize, Refusal> {
    match u32::try_from(size) {
        Ok(size) if size > 0 => Ok(size as usize),
        _ => Err(Refusal::parameter(format!(
            "a memory cannot have {size} bytes"
        ))),
    }
}

fn shown(
    base: *mut u8,
    physical: u64,
    descriptor: i32,
    offset: i32,
    size: usize,
    kind: u32,
) -> sys::rknn_tensor_mem {
    sys::rknn_tensor_mem {
        virt_addr: base.cast(),
        phys_addr: physical,
        fd: descriptor,
        offset,
        size: size as u32,
        flags: kind,
        priv_data: std::ptr::null_mut(),
    }
}
