/*
 * parts.c - what the files of this folder share.
 */
#define _POSIX_C_SOURCE 200809L
#include "bridge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int sslr_libssl_keep_name(char **place, const char *name)
{
    char *copy = name != NULL ? strdup(name) : NULL;

    if (name != NULL && copy == NULL) {
        sslr_libssl_error(SSLMemoryErr);
        return 0;
    }
    free(*place);
    *place = copy;
    return 1;
}

/* Through a volatile pointer, so that no compiler takes it for a dead store. */
void sslr_libssl_wipe(void *data, size_t length)
{
    volatile unsigned char *byte = (volatile unsigned char *)data;

    while (length-- > 0) {
        *byte++ = 0;
    }
}

long long sslr_libssl_seconds(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec;
}
