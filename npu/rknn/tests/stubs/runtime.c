/* A runtime of one small model, for the tests of the wrapper. The processor's and the device's view of a
 * memory are apart until somebody syncs them, so that a sync that is missing shows.
 *
 * The model: input 'picture' NHWC [1, rows, 3, 5] of 8-bit integers, 2 rows or 4; output 'doubled' NCHW
 * [1, 5, rows, 3] of 8-bit integers, twice the input; output 'sum' [1, 1] of floats, the sum of the input.
 * A model file is any that begins with "STUB", or with what MARK says. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "runtime.h"

#ifndef MARK
#define MARK "STUB"
#endif

enum { MOST = 16, WIDTH = 3, CHANNELS = 5, STRIDE = 16, BLOCK = 16, MOST_ROWS = 4 };
static const float SCALE = 0.5f;
static const int ZERO = 10;
static const char REPORT[] = "layer doubled 12 us\nlayer sum 3 us\n";

typedef struct {
    rknn_tensor_mem seen;
    unsigned char *device;
    rknn_context owner;
    int own;
} memory;

typedef struct {
    int alive;
    int rows;
    int has_run;
    memory *mem[3];
    rknn_tensor_attr attr[3];
    float copied[MOST_ROWS * WIDTH * CHANNELS];
    int has_copied;
} context;

typedef struct {
    int alive;
    rknn_matmul_info info;
    rknn_matmul_shape shapes[4];
    int shape_count;
    memory *mem[3];
} matmul;

static context contexts[MOST];
static matmul matmuls[MOST];
static stub_counters counters;
static char version[256] = "2.3.2 (stub@2025-04-09T09:09:27)";

typedef struct {
    char name[64];
    long value;
    int count;
} setting;
static setting failures[8], lies[8];

void stub_counters_read(stub_counters *into) { *into = counters; }

void stub_set_version(const char *text) { snprintf(version, sizeof version, "%s", text); }

static void set(setting *all, const char *name, int count, long value) {
    for (int i = 0; i < 8; i++) {
        if (all[i].name[0] == 0 || strcmp(all[i].name, name) == 0) {
            snprintf(all[i].name, sizeof all[i].name, "%s", name);
            all[i].count = count;
            all[i].value = value;
            return;
        }
    }
}

void stub_fail(const char *call, int count, int code) { set(failures, call, count, code); }

void stub_lie(const char *what, long value) { set(lies, what, 1, value); }

#ifdef SOFT
const char *triune_soft_runtime(void);
const char *triune_soft_runtime(void) { return "stub"; }
#endif

static int failure(const char *call) {
    for (int i = 0; i < 8; i++) {
        if (strcmp(failures[i].name, call) == 0 && failures[i].count > 0 && --failures[i].count == 0) {
            return (int)failures[i].value;
        }
    }
    return 0;
}

static int lie(const char *what, long *value) {
    for (int i = 0; i < 8; i++) {
        if (strcmp(lies[i].name, what) == 0 && lies[i].count > 0) {
            *value = lies[i].value;
            return 1;
        }
    }
    return 0;
}

static context *find(rknn_context handle) {
    return handle >= 1 && handle <= MOST && contexts[handle - 1].alive ? &contexts[handle - 1] : NULL;
}

static matmul *find_matmul(rknn_context handle) {
    return handle > 100 && handle <= 100 + MOST && matmuls[handle - 101].alive ? &matmuls[handle - 101] : NULL;
}

static int start(rknn_context *handle) {
    for (int i = 0; i < MOST; i++) {
        if (!contexts[i].alive) {
            memset(&contexts[i], 0, sizeof contexts[i]);
            contexts[i].alive = 1;
            contexts[i].rows = 2;
            counters.contexts++;
            *handle = (rknn_context)i + 1;
            return 0;
        }
    }
    return RKNN_ERR_MALLOC_FAIL;
}

int rknn_init(rknn_context *handle, void *model, uint32_t size, uint32_t flag, rknn_init_extend *extend) {
    int code = failure("rknn_init");
    if (code) return code;
    char begin[4] = {0};
    if (size == 0) {
        FILE *file = fopen(model, "rb");
        if (!file) return RKNN_ERR_MODEL_INVALID;
        size_t got = fread(begin, 1, 4, file);
        fclose(file);
        if (got < 4) return RKNN_ERR_MODEL_INVALID;
    } else if (size >= 4) {
        memcpy(begin, model, 4);
    }
    if (memcmp(begin, MARK, 4) != 0) return RKNN_ERR_MODEL_INVALID;
    int shares = (flag & RKNN_FLAG_SHARE_WEIGHT_MEM) != 0;
    if (shares != (extend != NULL)) return RKNN_ERR_PARAM_INVALID;
    if (shares && !find(extend->ctx)) return RKNN_ERR_CTX_INVALID;
    counters.flags = flag;
    return start(handle);
}

int rknn_dup_context(rknn_context *from, rknn_context *into) {
    int code = failure("rknn_dup_context");
    if (code) return code;
    return find(*from) ? start(into) : RKNN_ERR_CTX_INVALID;
}

int rknn_destroy(rknn_context handle) {
    context *c = find(handle);
    if (!c) return RKNN_ERR_CTX_INVALID;
    c->alive = 0;
    counters.contexts--;
    return failure("rknn_destroy");
}

static int attribute(const context *c, rknn_query_cmd command, rknn_tensor_attr *a) {
    int input = command == RKNN_QUERY_INPUT_ATTR || command == RKNN_QUERY_NATIVE_INPUT_ATTR ||
                command == RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR || command == RKNN_QUERY_CURRENT_INPUT_ATTR ||
                command == RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR;
    int current = command >= RKNN_QUERY_CURRENT_INPUT_ATTR;
    int native = command == RKNN_QUERY_NATIVE_INPUT_ATTR || command == RKNN_QUERY_NATIVE_OUTPUT_ATTR ||
                 command == RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR ||
                 command == RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR || command == RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR;
    uint32_t rows = current ? (uint32_t)c->rows : 2, index = a->index;
    uint32_t elements = rows * WIDTH * CHANNELS;
    if (index >= (input ? 1u : 2u)) return RKNN_ERR_PARAM_INVALID;
    memset(a, 0, sizeof *a);
    a->index = index;
    a->type = RKNN_TENSOR_INT8;
    a->qnt_type = RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC;
    a->scale = SCALE;
    a->zp = ZERO;
    a->n_elems = a->size = a->size_with_stride = elements;
    if (input) {
        strcpy(a->name, "picture");
        uint32_t dims[] = {1, rows, WIDTH, CHANNELS};
        a->n_dims = 4;
        memcpy(a->dims, dims, sizeof dims);
        a->fmt = RKNN_TENSOR_NHWC;
        a->w_stride = native ? STRIDE : WIDTH;
        if (native) a->size_with_stride = rows * STRIDE * CHANNELS;
    } else if (index == 0) {
        strcpy(a->name, "doubled");
        uint32_t plain[] = {1, CHANNELS, rows, WIDTH}, blocks[] = {1, 1, rows, WIDTH, BLOCK};
        a->n_dims = native ? 5 : 4;
        memcpy(a->dims, native ? blocks : plain, native ? sizeof blocks : sizeof plain);
        a->fmt = native ? RKNN_TENSOR_NC1HWC2 : RKNN_TENSOR_NCHW;
        /* As the vendor's does: the fillings count in no size but this. */
        a->size_with_stride = rows * WIDTH * BLOCK;
    } else {
        strcpy(a->name, "sum");
        a->n_dims = 2;
        a->dims[0] = a->dims[1] = 1;
        a->n_elems = 1;
        a->size = a->size_with_stride = 4;
        a->fmt = RKNN_TENSOR_UNDEFINED;
        a->type = RKNN_TENSOR_FLOAT32;
        a->qnt_type = RKNN_TENSOR_QNT_NONE;
    }
    long value;
    if (lie("index", &value)) a->index = (uint32_t)value;
    if (lie("n_dims", &value)) a->n_dims = (uint32_t)value;
    if (lie("dims", &value)) a->dims[1] = (uint32_t)value;
    if (lie("n_elems", &value)) a->n_elems = (uint32_t)value;
    if (lie("size", &value)) a->size = (uint32_t)value;
    if (lie("size_with_stride", &value)) a->size_with_stride = (uint32_t)value;
    if (lie("w_stride", &value)) a->w_stride = (uint32_t)value;
    if (lie("h_stride", &value)) a->h_stride = (uint32_t)value;
    if (lie("fmt", &value)) a->fmt = (rknn_tensor_format)value;
    if (lie("type", &value)) a->type = (rknn_tensor_type)value;
    if (lie("qnt_type", &value)) a->qnt_type = (rknn_tensor_qnt_type)value;
    if (lie("scale", &value)) a->scale = value ? (float)value : NAN;
    if (lie("name", &value)) memset(a->name, (int)value, sizeof a->name);
    return 0;
}

