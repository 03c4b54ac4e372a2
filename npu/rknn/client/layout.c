/* Prints sizes, offsets and constants of the C interface, a line each, for a test to compare with what
 * the Rust side takes them for. Compiled against abi.h, or against the vendor's headers by defining
 * RKNN_HEADER and, where they are there, RKNN_MATMUL_HEADER and RKNN_CUSTOM_OP_HEADER. */
#include <stddef.h>
#include <stdio.h>

#ifdef RKNN_HEADER
#include RKNN_HEADER
#ifdef RKNN_MATMUL_HEADER
#include RKNN_MATMUL_HEADER
#define HAS_MATMUL
#endif
#ifdef RKNN_CUSTOM_OP_HEADER
#include RKNN_CUSTOM_OP_HEADER
#define HAS_CUSTOM_OP
#endif
#else
#include "abi.h"
#define HAS_MATMUL
#define HAS_CUSTOM_OP
#endif

#define SIZE(type) printf("sizeof %s %zu\n", #type, sizeof(type))
#define FIELD(type, field) printf("offsetof %s.%s %zu\n", #type, #field, offsetof(type, field))
#define VALUE(constant) printf("value %s %lld\n", #constant, (long long)(constant))

static void interface(void) {
    SIZE(rknn_input_output_num);
    FIELD(rknn_input_output_num, n_input);
    FIELD(rknn_input_output_num, n_output);
    SIZE(rknn_tensor_attr);
    FIELD(rknn_tensor_attr, index);
    FIELD(rknn_tensor_attr, n_dims);
    FIELD(rknn_tensor_attr, dims);
    FIELD(rknn_tensor_attr, name);
    FIELD(rknn_tensor_attr, n_elems);
    FIELD(rknn_tensor_attr, size);
    FIELD(rknn_tensor_attr, fmt);
    FIELD(rknn_tensor_attr, type);
    FIELD(rknn_tensor_attr, qnt_type);
    FIELD(rknn_tensor_attr, fl);
    FIELD(rknn_tensor_attr, zp);
    FIELD(rknn_tensor_attr, scale);
    FIELD(rknn_tensor_attr, w_stride);
    FIELD(rknn_tensor_attr, size_with_stride);
    FIELD(rknn_tensor_attr, pass_through);
    FIELD(rknn_tensor_attr, h_stride);
    SIZE(rknn_input_range);
    FIELD(rknn_input_range, index);
    FIELD(rknn_input_range, shape_number);
    FIELD(rknn_input_range, fmt);
    FIELD(rknn_input_range, name);
    FIELD(rknn_input_range, dyn_range);
    FIELD(rknn_input_range, n_dims);
    SIZE(rknn_perf_detail);
    FIELD(rknn_perf_detail, perf_data);
    FIELD(rknn_perf_detail, data_len);
    SIZE(rknn_perf_run);
    FIELD(rknn_perf_run, run_duration);
    SIZE(rknn_sdk_version);
    FIELD(rknn_sdk_version, api_version);
    FIELD(rknn_sdk_version, drv_version);
    SIZE(rknn_mem_size);
    FIELD(rknn_mem_size, total_weight_size);
    FIELD(rknn_mem_size, total_internal_size);
    FIELD(rknn_mem_size, total_dma_allocated_size);
    FIELD(rknn_mem_size, total_sram_size);
    FIELD(rknn_mem_size, free_sram_size);
    FIELD(rknn_mem_size, reserved);
    SIZE(rknn_custom_string);
    FIELD(rknn_custom_string, string);
    SIZE(rknn_tensor_mem);
    FIELD(rknn_tensor_mem, virt_addr);
    FIELD(rknn_tensor_mem, phys_addr);
    FIELD(rknn_tensor_mem, fd);
    FIELD(rknn_tensor_mem, offset);
    FIELD(rknn_tensor_mem, size);
    FIELD(rknn_tensor_mem, flags);
    FIELD(rknn_tensor_mem, priv_data);
    SIZE(rknn_input);
    FIELD(rknn_input, index);
    FIELD(rknn_input, buf);
    FIELD(rknn_input, size);
    FIELD(rknn_input, pass_through);
    FIELD(rknn_input, type);
    FIELD(rknn_input, fmt);
    SIZE(rknn_output);
    FIELD(rknn_output, want_float);
    FIELD(rknn_output, is_prealloc);
    FIELD(rknn_output, index);
    FIELD(rknn_output, buf);
    FIELD(rknn_output, size);
    SIZE(rknn_init_extend);
    FIELD(rknn_init_extend, ctx);
    FIELD(rknn_init_extend, real_model_offset);
    FIELD(rknn_init_extend, real_model_size);
    FIELD(rknn_init_extend, model_buffer_fd);
    FIELD(rknn_init_extend, model_buffer_flags);
    FIELD(rknn_init_extend, reserved);
    SIZE(rknn_run_extend);
    FIELD(rknn_run_extend, frame_id);
    FIELD(rknn_run_extend, non_block);
    FIELD(rknn_run_extend, timeout_ms);
    FIELD(rknn_run_extend, fence_fd);
    SIZE(rknn_output_extend);
    FIELD(rknn_output_extend, frame_id);
    VALUE(RKNN_QUERY_IN_OUT_NUM);
    VALUE(RKNN_QUERY_INPUT_ATTR);
    VALUE(RKNN_QUERY_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_PERF_DETAIL);
    VALUE(RKNN_QUERY_PERF_RUN);
    VALUE(RKNN_QUERY_SDK_VERSION);
    VALUE(RKNN_QUERY_MEM_SIZE);
    VALUE(RKNN_QUERY_CUSTOM_STRING);
    VALUE(RKNN_QUERY_NATIVE_INPUT_ATTR);
    VALUE(RKNN_QUERY_NATIVE_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_NATIVE_NC1HWC2_INPUT_ATTR);
    VALUE(RKNN_QUERY_NATIVE_NC1HWC2_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR);
    VALUE(RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_DEVICE_MEM_INFO);
    VALUE(RKNN_QUERY_INPUT_DYNAMIC_RANGE);
    VALUE(RKNN_QUERY_CURRENT_INPUT_ATTR);
    VALUE(RKNN_QUERY_CURRENT_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR);
    VALUE(RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR);
    VALUE(RKNN_QUERY_CMD_MAX);
    VALUE(RKNN_TENSOR_FLOAT32);
    VALUE(RKNN_TENSOR_FLOAT16);
    VALUE(RKNN_TENSOR_INT8);
    VALUE(RKNN_TENSOR_UINT8);
    VALUE(RKNN_TENSOR_INT16);
    VALUE(RKNN_TENSOR_UINT16);
    VALUE(RKNN_TENSOR_INT32);
    VALUE(RKNN_TENSOR_UINT32);
    VALUE(RKNN_TENSOR_INT64);
    VALUE(RKNN_TENSOR_BOOL);
    VALUE(RKNN_TENSOR_INT4);
    VALUE(RKNN_TENSOR_BFLOAT16);
    VALUE(RKNN_TENSOR_TYPE_MAX);
    VALUE(RKNN_TENSOR_QNT_NONE);
    VALUE(RKNN_TENSOR_QNT_DFP);
    VALUE(RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC);
    VALUE(RKNN_TENSOR_QNT_MAX);
    VALUE(RKNN_TENSOR_NCHW);
    VALUE(RKNN_TENSOR_NHWC);
    VALUE(RKNN_TENSOR_NC1HWC2);
    VALUE(RKNN_TENSOR_UNDEFINED);
    VALUE(RKNN_TENSOR_FORMAT_MAX);
    VALUE(RKNN_NPU_CORE_AUTO);
    VALUE(RKNN_NPU_CORE_0);
    VALUE(RKNN_NPU_CORE_1);
    VALUE(RKNN_NPU_CORE_2);
    VALUE(RKNN_NPU_CORE_0_1);
    VALUE(RKNN_NPU_CORE_0_1_2);
    VALUE(RKNN_NPU_CORE_ALL);
    VALUE(RKNN_NPU_CORE_UNDEFINED);
    VALUE(RKNN_TENSOR_MEMORY_FLAGS_ALLOC_INSIDE);
    VALUE(RKNN_TENSOR_MEMORY_FLAGS_FROM_FD);
    VALUE(RKNN_TENSOR_MEMORY_FLAGS_FROM_PHYS);
    VALUE(RKNN_TENSOR_MEMORY_FLAGS_UNKNOWN);
    VALUE(RKNN_FLAG_MEMORY_FLAGS_DEFAULT);
    VALUE(RKNN_FLAG_MEMORY_CACHEABLE);
    VALUE(RKNN_FLAG_MEMORY_NON_CACHEABLE);
    VALUE(RKNN_FLAG_MEMORY_TRY_ALLOC_SRAM);
    VALUE(RKNN_MEMORY_SYNC_TO_DEVICE);
    VALUE(RKNN_MEMORY_SYNC_FROM_DEVICE);
    VALUE(RKNN_MEMORY_SYNC_BIDIRECTIONAL);
    VALUE(RKNN_FLAG_PRIOR_HIGH);
    VALUE(RKNN_FLAG_PRIOR_MEDIUM);
    VALUE(RKNN_FLAG_PRIOR_LOW);
    VALUE(RKNN_FLAG_ASYNC_MASK);
    VALUE(RKNN_FLAG_COLLECT_PERF_MASK);
    VALUE(RKNN_FLAG_MEM_ALLOC_OUTSIDE);
    VALUE(RKNN_FLAG_SHARE_WEIGHT_MEM);
    VALUE(RKNN_FLAG_FENCE_IN_OUTSIDE);
    VALUE(RKNN_FLAG_FENCE_OUT_OUTSIDE);
    VALUE(RKNN_FLAG_COLLECT_MODEL_INFO_ONLY);
    VALUE(RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE);
    VALUE(RKNN_FLAG_EXECUTE_FALLBACK_PRIOR_DEVICE_GPU);
    VALUE(RKNN_FLAG_ENABLE_SRAM);
    VALUE(RKNN_FLAG_SHARE_SRAM);
    VALUE(RKNN_FLAG_DISABLE_PROC_HIGH_PRIORITY);
    VALUE(RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE);
    VALUE(RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE);
    VALUE(RKNN_FLAG_MODEL_BUFFER_ZERO_COPY);
    VALUE(RKNN_MEM_FLAG_ALLOC_NO_CONTEXT);
    VALUE(RKNN_SUCC);
    VALUE(RKNN_ERR_FAIL);
    VALUE(RKNN_ERR_TIMEOUT);
    VALUE(RKNN_ERR_DEVICE_UNAVAILABLE);
    VALUE(RKNN_ERR_MALLOC_FAIL);
    VALUE(RKNN_ERR_PARAM_INVALID);
    VALUE(RKNN_ERR_MODEL_INVALID);
    VALUE(RKNN_ERR_CTX_INVALID);
    VALUE(RKNN_ERR_INPUT_INVALID);
    VALUE(RKNN_ERR_OUTPUT_INVALID);
    VALUE(RKNN_ERR_DEVICE_UNMATCH);
    VALUE(RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL);
    VALUE(RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION);
    VALUE(RKNN_ERR_TARGET_PLATFORM_UNMATCH);
    VALUE(RKNN_MAX_DIMS);
    VALUE(RKNN_MAX_NUM_CHANNEL);
    VALUE(RKNN_MAX_NAME_LEN);
    VALUE(RKNN_MAX_DYNAMIC_SHAPE_NUM);
}

