/* Runs a model through the interface alone: a check of any runtime library without this crate's code.
 * client LIBRARY MODEL: binds memory of zeros to every input, plain float memory to every output, runs
 * once and prints what the library says, a line each. Exit 0 if every call succeeded. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"

static void *library;

static void *find(const char *name) {
    void *symbol = dlsym(library, name);
    if (!symbol) {
        fprintf(stderr, "the library has no %s\n", name);
        exit(1);
    }
    return symbol;
}

/* A function pointer from what dlsym gives, as POSIX has it. */
#define FUNCTION(name) __typeof__(&name) call_##name; *(void **)&call_##name = find(#name)

#define MUST(call)                                        \
    do {                                                  \
        int code = (call);                                \
        if (code != 0) {                                  \
            fprintf(stderr, "%s gave %d\n", #call, code); \
            exit(1);                                      \
        }                                                 \
    } while (0)

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "client LIBRARY MODEL\n");
        return 2;
    }
    library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    FUNCTION(rknn_init);
    FUNCTION(rknn_query);
    FUNCTION(rknn_create_mem);
    FUNCTION(rknn_mem_sync);
    FUNCTION(rknn_set_io_mem);
    FUNCTION(rknn_run);
    FUNCTION(rknn_destroy_mem);
    FUNCTION(rknn_destroy);

    rknn_context context = 0;
    MUST(call_rknn_init(&context, arguments[2], 0, 0, NULL));
    rknn_sdk_version version = {0};
    MUST(call_rknn_query(context, RKNN_QUERY_SDK_VERSION, &version, sizeof version));
    printf("version %.255s\n", version.api_version);
    rknn_input_output_num tensors = {0};
    MUST(call_rknn_query(context, RKNN_QUERY_IN_OUT_NUM, &tensors, sizeof tensors));
    printf("inputs %u outputs %u\n", tensors.n_input, tensors.n_output);

    enum { MOST = 64 };
    uint32_t all = tensors.n_input + tensors.n_output;
    if (tensors.n_input > MOST || tensors.n_output > MOST) return 1;
    rknn_tensor_mem *memories[2 * MOST];
    rknn_tensor_attr attributes[2 * MOST];
    memset(attributes, 0, sizeof attributes);
    for (uint32_t i = 0; i < all; i++) {
        int is_input = i < tensors.n_input;
        rknn_tensor_attr *a = &attributes[i];
        a->index = is_input ? i : i - tensors.n_input;
        rknn_query_cmd command = is_input ? RKNN_QUERY_INPUT_ATTR : RKNN_QUERY_OUTPUT_ATTR;
        MUST(call_rknn_query(context, command, a, sizeof *a));
        uint32_t size = a->size_with_stride > a->size ? a->size_with_stride : a->size;
        if (!is_input) {
            a->type = RKNN_TENSOR_FLOAT32;
            size = (a->n_elems > size ? a->n_elems : size) * 4;
        }
        memories[i] = call_rknn_create_mem(context, size);
        if (!memories[i]) return 1;
        memset(memories[i]->virt_addr, 0, size);
        MUST(call_rknn_mem_sync(context, memories[i], RKNN_MEMORY_SYNC_TO_DEVICE));
        MUST(call_rknn_set_io_mem(context, memories[i], a));
    }
    MUST(call_rknn_run(context, NULL));
    for (uint32_t i = tensors.n_input; i < all; i++) {
        MUST(call_rknn_mem_sync(context, memories[i], RKNN_MEMORY_SYNC_FROM_DEVICE));
        float first;
        memcpy(&first, memories[i]->virt_addr, sizeof first);
        printf("output %.255s elements %u first %g\n", attributes[i].name, attributes[i].n_elems, (double)first);
    }
    for (uint32_t i = 0; i < all; i++) MUST(call_rknn_destroy_mem(context, memories[i]));
    MUST(call_rknn_destroy(context));
    return 0;
}