static int range(rknn_input_range *r) {
    if (r->index != 0) return RKNN_ERR_PARAM_INVALID;
    memset(r, 0, sizeof *r);
    strcpy(r->name, "picture");
    r->fmt = RKNN_TENSOR_NHWC;
    r->shape_number = 2;
    r->n_dims = 4;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t dims[] = {1, 2 + 2 * i, WIDTH, CHANNELS};
        memcpy(r->dyn_range[i], dims, sizeof dims);
    }
    long value;
    if (lie("shape_number", &value)) r->shape_number = (uint32_t)value;
    if (lie("range_dims", &value)) r->n_dims = (uint32_t)value;
    return 0;
}

int rknn_query(rknn_context handle, rknn_query_cmd command, void *info, uint32_t size) {
    int code = failure("rknn_query");
    if (code) return code;
    context *c = find(handle);
    if (!c) return RKNN_ERR_CTX_INVALID;
    static const uint32_t sizes[RKNN_QUERY_CMD_MAX] = {
        [RKNN_QUERY_IN_OUT_NUM] = sizeof(rknn_input_output_num),
        [RKNN_QUERY_INPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_OUTPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_PERF_DETAIL] = sizeof(rknn_perf_detail),
        [RKNN_QUERY_PERF_RUN] = sizeof(rknn_perf_run),
        [RKNN_QUERY_SDK_VERSION] = sizeof(rknn_sdk_version),
        [RKNN_QUERY_MEM_SIZE] = sizeof(rknn_mem_size),
        [RKNN_QUERY_CUSTOM_STRING] = sizeof(rknn_custom_string),
        [RKNN_QUERY_NATIVE_INPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_NATIVE_OUTPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_INPUT_DYNAMIC_RANGE] = sizeof(rknn_input_range),
        [RKNN_QUERY_CURRENT_INPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_CURRENT_OUTPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR] = sizeof(rknn_tensor_attr),
        [RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR] = sizeof(rknn_tensor_attr),
    };
    if (command >= RKNN_QUERY_CMD_MAX || sizes[command] == 0 || size != sizes[command]) {
        return RKNN_ERR_PARAM_INVALID;
    }
    long value;
    switch (command) {
    case RKNN_QUERY_IN_OUT_NUM: {
        rknn_input_output_num *count = info;
        count->n_input = lie("n_input", &value) ? (uint32_t)value : 1;
        count->n_output = lie("n_output", &value) ? (uint32_t)value : 2;
        return 0;
    }
    case RKNN_QUERY_PERF_DETAIL: {
        rknn_perf_detail *detail = info;
        detail->perf_data = (char *)REPORT;
        detail->data_len = sizeof REPORT;
        return 0;
    }
    case RKNN_QUERY_PERF_RUN:
        if (!c->has_run) return RKNN_ERR_FAIL;
        ((rknn_perf_run *)info)->run_duration = lie("run_duration", &value) ? value : 15;
        return 0;
    case RKNN_QUERY_SDK_VERSION: {
        rknn_sdk_version *v = info;
        memcpy(v->api_version, version, sizeof version);
        strcpy(v->drv_version, "0.9.8");
        return 0;
    }
    case RKNN_QUERY_MEM_SIZE: {
        rknn_mem_size *m = info;
        m->total_weight_size = 1000;
        m->total_internal_size = 2000;
        m->total_dma_allocated_size = 5000000000;
        return 0;
    }
    case RKNN_QUERY_CUSTOM_STRING: {
        /* As long as it may be: nothing ends it. */
        memset(info, 'c', size);
        return 0;
    }
    case RKNN_QUERY_INPUT_DYNAMIC_RANGE:
        return range(info);
    default:
        return attribute(c, command, info);
    }
}

