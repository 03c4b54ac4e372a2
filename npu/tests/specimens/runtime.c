/* A library that says of itself what the test wants: -DVERSION="..." or -DNO_BASE, -DNO_VERSION. With
 * -DFAILS it has functions, and each of them fails. */
#include <stddef.h>
#include <stdint.h>

struct base {
    const void *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

#ifdef FAILS
/* A failure is a pointer, and so is its message. */
static const char *fail(void) { return "nothing works here"; }

static const void *get_api(uint32_t version) {
    static const void *functions[1024];
    (void)version;
    for (int i = 0; i < 1024; i++) functions[i] = (const void *)fail;
    return functions;
}
#else
static const void *get_api(uint32_t version) {
    (void)version;
    return NULL;
}
#endif

static const char *get_version(void) {
#ifdef NO_VERSION
    return NULL;
#else
    return VERSION;
#endif
}

const struct base *OrtGetApiBase(void) {
    static const struct base base = {get_api, get_version};
#ifdef NO_BASE
    return NULL;
#else
    return &base;
#endif
}