#ifdef HAS_MATMUL
static void matmul(void) {
    SIZE(rknn_quant_params);
    FIELD(rknn_quant_params, name);
    FIELD(rknn_quant_params, scale);
    FIELD(rknn_quant_params, scale_len);
    FIELD(rknn_quant_params, zp);
    FIELD(rknn_quant_params, zp_len);
    SIZE(rknn_matmul_tensor_attr);
    FIELD(rknn_matmul_tensor_attr, name);
    FIELD(rknn_matmul_tensor_attr, n_dims);
    FIELD(rknn_matmul_tensor_attr, dims);
    FIELD(rknn_matmul_tensor_attr, size);
    FIELD(rknn_matmul_tensor_attr, type);
    SIZE(rknn_matmul_io_attr);
    FIELD(rknn_matmul_io_attr, A);
    FIELD(rknn_matmul_io_attr, B);
    FIELD(rknn_matmul_io_attr, C);
    SIZE(rknn_matmul_shape);
    FIELD(rknn_matmul_shape, M);
    FIELD(rknn_matmul_shape, K);
    FIELD(rknn_matmul_shape, N);
    SIZE(rknn_matmul_info);
    FIELD(rknn_matmul_info, M);
    FIELD(rknn_matmul_info, K);
    FIELD(rknn_matmul_info, N);
    FIELD(rknn_matmul_info, type);
    FIELD(rknn_matmul_info, B_layout);
    FIELD(rknn_matmul_info, B_quant_type);
    FIELD(rknn_matmul_info, AC_layout);
    FIELD(rknn_matmul_info, AC_quant_type);
    FIELD(rknn_matmul_info, iommu_domain_id);
    FIELD(rknn_matmul_info, group_size);
    FIELD(rknn_matmul_info, reserved);
    VALUE(RKNN_QUANT_TYPE_PER_LAYER_SYM);
    VALUE(RKNN_QUANT_TYPE_PER_LAYER_ASYM);
    VALUE(RKNN_QUANT_TYPE_PER_CHANNEL_SYM);
    VALUE(RKNN_QUANT_TYPE_PER_CHANNEL_ASYM);
    VALUE(RKNN_QUANT_TYPE_PER_GROUP_SYM);
    VALUE(RKNN_QUANT_TYPE_PER_GROUP_ASYM);
    VALUE(RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32);
    VALUE(RKNN_INT8_MM_INT8_TO_INT32);
    VALUE(RKNN_INT8_MM_INT8_TO_INT8);
    VALUE(RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16);
    VALUE(RKNN_FLOAT16_MM_INT8_TO_FLOAT32);
    VALUE(RKNN_FLOAT16_MM_INT8_TO_FLOAT16);
    VALUE(RKNN_FLOAT16_MM_INT4_TO_FLOAT32);
    VALUE(RKNN_FLOAT16_MM_INT4_TO_FLOAT16);
    VALUE(RKNN_INT8_MM_INT8_TO_FLOAT32);
    VALUE(RKNN_INT4_MM_INT4_TO_INT16);
    VALUE(RKNN_INT8_MM_INT4_TO_INT32);
    VALUE(RKNN_FLOAT16_MM_INT4_TO_BFLOAT16);
    VALUE(RKNN_INT8_MM_INT4_TO_FLOAT16);
    VALUE(RKNN_MM_LAYOUT_NORM);
    VALUE(RKNN_MM_LAYOUT_NATIVE);
    VALUE(RKNN_MM_LAYOUT_TP_NORM);
}
#endif

