//! What a program holds of the runtime.

/// Filled by `triune_soft_counters`. The first four are 0 when nothing leaks.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Contexts, of models and of matrix products, that were not destroyed.
    pub contexts: u64,
    /// Memories that were not destroyed.
    pub memories: u64,
    /// Their bytes.
    pub memory_bytes: u64,
    /// Output buffers that were handed out and not released.
    pub outputs: u64,
    /// Runs that ended well, since the library was loaded.
    pub runs: u64,
    /// Memories synchronised to the device by `rknn_mem_sync`.
    pub syncs_to_device: u64,
    /// Memories synchronised from the device by `rknn_mem_sync`.
    pub syncs_from_device: u64,
}
