//! The interface as a C compiler lays it out, beside how the Rust side takes it.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::mem::offset_of;
use std::path::{Path, PathBuf};

use common::{compiler, must_succeed, source};

#[cfg(not(feature = "bindgen"))]
use rknpu2_sys as sys;

#[cfg(feature = "bindgen")]
#[allow(
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::semicolon_if_nothing_returned,
    dead_code,
    unused_imports,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_qualifications,
    reason = "generated"
)]
mod sys {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

type Lines = BTreeMap<String, i64>;

macro_rules! structures {
    ($into:ident: $($name:ident { $($field:ident)* })*) => {
        $(
            let size = size_of::<sys::$name>();
            $into.insert(format!("sizeof {}", stringify!($name)), size as i64);
            $(
                let offset = offset_of!(sys::$name, $field);
                // `type` is a word of Rust's own.
                let field = stringify!($field).trim_end_matches('_');
                $into.insert(format!("offsetof {}.{field}", stringify!($name)), offset as i64);
            )*
        )*
    };
}

macro_rules! constants {
    ($into:ident: $($module:ident { $($name:ident)* })*) => {
        $($($into.insert(format!("value {}", stringify!($name)), i64::from(sys::$module::$name));)*)*
    };
}

macro_rules! globals {
    ($into:ident: $($name:ident)*) => {
        $($into.insert(format!("value {}", stringify!($name)), i64::from(sys::$name));)*
    };
}

fn expected() -> Lines {
    let mut into = Lines::new();
    structures! { into:
        rknn_input_output_num { n_input n_output }
        rknn_tensor_attr { index n_dims dims name n_elems size fmt type_ qnt_type fl zp scale w_stride size_with_stride pass_through h_stride }
        rknn_input_range { index shape_number fmt name dyn_range n_dims }
        rknn_perf_detail { perf_data data_len }
        rknn_perf_run { run_duration }
        rknn_sdk_version { api_version drv_version }
        rknn_mem_size { total_weight_size total_internal_size total_dma_allocated_size total_sram_size free_sram_size reserved }
        rknn_custom_string { string }
        rknn_tensor_mem { virt_addr phys_addr fd offset size flags priv_data }
        rknn_input { index buf size pass_through type_ fmt }
        rknn_output { want_float is_prealloc index buf size }
        rknn_init_extend { ctx real_model_offset real_model_size model_buffer_fd model_buffer_flags reserved }
        rknn_run_extend { frame_id non_block timeout_ms fence_fd }
        rknn_output_extend { frame_id }
        rknn_quant_params { name scale scale_len zp zp_len }
        rknn_matmul_tensor_attr { name n_dims dims size type_ }
        rknn_matmul_io_attr { A B C }
        rknn_matmul_shape { M K N }
        rknn_matmul_info { M K N type_ B_layout B_quant_type AC_layout AC_quant_type iommu_domain_id group_size reserved }
        rknn_gpu_op_context { cl_context cl_command_queue cl_kernel }
        rknn_custom_op_context { target internal_ctx gpu_ctx priv_data }
        rknn_custom_op_tensor { attr mem }
        rknn_custom_op_attr { name dtype n_elems data }
        rknn_custom_op { version target op_type cl_kernel_name cl_kernel_source cl_source_size cl_build_options init prepare compute compute_native destroy }
    }
    constants! { into:
        _rknn_query_cmd { RKNN_QUERY_IN_OUT_NUM RKNN_QUERY_INPUT_ATTR RKNN_QUERY_OUTPUT_ATTR RKNN_QUERY_PERF_DETAIL RKNN_QUERY_PERF_RUN RKNN_QUERY_SDK_VERSION RKNN_QUERY_MEM_SIZE RKNN_QUERY_CUSTOM_STRING RKNN_QUERY_NATIVE_INPUT_ATTR RKNN_QUERY_NATIVE_OUTPUT_ATTR RKNN_QUERY_NATIVE_NC1HWC2_INPUT_ATTR RKNN_QUERY_NATIVE_NC1HWC2_OUTPUT_ATTR RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR RKNN_QUERY_DEVICE_MEM_INFO RKNN_QUERY_INPUT_DYNAMIC_RANGE RKNN_QUERY_CURRENT_INPUT_ATTR RKNN_QUERY_CURRENT_OUTPUT_ATTR RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR RKNN_QUERY_CMD_MAX }
        _rknn_tensor_type { RKNN_TENSOR_FLOAT32 RKNN_TENSOR_FLOAT16 RKNN_TENSOR_INT8 RKNN_TENSOR_UINT8 RKNN_TENSOR_INT16 RKNN_TENSOR_UINT16 RKNN_TENSOR_INT32 RKNN_TENSOR_UINT32 RKNN_TENSOR_INT64 RKNN_TENSOR_BOOL RKNN_TENSOR_INT4 RKNN_TENSOR_BFLOAT16 RKNN_TENSOR_TYPE_MAX }
        _rknn_tensor_qnt_type { RKNN_TENSOR_QNT_NONE RKNN_TENSOR_QNT_DFP RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC RKNN_TENSOR_QNT_MAX }
        _rknn_tensor_format { RKNN_TENSOR_NCHW RKNN_TENSOR_NHWC RKNN_TENSOR_NC1HWC2 RKNN_TENSOR_UNDEFINED RKNN_TENSOR_FORMAT_MAX }
        _rknn_core_mask { RKNN_NPU_CORE_AUTO RKNN_NPU_CORE_0 RKNN_NPU_CORE_1 RKNN_NPU_CORE_2 RKNN_NPU_CORE_0_1 RKNN_NPU_CORE_0_1_2 RKNN_NPU_CORE_ALL RKNN_NPU_CORE_UNDEFINED }
        _rknn_tensor_mem_flags { RKNN_TENSOR_MEMORY_FLAGS_ALLOC_INSIDE RKNN_TENSOR_MEMORY_FLAGS_FROM_FD RKNN_TENSOR_MEMORY_FLAGS_FROM_PHYS RKNN_TENSOR_MEMORY_FLAGS_UNKNOWN }
        _rknn_mem_alloc_flags { RKNN_FLAG_MEMORY_FLAGS_DEFAULT RKNN_FLAG_MEMORY_CACHEABLE RKNN_FLAG_MEMORY_NON_CACHEABLE RKNN_FLAG_MEMORY_TRY_ALLOC_SRAM }
        _rknn_mem_sync_mode { RKNN_MEMORY_SYNC_TO_DEVICE RKNN_MEMORY_SYNC_FROM_DEVICE RKNN_MEMORY_SYNC_BIDIRECTIONAL }
        _rknn_matmul_quant_type { RKNN_QUANT_TYPE_PER_LAYER_SYM RKNN_QUANT_TYPE_PER_LAYER_ASYM RKNN_QUANT_TYPE_PER_CHANNEL_SYM RKNN_QUANT_TYPE_PER_CHANNEL_ASYM RKNN_QUANT_TYPE_PER_GROUP_SYM RKNN_QUANT_TYPE_PER_GROUP_ASYM }
        _rknn_matmul_type { RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32 RKNN_INT8_MM_INT8_TO_INT32 RKNN_INT8_MM_INT8_TO_INT8 RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16 RKNN_FLOAT16_MM_INT8_TO_FLOAT32 RKNN_FLOAT16_MM_INT8_TO_FLOAT16 RKNN_FLOAT16_MM_INT4_TO_FLOAT32 RKNN_FLOAT16_MM_INT4_TO_FLOAT16 RKNN_INT8_MM_INT8_TO_FLOAT32 RKNN_INT4_MM_INT4_TO_INT16 RKNN_INT8_MM_INT4_TO_INT32 RKNN_FLOAT16_MM_INT4_TO_BFLOAT16 RKNN_INT8_MM_INT4_TO_FLOAT16 }
        rknn_matmul_layout { RKNN_MM_LAYOUT_NORM RKNN_MM_LAYOUT_NATIVE RKNN_MM_LAYOUT_TP_NORM }
        _rknn_target_type { RKNN_TARGET_TYPE_CPU RKNN_TARGET_TYPE_GPU RKNN_TARGET_TYPE_MAX }
    }
    globals! { into:
        RKNN_FLAG_PRIOR_HIGH RKNN_FLAG_PRIOR_MEDIUM RKNN_FLAG_PRIOR_LOW RKNN_FLAG_ASYNC_MASK RKNN_FLAG_COLLECT_PERF_MASK RKNN_FLAG_MEM_ALLOC_OUTSIDE RKNN_FLAG_SHARE_WEIGHT_MEM RKNN_FLAG_FENCE_IN_OUTSIDE RKNN_FLAG_FENCE_OUT_OUTSIDE RKNN_FLAG_COLLECT_MODEL_INFO_ONLY RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE RKNN_FLAG_EXECUTE_FALLBACK_PRIOR_DEVICE_GPU RKNN_FLAG_ENABLE_SRAM RKNN_FLAG_SHARE_SRAM RKNN_FLAG_DISABLE_PROC_HIGH_PRIORITY RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE RKNN_FLAG_MODEL_BUFFER_ZERO_COPY RKNN_MEM_FLAG_ALLOC_NO_CONTEXT RKNN_SUCC RKNN_ERR_FAIL RKNN_ERR_TIMEOUT RKNN_ERR_DEVICE_UNAVAILABLE RKNN_ERR_MALLOC_FAIL RKNN_ERR_PARAM_INVALID RKNN_ERR_MODEL_INVALID RKNN_ERR_CTX_INVALID RKNN_ERR_INPUT_INVALID RKNN_ERR_OUTPUT_INVALID RKNN_ERR_DEVICE_UNMATCH RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION RKNN_ERR_TARGET_PLATFORM_UNMATCH RKNN_MAX_DIMS RKNN_MAX_NUM_CHANNEL RKNN_MAX_NAME_LEN RKNN_MAX_DYNAMIC_SHAPE_NUM RKNN_WARNING_SKIP_CUSTOM_OP_COMPUTE RKNN_CUSTOM_OP_MAX_STR_LEN RKNN_CUSTOM_OP_MAX_VALUE_LEN
    }
    into
}

/// What `layout.c` prints when compiled against our own declarations or other headers.
fn printed(headers: &[(&str, PathBuf)]) -> Option<Lines> {
    let mut command = match compiler() {
        Ok(command) => command,
        Err(why) => {
            println!("skipped: no C compiler: {why}");
            return None;
        }
    };
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("layout");
    for (name, header) in headers {
        let mut definition = OsString::from(format!("-D{name}=\""));
        definition.push(header);
        definition.push("\"");
        command.arg(definition);
    }
    must_succeed(
        command
            .arg(source("client/layout.c"))
            .arg(OsStr::new("-o"))
            .arg(&program),
    );
    let text = must_succeed(&mut std::process::Command::new(&program));
    Some(
        text.lines()
            .map(|line| {
                let (what, number) = line.rsplit_once(' ').expect("a number at the end");
                (what.to_owned(), number.parse().expect("a number"))
            })
            .collect(),
    )
}

#[test]
fn structures_and_constants_are_as_the_c_compiler_has_them() {
    let Some(printed) = printed(&[]) else { return };
    assert!(printed.len() > 250, "{} lines", printed.len());
    assert_eq!(printed, expected());
}

/// The sizes that a runtime of version 2 insists on (rknn-toolkit2 issue 170 for the attribute's).
#[cfg(target_pointer_width = "64")]
#[test]
fn the_sizes_that_runtimes_insist_on() {
    assert_eq!(size_of::<sys::rknn_tensor_attr>(), 376);
    assert_eq!(size_of::<sys::rknn_context>(), 8);
}

/// The vendor's own header, of whoever has it.
#[test]
fn the_vendors_header_agrees() {
    let Some(header) = std::env::var_os("TRIUNE_RKNN_HEADER").map(PathBuf::from) else {
        println!("skipped: TRIUNE_RKNN_HEADER does not name the vendor's rknn_api.h");
        return;
    };
    let header = header.canonicalize().expect("TRIUNE_RKNN_HEADER exists");
    let folder = header.parent().unwrap_or(Path::new("/"));
    let mut headers = vec![("RKNN_HEADER", header.clone())];
    for (name, file) in [
        ("RKNN_MATMUL_HEADER", "rknn_matmul_api.h"),
        ("RKNN_CUSTOM_OP_HEADER", "rknn_custom_op.h"),
    ] {
        let path = folder.join(file);
        if path.exists() {
            headers.push((name, path));
        }
    }
    let Some(printed) = printed(&headers) else {
        return;
    };
    let expected = expected();
    for (what, found) in &printed {
        assert_eq!(Some(found), expected.get(what), "{what}");
    }
}
