//! How a context is loaded.

use crate::bindings as sys;

bitflags::bitflags! {
    /// Options of a context. None set: high priority, memory made and caches kept by the runtime.
    ///
    /// Of the interface's flags those are missing that break what this crate promises: running without
    /// waiting and fences (no runtime honours them), and a model buffer that the runtime keeps reading.
    /// Sharing weights is [`crate::Context::load_sharing`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct InitFlags: u32 {
        /// Runs after contexts of high priority.
        const MEDIUM_PRIORITY = sys::RKNN_FLAG_PRIOR_MEDIUM;
        /// Runs after all others.
        const LOW_PRIORITY = sys::RKNN_FLAG_PRIOR_LOW;
        /// Measures each layer, for [`crate::Context::layer_times`]; runs slower.
        const LAYER_TIMES = sys::RKNN_FLAG_COLLECT_PERF_MASK;
        /// Weights and intermediate values lie in memory that the caller gives with
        /// [`crate::Context::use_weights`] and [`crate::Context::use_scratch`].
        const MEMORY_FROM_CALLER = sys::RKNN_FLAG_MEM_ALLOC_OUTSIDE;
        /// Intermediate values lie in memory that the caller gives with [`crate::Context::use_scratch`].
        const SCRATCH_FROM_CALLER = sys::RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE;
        /// Only describes the model, cannot run it.
        const DESCRIBE_ONLY = sys::RKNN_FLAG_COLLECT_MODEL_INFO_ONLY;
        /// What the NPU cannot compute is computed by the GPU where it can be, not by the processor.
        const FALL_BACK_TO_GPU = sys::RKNN_FLAG_EXECUTE_FALLBACK_PRIOR_DEVICE_GPU;
        /// Intermediate values lie in the chip's SRAM as far as it goes.
        const SRAM = sys::RKNN_FLAG_ENABLE_SRAM;
        /// Shares that SRAM with other contexts.
        const SHARED_SRAM = sys::RKNN_FLAG_SHARE_SRAM;
        /// The runtime's thread does not raise its own priority.
        const NO_HIGH_PRIORITY_PROCESS = sys::RKNN_FLAG_DISABLE_PROC_HIGH_PRIORITY;
        /// The runtime does not flush the cache of inputs: [`crate::WriteGuard`] has done it.
        const INPUTS_ARE_FLUSHED = sys::RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE;
        /// The runtime does not flush the cache of outputs: [`crate::ReadGuard`] will.
        const OUTPUTS_ARE_FLUSHED = sys::RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE;
    }
}
