//! Every function of the C interface: what wraps it here, or why nothing does.

use crate::bindings::rknn;

/// What this crate does with a function of the C interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Wrapped, and a library without it is not opened.
    Needed {
        /// What wraps it.
        wrapped_by: &'static str,
    },
    /// Wrapped; a library without it lacks one feature.
    Optional {
        /// What wraps it.
        wrapped_by: &'static str,
    },
    /// Not wrapped.
    NotWrapped {
        /// Why.
        reason: &'static str,
    },
}

/// A function of the C interface.
#[derive(Debug, Clone, Copy)]
pub struct Symbol {
    /// Which.
    pub call: Call,
    /// Its name in the library.
    pub name: &'static str,
    /// What becomes of it here.
    pub used: Use,
    pub(crate) present: fn(&rknn) -> bool,
}

macro_rules! symbols {
    ($($call:ident = $function:ident: $used:expr;)*) => {
        /// A function of the C interface, as errors name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Call {
            $(#[doc = concat!("`", stringify!($function), "`")] $call,)*
        }

        /// All functions of the C interface of version 2.3, in the order of their declaration.
        pub const SYMBOLS: &[Symbol] = &[
            $(Symbol {
                call: Call::$call,
                name: stringify!($function),
                used: $used,
                present: |functions| functions.$function.is_ok(),
            },)*
        ];
    };
}

const fn needed(wrapped_by: &'static str) -> Use {
    Use::Needed { wrapped_by }
}

const fn optional(wrapped_by: &'static str) -> Use {
    Use::Optional { wrapped_by }
}

const fn not_wrapped(reason: &'static str) -> Use {
    Use::NotWrapped { reason }
}

symbols! {
    Init = rknn_init: needed("Context::load, load_file, load_sharing");
    DupContext = rknn_dup_context: optional("Context::duplicate");
    Destroy = rknn_destroy: needed("dropping Context");
    Query = rknn_query: needed("Context::attributes, versions, memory_size, input_ranges, custom_string, run_time, layer_times");
    InputsSet = rknn_inputs_set: optional("Context::run_copied");
    SetBatchCoreNum = rknn_set_batch_core_num: optional("Context::set_batch_cores");
    SetCoreMask = rknn_set_core_mask: needed("Context::set_cores");
    Run = rknn_run: needed("Context::run, run_copied");
    Wait = rknn_wait: not_wrapped("the runtimes refuse it on every platform (\"fence fd = -1 is invalid\", rknn-toolkit2 issue 577; rknpu2 issue 39): Lane runs without waiting instead");
    OutputsGet = rknn_outputs_get: optional("Context::run_copied");
    OutputsRelease = rknn_outputs_release: optional("dropping Outputs");
    CreateMemFromPhys = rknn_create_mem_from_phys: optional("Context::memory_from_physical (unsafe)");
    CreateMemFromFd = rknn_create_mem_from_fd: optional("Context::memory_from_dma_buf (unsafe)");
    CreateMemFromMbBlk = rknn_create_mem_from_mb_blk: not_wrapped("its blocks come from Rockchip's media library, for which there is no Rust type; export the block as a DMA buffer and use Context::memory_from_dma_buf");
    CreateMem = rknn_create_mem: needed("Context::memory");
    CreateMem2 = rknn_create_mem2: optional("Context::memory_of_kind");
    DestroyMem = rknn_destroy_mem: needed("dropping Memory");
    SetWeightMem = rknn_set_weight_mem: optional("Context::use_weights");
    SetInternalMem = rknn_set_internal_mem: optional("Context::use_scratch");
    SetIoMem = rknn_set_io_mem: needed("Context::bind");
    SetInputShape = rknn_set_input_shape: optional("Context::set_shapes, where rknn_set_input_shapes is missing");
    SetInputShapes = rknn_set_input_shapes: optional("Context::set_shapes");
    MemSync = rknn_mem_sync: needed("WriteGuard, ReadGuard");
    MatmulCreate = rknn_matmul_create: optional("Matmul::new");
    MatmulCreateDynamicShape = rknn_matmul_create_dynamic_shape: optional("Matmul::with_shapes");
    MatmulSetIoMem = rknn_matmul_set_io_mem: optional("Matmul::new, with_shapes, set_shape: each binds its operands");
    MatmulSetCoreMask = rknn_matmul_set_core_mask: optional("Matmul::set_core");
    MatmulSetQuantParams = rknn_matmul_set_quant_params: optional("Matmul::set_quantisation");
    MatmulGetQuantParams = rknn_matmul_get_quant_params: not_wrapped("what it answers is not publicly described; the scales are those that Matmul::set_quantisation was given");
    MatmulSetDynamicShape = rknn_matmul_set_dynamic_shape: optional("Matmul::set_shape");
    MatmulRun = rknn_matmul_run: optional("Matmul::run");
    MatmulDestroy = rknn_matmul_destroy: optional("dropping Matmul");
    NativeLayoutOfB = rknn_B_normal_layout_to_native_layout: optional("Matmul::write_right, for the native layout");
    RegisterCustomOps = rknn_register_custom_ops: not_wrapped("its callbacks run on the library's own threads, on tensors without a rule of when they end; no shipped model needs one");
    CustomOpGetOpAttr = rknn_custom_op_get_op_attr: not_wrapped("serves the callbacks of rknn_register_custom_ops alone");
}

impl Call {
    /// The function's name in the library.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.symbol().name
    }

    /// The function's row of [`SYMBOLS`].
    #[must_use]
    pub fn symbol(self) -> &'static Symbol {
        &SYMBOLS[self as usize]
    }
}

impl std::fmt::Display for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}