static rknn_tensor_mem *create(rknn_context handle, const char *call, void *address, uint64_t size) {
    if (failure(call) || (!find(handle) && !find_matmul(handle))) return NULL;
    memory *m = calloc(1, sizeof *m);
    m->own = address == NULL;
    m->seen.virt_addr = address ? address : aligned_alloc(64, (size + 63) / 64 * 64);
    m->seen.size = (uint32_t)size;
    m->device = calloc(1, size);
    m->owner = handle;
    /* Not zero, as memory from anywhere is. */
    if (m->own) memset(m->seen.virt_addr, 0xa5, size);
    memset(m->device, 0x5a, size);
    counters.memories++;
    long value;
    if (lie("memory_size", &value)) m->seen.size = (uint32_t)value;
    if (lie("no_address", &value)) {
        if (m->own) free(m->seen.virt_addr);
        m->seen.virt_addr = NULL;
    }
    return &m->seen;
}

rknn_tensor_mem *rknn_create_mem(rknn_context handle, uint32_t size) {
    return create(handle, "rknn_create_mem", NULL, size);
}

rknn_tensor_mem *rknn_create_mem2(rknn_context handle, uint64_t size, uint64_t flags) {
    return flags & ~7ull ? NULL : create(handle, "rknn_create_mem2", NULL, size);
}

