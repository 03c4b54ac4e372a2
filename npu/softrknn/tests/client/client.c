/* A program in C that runs a model: its own declarations of the interface, the library opened at run time.
 *
 * client LIBRARY MODEL prints sizes and offsets of what it hands over, then runs the model once on
 * 1, 2, 3, ... in each input and prints each output. Its exit code is 0 if every call went well. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t context_t;

struct counts {
    uint32_t inputs;
    uint32_t outputs;
};

struct attribute {
    uint32_t index;
    uint32_t axes;
    uint32_t sizes[16];
    char name[256];
    uint32_t elements;
    uint32_t size;
    int format;
    int type;
    int quantisation;
    int8_t fraction;
    int32_t zero_point;
    float scale;
    uint32_t width_stride;
    uint32_t size_with_stride;
    uint8_t pass_through;
    uint32_t height_stride;
};

struct memory {
    void *address;
    uint64_t physical;
    int32_t file;
    int32_t offset;
    uint32_t size;
    uint32_t flags;
    void *own;
};

struct output {
    uint8_t want_float;
    uint8_t is_prealloc;
    uint32_t index;
    void *buffer;
    uint32_t size;
};

enum { COUNTS = 0, INPUT = 1, OUTPUT = 2, MOST = 8 };
enum { FLOAT32 = 0, TO_DEVICE = 1, FROM_DEVICE = 2 };

static void *library;

static void *function(const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "no %s\n", name);
        exit(2);
    }
    return found;
}

static void check(const char *what, int code) {
    if (code != 0) {
        fprintf(stderr, "%s gave %d\n", what, code);
        exit(3);
    }
}

#define DECLARE(result, name, ...) result (*name)(__VA_ARGS__) = (result (*)(__VA_ARGS__))function(#name)

static void print_layouts(void) {
    printf("counts %zu\n", sizeof(struct counts));
    printf("attribute %zu name %zu format %zu scale %zu width_stride %zu pass_through %zu height_stride %zu\n",
           sizeof(struct attribute), offsetof(struct attribute, name), offsetof(struct attribute, format),
           offsetof(struct attribute, scale), offsetof(struct attribute, width_stride),
           offsetof(struct attribute, pass_through), offsetof(struct attribute, height_stride));
    printf("memory %zu file %zu size %zu own %zu\n", sizeof(struct memory), offsetof(struct memory, file),
           offsetof(struct memory, size), offsetof(struct memory, own));
    printf("output %zu index %zu buffer %zu size %zu\n", sizeof(struct output), offsetof(struct output, index),
           offsetof(struct output, buffer), offsetof(struct output, size));
}

static char *read_file(const char *path, uint32_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    *size = (uint32_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size);
    if (!bytes || fread(bytes, 1, *size, file) != *size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    if (argc != 3 || !(library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL))) {
        fprintf(stderr, "%s\n", argc != 3 ? "client LIBRARY MODEL" : dlerror());
        return 2;
    }
    DECLARE(int, rknn_init, context_t *, void *, uint32_t, uint32_t, void *);
    DECLARE(int, rknn_destroy, context_t);
    DECLARE(int, rknn_query, context_t, int, void *, uint32_t);
    DECLARE(struct memory *, rknn_create_mem, context_t, uint32_t);
    DECLARE(int, rknn_destroy_mem, context_t, struct memory *);
    DECLARE(int, rknn_set_io_mem, context_t, struct memory *, struct attribute *);
    DECLARE(int, rknn_mem_sync, context_t, struct memory *, int);
    DECLARE(int, rknn_set_core_mask, context_t, int);
    DECLARE(int, rknn_run, context_t, void *);
    DECLARE(int, rknn_outputs_get, context_t, uint32_t, struct output *, void *);
    DECLARE(int, rknn_outputs_release, context_t, uint32_t, struct output *);

    print_layouts();
    uint32_t size;
    char *model = read_file(argv[2], &size);
    context_t context = 0;
    check("init", rknn_init(&context, model, size, 0, NULL));
    free(model);
    check("core mask", rknn_set_core_mask(context, 1));
    struct counts counts;
    check("counts", rknn_query(context, COUNTS, &counts, sizeof counts));
    if (counts.inputs > MOST || counts.outputs > MOST) {
        return 4;
    }
    struct memory *memories[2 * MOST];
    for (uint32_t i = 0; i < counts.inputs + counts.outputs; i++) {
        int is_input = i < counts.inputs;
        struct attribute attribute;
        memset(&attribute, 0, sizeof attribute);
        attribute.index = is_input ? i : i - counts.inputs;
        check("attribute", rknn_query(context, is_input ? INPUT : OUTPUT, &attribute, sizeof attribute));
        if (attribute.type != FLOAT32) {
            return 5;
        }
        struct memory *memory = memories[i] = rknn_create_mem(context, attribute.size_with_stride);
        if (!memory) {
            return 6;
        }
        check("io mem", rknn_set_io_mem(context, memory, &attribute));
        if (is_input) {
            for (uint32_t element = 0; element < attribute.elements; element++) {
                ((float *)memory->address)[element] = (float)(element + 1);
            }
            check("sync", rknn_mem_sync(context, memory, TO_DEVICE));
        }
    }
    check("run", rknn_run(context, NULL));
    struct output outputs[MOST];
    memset(outputs, 0, sizeof outputs);
    for (uint32_t i = 0; i < counts.outputs; i++) {
        outputs[i].index = i;
        outputs[i].want_float = 1;
    }
    check("outputs", rknn_outputs_get(context, counts.outputs, outputs, NULL));
    for (uint32_t i = 0; i < counts.outputs; i++) {
        struct memory *memory = memories[counts.inputs + i];
        check("sync", rknn_mem_sync(context, memory, FROM_DEVICE));
        printf("output %u:", i);
        for (uint32_t element = 0; element < outputs[i].size / sizeof(float); element++) {
            float bound = ((float *)memory->address)[element];
            float copied = ((float *)outputs[i].buffer)[element];
            printf(bound == copied ? " %g" : " %g!", bound);
        }
        printf("\n");
    }
    check("release", rknn_outputs_release(context, counts.outputs, outputs));
    for (uint32_t i = 0; i < counts.inputs + counts.outputs; i++) {
        check("destroy mem", rknn_destroy_mem(context, memories[i]));
    }
    check("destroy", rknn_destroy(context));
    int (*counters)(uint64_t *) = (int (*)(uint64_t *))function("triune_soft_counters");
    uint64_t held[7];
    check("counters", counters(held));
    printf("held %d %d %d %d runs %d\n", (int)held[0], (int)held[1], (int)held[2], (int)held[3], (int)held[4]);
    return 0;
}
