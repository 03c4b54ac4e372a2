//! What all calls share.

use crate::context::Context;
use crate::cores::Cores;
use crate::counters::Counters;
use crate::faults::Faults;
use crate::inner::Inner;
use crate::matmul::Matmul;
use crate::memory::Memory;
use crate::refusal::{Refusal, say};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// The first handle. Handles count up from here and none is given twice, so that a stale one is
/// noticed; the upper half is not 0, so that one cut to 32 bits is noticed too.
const FIRST_HANDLE: u64 = 0x534F_4654_0000_0001;

/// What a handle stands for.
#[derive(Clone)]
pub(crate) enum Entry {
    Model(Arc<Mutex<Context>>),
    Matmul(Arc<Mutex<Matmul>>),
}

/// The runtime of this process.
pub(crate) struct Runtime {
    pub(crate) faults: Faults,
    pub(crate) inner: Inner,
    pub(crate) cores: Cores,
    pub(crate) runs: AtomicU64,
    pub(crate) syncs_to_device: AtomicU64,
    pub(crate) syncs_from_device: AtomicU64,
    next_handle: AtomicU64,
    entries: Mutex<HashMap<u64, Entry>>,
    /// By the address of what the caller holds.
    memories: Mutex<HashMap<usize, Arc<Memory>>>,
    /// Output buffers that were handed out, by their address.
    outputs: Mutex<HashMap<usize, Box<[u8]>>>,
}

/// The one runtime.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        // Nobody is to take its figures for those of an NPU.
        let inner = Inner::from_environment();
        let name = inner.name();
        say(&format!(
            "this is a stand-in for an NPU: models are computed by {name}"
        ));
        Runtime {
            faults: Faults::from_environment(),
            inner,
            cores: Cores::default(),
            runs: AtomicU64::new(0),
            syncs_to_device: AtomicU64::new(0),
            syncs_from_device: AtomicU64::new(0),
            next_handle: AtomicU64::new(FIRST_HANDLE),
            entries: Mutex::default(),
            memories: Mutex::default(),
            outputs: Mutex::default(),
        }
    });
    &RUNTIME
}

/// A panic while it was held left nothing half done: every change is one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runtime {
    pub(crate) fn add(&self, entry: Entry) -> u64 {
        let handle = self.next_handle.fetch_add(1, Ordering::Relaxed);
        lock(&self.entries).insert(handle, entry);
        handle
    }

    pub(crate) fn entry(&self, handle: u64) -> Result<Entry, Refusal> {
        lock(&self.entries)
            .get(&handle)
            .cloned()
            .ok_or_else(Refusal::context)
    }

    pub(crate) fn context(&self, handle: u64) -> Result<Arc<Mutex<Context>>, Refusal> {
        match self.entry(handle)? {
            Entry::Model(context) => Ok(context),
            Entry::Matmul(_) => Err(Refusal::context()),
        }
    }

    pub(crate) fn matmul(&self, handle: u64) -> Result<Arc<Mutex<Matmul>>, Refusal> {
        match self.entry(handle)? {
            Entry::Matmul(matmul) => Ok(matmul),
            Entry::Model(_) => Err(Refusal::context()),
        }
    }

    /// Memories and output buffers of a context outlive it, as leaks that are counted.
    pub(crate) fn remove_context(&self, handle: u64) -> Result<(), Refusal> {
        self.context(handle)?;
        // Dropped when the table is free again: a model's thread is waited for.
        let removed = lock(&self.entries).remove(&handle);
        removed.map(drop).ok_or_else(Refusal::context)
    }

    pub(crate) fn remove_matmul(&self, handle: u64) -> Result<(), Refusal> {
        self.matmul(handle)?;
        let removed = lock(&self.entries).remove(&handle);
        removed.map(drop).ok_or_else(Refusal::context)
    }

    pub(crate) fn add_memory(&self, memory: Memory) -> *mut rknpu2_sys::rknn_tensor_mem {
        let shown = memory.shown();
        lock(&self.memories).insert(shown.addr(), Arc::new(memory));
        shown
    }

    /// The memory that the caller means; the pointer is only compared.
    pub(crate) fn memory(
        &self,
        shown: *mut rknpu2_sys::rknn_tensor_mem,
    ) -> Result<Arc<Memory>, Refusal> {
        lock(&self.memories)
            .get(&shown.addr())
            .cloned()
            .ok_or_else(|| {
                Refusal::parameter("there is no such memory: it was destroyed, or never made")
            })
    }

    pub(crate) fn remove_memory(
        &self,
        shown: *mut rknpu2_sys::rknn_tensor_mem,
    ) -> Result<(), Refusal> {
        let removed = lock(&self.memories).remove(&shown.addr());
        let memory = removed.ok_or_else(|| {
            Refusal::parameter("there is no such memory: it was destroyed before, or never made")
        })?;
        memory.destroy();
        Ok(())
    }

    /// Hands a buffer out until [`Runtime::release_output`].
    pub(crate) fn add_output(&self, mut bytes: Box<[u8]>) -> *mut u8 {
        let place = bytes.as_mut_ptr();
        lock(&self.outputs).insert(place.addr(), bytes);
        place
    }

    pub(crate) fn release_output(&self, place: *const u8) -> bool {
        lock(&self.outputs).remove(&place.addr()).is_some()
    }

    pub(crate) fn counters(&self) -> Counters {
        let memories = lock(&self.memories);
        let bytes = memories.values().map(|memory| memory.size() as u64).sum();
        Counters {
            contexts: lock(&self.entries).len() as u64,
            memories: memories.len() as u64,
            memory_bytes: bytes,
            outputs: lock(&self.outputs).len() as u64,
            runs: self.runs.load(Ordering::Relaxed),
            syncs_to_device: self.syncs_to_device.load(Ordering::Relaxed),
            syncs_from_device: self.syncs_from_device.load(Ordering::Relaxed),
        }
    }
}