rknn_tensor_mem *rknn_create_mem_from_fd(rknn_context handle, int32_t fd, void *address, uint32_t size,
                                         int32_t offset) {
    return fd < 0 || offset != 0 ? NULL : create(handle, "rknn_create_mem_from_fd", address, size);
}

rknn_tensor_mem *rknn_create_mem_from_phys(rknn_context handle, uint64_t physical, void *address, uint32_t size) {
    return physical == 0 ? NULL : create(handle, "rknn_create_mem_from_phys", address, size);
}

int rknn_destroy_mem(rknn_context handle, rknn_tensor_mem *mem) {
    memory *m = (memory *)mem;
    /* A context must outlive its memories. */
    if (m->owner != handle || (!find(handle) && !find_matmul(handle))) return RKNN_ERR_CTX_INVALID;
    if (m->own) free(m->seen.virt_addr);
    free(m->device);
    free(m);
    counters.memories--;
    return 0;
}

int rknn_mem_sync(rknn_context handle, rknn_tensor_mem *mem, rknn_mem_sync_mode mode) {
    int code = failure("rknn_mem_sync");
    if (code) return code;
    memory *m = (memory *)mem;
    if (m->owner != handle) return RKNN_ERR_CTX_INVALID;
    long value;
    size_t size = lie("memory_size", &value) ? 0 : m->seen.size;
    if (mode == RKNN_MEMORY_SYNC_TO_DEVICE) memcpy(m->device, m->seen.virt_addr, size);
    if (mode == RKNN_MEMORY_SYNC_FROM_DEVICE) memcpy(m->seen.virt_addr, m->device, size);
    counters.synced++;
    return 0;
}

static int give(rknn_context handle, rknn_tensor_mem *mem, uint32_t size) {
    if (!find(handle) || ((memory *)mem)->owner != handle) return RKNN_ERR_CTX_INVALID;
    return mem->size < size ? RKNN_ERR_PARAM_INVALID : 0;
}

int rknn_set_weight_mem(rknn_context handle, rknn_tensor_mem *mem) { return give(handle, mem, 1000); }

int rknn_set_internal_mem(rknn_context handle, rknn_tensor_mem *mem) { return give(handle, mem, 2000); }

int rknn_set_io_mem(rknn_context handle, rknn_tensor_mem *mem, rknn_tensor_attr *attr) {
    int code = failure("rknn_set_io_mem");
    if (code) return code;
    context *c = find(handle);
    memory *m = (memory *)mem;
    if (!c || m->owner != handle) return RKNN_ERR_CTX_INVALID;
    int slot = strcmp(attr->name, "picture") == 0 ? 0 : strcmp(attr->name, "doubled") == 0 ? 1 : 2;
    if (slot == 0 && attr->fmt != RKNN_TENSOR_NHWC) return RKNN_ERR_INPUT_INVALID;
    c->mem[slot] = m;
    c->attr[slot] = *attr;
    return 0;
}

