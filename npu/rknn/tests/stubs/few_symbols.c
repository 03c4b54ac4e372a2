/* A runtime with the nine functions without which nothing can be computed, and no other. It loads any
 * model, which has an input and no output. */
#include <stdlib.h>
#include <string.h>

#include "abi.h"

int rknn_init(rknn_context *context, void *model, uint32_t size, uint32_t flag, rknn_init_extend *extend) {
    (void)model, (void)size, (void)flag, (void)extend;
    *context = 1;
    return 0;
}

int rknn_destroy(rknn_context context) {
    (void)context;
    return 0;
}

int rknn_query(rknn_context context, rknn_query_cmd command, void *info, uint32_t size) {
    (void)context, (void)size;
    if (command == RKNN_QUERY_SDK_VERSION) {
        strcpy(((rknn_sdk_version *)info)->api_version, "2.0.0 (few symbols)");
        return 0;
    }
    if (command == RKNN_QUERY_INPUT_ATTR || command == RKNN_QUERY_NATIVE_INPUT_ATTR) {
        rknn_tensor_attr *attr = info;
        attr->n_dims = attr->dims[0] = attr->n_elems = attr->size = 1;
        attr->fmt = RKNN_TENSOR_UNDEFINED;
        attr->type = RKNN_TENSOR_INT8;
        return 0;
    }
    if (command != RKNN_QUERY_IN_OUT_NUM) return RKNN_ERR_PARAM_INVALID;
    ((rknn_input_output_num *)info)->n_input = 1;
    return 0;
}

int rknn_run(rknn_context context, rknn_run_extend *extend) {
    (void)context, (void)extend;
    return 0;
}

rknn_tensor_mem *rknn_create_mem(rknn_context context, uint32_t size) {
    (void)context;
    rknn_tensor_mem *mem = calloc(1, sizeof *mem);
    mem->virt_addr = calloc(1, size);
    mem->size = size;
    return mem;
}

int rknn_destroy_mem(rknn_context context, rknn_tensor_mem *mem) {
    (void)context;
    free(mem->virt_addr);
    free(mem);
    return 0;
}

int rknn_set_io_mem(rknn_context context, rknn_tensor_mem *mem, rknn_tensor_attr *attr) {
    (void)context, (void)mem, (void)attr;
    return 0;
}

int rknn_mem_sync(rknn_context context, rknn_tensor_mem *mem, rknn_mem_sync_mode mode) {
    (void)context, (void)mem, (void)mode;
    return 0;
}

#ifndef WITHOUT_CORE_MASK
int rknn_set_core_mask(rknn_context context, rknn_core_mask mask) {
    (void)context, (void)mask;
    return 0;
}
#endif
