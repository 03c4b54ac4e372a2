//! Memory that both the processor and the NPU reach, without copies.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::Arc;

use half::f16;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::bindings::{
    _rknn_mem_alloc_flags as allocation, _rknn_mem_sync_mode as sync, rknn_mem_sync_mode,
    rknn_tensor_mem,
};
use crate::error::{Error, check};
use crate::handle::Handle;
use crate::library::function;
use crate::symbols::Call;

/// Where a memory lies and how the processor sees it.
///
/// The interface also has memory that belongs to no context; each loses a file descriptor when it is
/// destroyed (rknn-toolkit2 issue 532), so it is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemoryKind {
    /// As the runtime likes.
    #[default]
    Usual,
    /// In the processor's cache: quick to read, and flushed by the guards.
    Cached,
    /// Past the cache: slow to read.
    Uncached,
    /// In the chip's SRAM if there is room.
    Sram,
}

impl MemoryKind {
    fn flags(self) -> u64 {
        u64::from(match self {
            Self::Usual => allocation::RKNN_FLAG_MEMORY_FLAGS_DEFAULT,
            Self::Cached => allocation::RKNN_FLAG_MEMORY_CACHEABLE,
            Self::Uncached => allocation::RKNN_FLAG_MEMORY_NON_CACHEABLE,
            Self::Sram => allocation::RKNN_FLAG_MEMORY_TRY_ALLOC_SRAM,
        })
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A type as which a memory's bytes can be seen.
pub trait Element: sealed::Sealed + FromBytes + IntoBytes + Immutable + Copy {}

macro_rules! elements {
    ($($type:ty)*) => {
        $(impl sealed::Sealed for $type {}
        impl Element for $type {})*
    };
}
elements!(i8 u8 i16 u16 i32 u32 i64 f32 f16);

/// A memory of a context. It is destroyed when dropped, before its context is.
///
/// Make memories when a model is loaded and keep them: making and destroying them often has corrupted
/// the kernel driver (rknn-toolkit2 issue 533).
pub struct Memory {
    handle: Arc<Handle>,
    raw: NonNull<rknn_tensor_mem>,
    start: NonNull<u8>,
    size: usize,
    /// The processor wrote what the device may not see yet.
    unsynced: Cell<bool>,
}

// SAFETY: it owns what it points to, and every call to the library is made under its context's lock.
unsafe impl Send for Memory {}

impl Memory {
    /// Makes a memory of zeros.
    pub(crate) fn new(handle: &Arc<Handle>, size: usize, kind: MemoryKind) -> Result<Self, Error> {
        let bytes = expressible(size)?;
        let (call, raw) = if kind == MemoryKind::Usual {
            let create = function!(handle.library, rknn_create_mem, CreateMem)?;
            let locked = handle.lock();
            // SAFETY: the context is alive while its handle is.
            (Call::CreateMem, unsafe { create(locked.raw, bytes) })
        } else {
            let create = function!(handle.library, rknn_create_mem2, CreateMem2)?;
            let locked = handle.lock();
            let (size, flags) = (u64::from(bytes), kind.flags());
            // SAFETY: the context is alive while its handle is.
            (Call::CreateMem2, unsafe { create(locked.raw, size, flags) })
        };
        let memory = Self::of(handle, call, raw, size)?;
        // SAFETY: so many bytes were asked for and `of` saw that the library gave them; nobody else
        // knows of this memory yet.
        unsafe { memory.start.write_bytes(0, size) };
        memory.unsynced.set(true);
        memory.sync_to_device()?;
        Ok(memory)
    }

    /// Takes over what the library made.
    pub(crate) fn of(
        handle: &Arc<Handle>,
        call: Call,
        raw: *mut rknn_tensor_mem,
        size: usize,
    ) -> Result<Self, Error> {
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::Call {
                call,
                code: crate::code::Code::NoMemory,
                hint: "it gave no memory and no reason",
            });
        };
        // SAFETY: not null, and the library says that it points to such a structure until destroyed.
        let found = unsafe { raw.as_ref() };
        let memory = Self {
            handle: Arc::clone(handle),
            raw,
            start: NonNull::new(found.virt_addr.cast()).unwrap_or(NonNull::dangling()),
            size,
            unsynced: Cell::new(false),
        };
        if found.virt_addr.is_null() || (found.size as usize) < size {
            return Err(Error::UnusableMemory { call });
        }
        Ok(memory)
    }