int rknn_set_input_shapes(rknn_context handle, uint32_t count, rknn_tensor_attr *attrs) {
    int code = failure("rknn_set_input_shapes");
    if (code) return code;
    context *c = find(handle);
    if (!c) return RKNN_ERR_CTX_INVALID;
    if (count != 1 || attrs->n_dims != 4 || (attrs->dims[1] != 2 && attrs->dims[1] != 4)) {
        return RKNN_ERR_PARAM_INVALID;
    }
    c->rows = (int)attrs->dims[1];
    return 0;
}

int rknn_set_core_mask(rknn_context handle, rknn_core_mask mask) {
    int code = failure("rknn_set_core_mask");
    if (code) return code;
    if (!find(handle)) return RKNN_ERR_CTX_INVALID;
    if (mask != RKNN_NPU_CORE_ALL && (mask > 7 || mask == 5 || mask == 6)) return RKNN_ERR_PARAM_INVALID;
    counters.mask = mask;
    return 0;
}

int rknn_set_batch_core_num(rknn_context handle, int count) {
    if (!find(handle)) return RKNN_ERR_CTX_INVALID;
    return count < 1 || count > 3 ? RKNN_ERR_PARAM_INVALID : 0;
}

static signed char encode(float value) {
    float steps = nearbyintf(value / SCALE) + (float)ZERO;
    return (signed char)(steps > 127 ? 127 : steps < -128 ? -128 : steps);
}

static float decode(signed char value) { return SCALE * (float)(value - ZERO); }

static int load(const unsigned char *from, rknn_tensor_type type, int stride, int rows, float *into) {
    for (int y = 0; y < rows; y++) {
        for (int i = 0; i < WIDTH * CHANNELS; i++) {
            size_t at = (size_t)(y * stride * CHANNELS + i);
            float value;
            if (type == RKNN_TENSOR_INT8) {
                value = decode(((const signed char *)from)[at]);
            } else if (type == RKNN_TENSOR_FLOAT32) {
                memcpy(&value, from + 4 * at, 4);
            } else {
                return RKNN_ERR_INPUT_INVALID;
            }
            into[y * WIDTH * CHANNELS + i] = value;
        }
    }
    return 0;
}

/* Writes twice the value of channel, row and column into an output of any form. */
static int store(memory *m, const rknn_tensor_attr *a, int rows, const float *values) {
    for (int c = 0; c < CHANNELS; c++) {
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < WIDTH; x++) {
                float value = 2 * values[(y * WIDTH + x) * CHANNELS + c];
                size_t at = a->fmt == RKNN_TENSOR_NC1HWC2 ? (size_t)((y * WIDTH + x) * BLOCK + c)
                            : a->fmt == RKNN_TENSOR_NHWC  ? (size_t)((y * WIDTH + x) * CHANNELS + c)
                                                          : (size_t)((c * rows + y) * WIDTH + x);
                size_t bytes = a->type == RKNN_TENSOR_FLOAT32 ? 4 : 1;
                if ((at + 1) * bytes > m->seen.size) return RKNN_ERR_OUTPUT_INVALID;
                if (bytes == 4) memcpy(m->device + 4 * at, &value, 4);
                else m->device[at] = (unsigned char)encode(value);
            }
        }
    }
    return 0;
}

static int values_of(const context *c, float *values) {
    if (!c->mem[0]) {
        memcpy(values, c->copied, sizeof c->copied);
        return c->has_copied ? 0 : RKNN_ERR_INPUT_INVALID;
    }
    const rknn_tensor_attr *a = &c->attr[0];
    int stride = a->pass_through ? (int)a->w_stride : WIDTH;
    return load(c->mem[0]->device, a->type, stride, c->rows, values);
}

int rknn_run(rknn_context handle, rknn_run_extend *extend) {
    (void)extend;
    int code = failure("rknn_run");
    if (code) return code;
    context *c = find(handle);
    if (!c) return RKNN_ERR_CTX_INVALID;
    float values[MOST_ROWS * WIDTH * CHANNELS], sum = 0;
    code = values_of(c, values);
    if (code) return code;
    c->has_run = 1;
    for (int i = 0; i < c->rows * WIDTH * CHANNELS; i++) sum += values[i];
    if (c->mem[2]) memcpy(c->mem[2]->device, &sum, 4);
    return c->mem[1] ? store(c->mem[1], &c->attr[1], c->rows, values) : 0;
}