#ifdef HAS_CUSTOM_OP
static void custom_operators(void) {
    SIZE(rknn_gpu_op_context);
    FIELD(rknn_gpu_op_context, cl_context);
    FIELD(rknn_gpu_op_context, cl_command_queue);
    FIELD(rknn_gpu_op_context, cl_kernel);
    SIZE(rknn_custom_op_context);
    FIELD(rknn_custom_op_context, target);
    FIELD(rknn_custom_op_context, internal_ctx);
    FIELD(rknn_custom_op_context, gpu_ctx);
    FIELD(rknn_custom_op_context, priv_data);
    SIZE(rknn_custom_op_tensor);
    FIELD(rknn_custom_op_tensor, attr);
    FIELD(rknn_custom_op_tensor, mem);
    SIZE(rknn_custom_op_attr);
    FIELD(rknn_custom_op_attr, name);
    FIELD(rknn_custom_op_attr, dtype);
    FIELD(rknn_custom_op_attr, n_elems);
    FIELD(rknn_custom_op_attr, data);
    SIZE(rknn_custom_op);
    FIELD(rknn_custom_op, version);
    FIELD(rknn_custom_op, target);
    FIELD(rknn_custom_op, op_type);
    FIELD(rknn_custom_op, cl_kernel_name);
    FIELD(rknn_custom_op, cl_kernel_source);
    FIELD(rknn_custom_op, cl_source_size);
    FIELD(rknn_custom_op, cl_build_options);
    FIELD(rknn_custom_op, init);
    FIELD(rknn_custom_op, prepare);
    FIELD(rknn_custom_op, compute);
    FIELD(rknn_custom_op, compute_native);
    FIELD(rknn_custom_op, destroy);
    VALUE(RKNN_TARGET_TYPE_CPU);
    VALUE(RKNN_TARGET_TYPE_GPU);
    VALUE(RKNN_TARGET_TYPE_MAX);
    VALUE(RKNN_WARNING_SKIP_CUSTOM_OP_COMPUTE);
    VALUE(RKNN_CUSTOM_OP_MAX_STR_LEN);
    VALUE(RKNN_CUSTOM_OP_MAX_VALUE_LEN);
}
#endif

int main(void) {
    interface();
#ifdef HAS_MATMUL
    matmul();
#endif
#ifdef HAS_CUSTOM_OP
    custom_operators();
#endif
    return 0;
}
