/* What the tests set in the stub runtime before they use it. */
#ifndef TRIUNE_STUB_RUNTIME_H
#define TRIUNE_STUB_RUNTIME_H

/* What stands open: contexts, memories, outputs not released, matrix multiplications. */
typedef struct {
    int contexts;
    int memories;
    int outputs;
    int matmuls;
    int synced;
    unsigned mask;
    unsigned flags;
} stub_counters;

void stub_counters_read(stub_counters *into);

/* The version that the library says it is. */
void stub_set_version(const char *text);

/* The call of this name returns `code`, or makes no memory, when it is made the `count`-th time from now. */
void stub_fail(const char *call, int count, int code);

/* Makes the library say something wrong of what it has; see lie() in runtime.c for the names. */
void stub_lie(const char *what, long value);

#endif