int rknn_inputs_set(rknn_context handle, uint32_t count, rknn_input *inputs) {
    context *c = find(handle);
    if (!c) return RKNN_ERR_CTX_INVALID;
    if (count != 1) return RKNN_ERR_INPUT_INVALID;
    c->has_copied = 1;
    rknn_tensor_type type = inputs->pass_through ? RKNN_TENSOR_INT8 : inputs->type;
    return load(inputs->buf, type, inputs->pass_through ? STRIDE : WIDTH, c->rows, c->copied);
}

int rknn_outputs_get(rknn_context handle, uint32_t count, rknn_output *outputs, rknn_output_extend *extend) {
    (void)extend;
    int code = failure("rknn_outputs_get");
    if (code) return code;
    context *c = find(handle);
    if (!c || count != 2) return RKNN_ERR_OUTPUT_INVALID;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bytes = i == 1 || outputs[i].want_float ? 4 : 1;
        uint32_t elements = i == 1 ? 1 : (uint32_t)(c->rows * WIDTH * CHANNELS);
        memory m = {.device = calloc(elements, bytes)};
        m.seen.size = elements * bytes;
        rknn_tensor_attr a = {.fmt = RKNN_TENSOR_NCHW,
                              .type = bytes == 4 ? RKNN_TENSOR_FLOAT32 : RKNN_TENSOR_INT8};
        if (i == 0) {
            store(&m, &a, c->rows, c->copied);
        } else {
            float sum = 0;
            for (int j = 0; j < c->rows * WIDTH * CHANNELS; j++) sum += c->copied[j];
            memcpy(m.device, &sum, 4);
        }
        long value;
        outputs[i].buf = m.device;
        outputs[i].size = lie("output_size", &value) ? (uint32_t)value : m.seen.size;
        counters.outputs++;
    }
    return 0;
}

int rknn_outputs_release(rknn_context handle, uint32_t count, rknn_output *outputs) {
    if (!find(handle)) return RKNN_ERR_CTX_INVALID;
    for (uint32_t i = 0; i < count; i++) {
        free(outputs[i].buf);
        counters.outputs--;
    }
    return failure("rknn_outputs_release");
}

static void describe(const rknn_matmul_shape *s, rknn_matmul_io_attr *io) {
    memset(io, 0, sizeof *io);
    struct {
        rknn_matmul_tensor_attr *attr;
        int32_t rows, columns;
        rknn_tensor_type type;
        const char *name;
    } all[] = {{&io->A, s->M, s->K, RKNN_TENSOR_INT8, "A"},
               {&io->B, s->K, s->N, RKNN_TENSOR_INT8, "B"},
               {&io->C, s->M, s->N, RKNN_TENSOR_INT32, "C"}};
    for (int i = 0; i < 3; i++) {
        strcpy(all[i].attr->name, all[i].name);
        all[i].attr->n_dims = 2;
        all[i].attr->dims[0] = (uint32_t)all[i].rows;
        all[i].attr->dims[1] = (uint32_t)all[i].columns;
        all[i].attr->type = all[i].type;
        all[i].attr->size = (uint32_t)(all[i].rows * all[i].columns) * (i == 2 ? 4 : 1);
    }
    long value;
    if (lie("matmul_size", &value)) io->C.size = (uint32_t)value;
}

static int start_matmul(rknn_matmul_ctx *handle, rknn_matmul_info *info, int count, rknn_matmul_shape *shapes,
                        rknn_matmul_io_attr *io) {
    if (info->type != RKNN_INT8_MM_INT8_TO_INT32 || count < 1 || count > 4) return RKNN_ERR_PARAM_INVALID;
    for (int i = 0; i < MOST; i++) {
        if (!matmuls[i].alive) {
            memset(&matmuls[i], 0, sizeof matmuls[i]);
            matmuls[i].alive = 1;
            matmuls[i].info = *info;
            matmuls[i].shape_count = count;
            for (int j = 0; j < count; j++) {
                matmuls[i].shapes[j] = shapes[j];
                describe(&shapes[j], &io[j]);
            }
            counters.matmuls++;
            *handle = (rknn_matmul_ctx)i + 101;
            return 0;
        }
    }
    return RKNN_ERR_MALLOC_FAIL;
}