    /// Its bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The bytes, to be written: what was written reaches the device when the guard is dropped.
    #[must_use]
    pub fn write(&mut self) -> WriteGuard<'_> {
        // Set before anything is written: a guard that is never dropped loses nothing.
        self.unsynced.set(true);
        WriteGuard { memory: self }
    }

    /// The bytes as the device left them.
    ///
    /// # Errors
    /// [`Error::Call`] if the caches cannot be brought up to date.
    pub fn read(&self) -> Result<ReadGuard<'_>, Error> {
        self.sync_to_device()?;
        self.sync(sync::RKNN_MEMORY_SYNC_FROM_DEVICE)?;
        Ok(ReadGuard { memory: self })
    }

    /// Brings to the device what it may not see yet.
    pub(crate) fn sync_to_device(&self) -> Result<(), Error> {
        if self.unsynced.get() {
            self.sync(sync::RKNN_MEMORY_SYNC_TO_DEVICE)?;
            self.unsynced.set(false);
        }
        Ok(())
    }

    fn sync(&self, mode: rknn_mem_sync_mode) -> Result<(), Error> {
        let sync = function!(self.handle.library, rknn_mem_sync, MemSync)?;
        let locked = self.handle.lock();
        // SAFETY: the memory is this context's and both are alive.
        let code = unsafe { sync(locked.raw, self.raw.as_ptr(), mode) };
        check(Call::MemSync, code)
    }

    /// Whether this memory belongs to the context of `handle`.
    pub(crate) fn is_of(&self, handle: &Arc<Handle>) -> bool {
        Arc::ptr_eq(&self.handle, handle)
    }

    pub(crate) fn raw(&self) -> *mut rknn_tensor_mem {
        self.raw.as_ptr()
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the library gave this many bytes at this address, mapped until the memory is
        // destroyed; the guards keep writers away by borrowing the memory, and the NPU writes only
        // during `run`, which borrows the context mutably together with what is bound to it.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.size) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and `self` is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.size) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let Ok(destroy) = &self.handle.library.functions.rknn_destroy_mem else {
            return;
        };
        let locked = self.handle.lock();
        // SAFETY: the library made it for this context and it is destroyed once.
        let code = unsafe { destroy(locked.raw, self.raw.as_ptr()) };
        self.handle.library.note_release(Call::DestroyMem, code);
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Memory")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The bytes of a memory, borrowed to be written.
///
/// A guard cannot outlive its memory:
///
/// ```compile_fail
/// fn escape(mut memory: triune_rknn::Memory) -> triune_rknn::WriteGuard<'static> {
///     memory.write()
/// }
/// ```
pub struct WriteGuard<'a> {
    memory: &'a mut Memory,
}

impl WriteGuard<'_> {
    /// The bytes as elements.
    ///
    /// # Errors
    /// [`Error::NotElements`] if they are no whole number of aligned elements.
    pub fn elements_mut<T: Element>(&mut self) -> Result<&mut [T], Error> {
        let size = self.memory.size;
        <[T]>::mut_from_bytes(self.memory.bytes_mut()).map_err(|_| Error::NotElements {
            bytes: size,
            element_bytes: size_of::<T>(),
        })
    }

    /// Brings what was written to the device. Dropping the guard does so too; what fails there is tried
    /// again before the next run, which then tells.
    ///
    /// # Errors
    /// [`Error::Call`] if the library refuses.
    pub fn finish(self) -> Result<(), Error> {
        self.memory.sync_to_device()
    }
}

impl Deref for WriteGuard<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.bytes()
    }
}

impl DerefMut for WriteGuard<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.memory.bytes_mut()
    }
}

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.memory.sync_to_device() {
            log::warn!("{error}: tried again before the next run");
        }
    }
}

/// The bytes of a memory, borrowed to be read.
#[derive(Debug)]
pub struct ReadGuard<'a> {
    memory: &'a Memory,
}

impl ReadGuard<'_> {
    /// The bytes as elements.
    ///
    /// # Errors
    /// [`Error::NotElements`] if they are no whole number of aligned elements.
    pub fn elements<T: Element>(&self) -> Result<&[T], Error> {
        <[T]>::ref_from_bytes(self.memory.bytes()).map_err(|_| Error::NotElements {
            bytes: self.memory.size,
            element_bytes: size_of::<T>(),
        })
    }
}

impl Deref for ReadGuard<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.memory.bytes()
    }
}

/// A size as the interface takes it.
pub(crate) fn expressible(size: usize) -> Result<u32, Error> {
    match u32::try_from(size) {
        Ok(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(Error::MemorySize { bytes: size }),
    }
}
