/* A library that says of itself what the test wants: -DVERSION="..." or -DNO_BASE, -DNO_VERSION. */
#include <stddef.h>
#include <stdint.h>

struct base {
    const void *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

static const void *get_api(uint32_t version) {
    (void)version;
    return NULL;
}

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