int rknn_matmul_create(rknn_matmul_ctx *handle, rknn_matmul_info *info, rknn_matmul_io_attr *io) {
    rknn_matmul_shape shape = {info->M, info->K, info->N};
    return start_matmul(handle, info, 1, &shape, io);
}

int rknn_matmul_create_dynamic_shape(rknn_matmul_ctx *handle, rknn_matmul_info *info, int count,
                                     rknn_matmul_shape *shapes, rknn_matmul_io_attr *io) {
    return start_matmul(handle, info, count, shapes, io);
}

int rknn_matmul_destroy(rknn_matmul_ctx handle) {
    matmul *m = find_matmul(handle);
    if (!m) return RKNN_ERR_CTX_INVALID;
    m->alive = 0;
    counters.matmuls--;
    return 0;
}

int rknn_matmul_set_io_mem(rknn_matmul_ctx handle, rknn_tensor_mem *mem, rknn_matmul_tensor_attr *attr) {
    matmul *m = find_matmul(handle);
    if (!m || ((memory *)mem)->owner != handle) return RKNN_ERR_CTX_INVALID;
    if (mem->size < attr->size) return RKNN_ERR_PARAM_INVALID;
    m->mem[attr->name[0] - 'A'] = (memory *)mem;
    return 0;
}

int rknn_matmul_set_core_mask(rknn_matmul_ctx handle, rknn_core_mask mask) {
    if (!find_matmul(handle)) return RKNN_ERR_CTX_INVALID;
    counters.mask = mask;
    return 0;
}

int rknn_matmul_set_quant_params(rknn_matmul_ctx handle, rknn_quant_params *params) {
    return find_matmul(handle) && params->scale_len > 0 && params->name[1] == 0 ? 0 : RKNN_ERR_PARAM_INVALID;
}

int rknn_matmul_get_quant_params(rknn_matmul_ctx handle, rknn_quant_params *params, float *scale) {
    (void)params;
    *scale = 0.25f;
    return find_matmul(handle) ? 0 : RKNN_ERR_CTX_INVALID;
}

int rknn_matmul_set_dynamic_shape(rknn_matmul_ctx handle, rknn_matmul_shape *shape) {
    matmul *m = find_matmul(handle);
    if (!m) return RKNN_ERR_CTX_INVALID;
    for (int i = 0; i < m->shape_count; i++) {
        if (memcmp(&m->shapes[i], shape, sizeof *shape) == 0) {
            rknn_matmul_shape first = m->shapes[0];
            m->shapes[0] = *shape;
            m->shapes[i] = first;
            return 0;
        }
    }
    return RKNN_ERR_PARAM_INVALID;
}

int rknn_matmul_run(rknn_matmul_ctx handle) {
    matmul *m = find_matmul(handle);
    if (!m || !m->mem[0] || !m->mem[1] || !m->mem[2]) return RKNN_ERR_PARAM_INVALID;
    int rows = m->shapes[0].M, inner = m->shapes[0].K, columns = m->shapes[0].N;
    int native = m->info.B_layout == RKNN_MM_LAYOUT_NATIVE;
    const signed char *a = (signed char *)m->mem[0]->device, *b = (signed char *)m->mem[1]->device;
    int32_t *c = (int32_t *)m->mem[2]->device;
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
            int32_t sum = 0;
            for (int k = 0; k < inner; k++) sum += a[i * inner + k] * b[native ? j * inner + k : k * columns + j];
            c[i * columns + j] = sum;
        }
    }
    return 0;
}

/* The stub's native layout is the transposed one. */
int rknn_B_normal_layout_to_native_layout(void *from, void *into, int K, int N, rknn_matmul_info *info) {
    if (info->type != RKNN_INT8_MM_INT8_TO_INT32) return RKNN_ERR_PARAM_INVALID;
    for (int k = 0; k < K; k++) {
        for (int n = 0; n < N; n++) ((char *)into)[n * K + k] = ((char *)from)[k * N + n];
    }
    return 0;
}
