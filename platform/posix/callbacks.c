/*
 * callbacks.c - memory, random numbers and time of a POSIX system as callbacks, and the one call
 * that installs them all. Sockets live in socket_io.c. Called by programs and by the engine.
 */
#define _POSIX_C_SOURCE 200809L
#include "sslposix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* getrandom() came with Linux 3.17 and glibc 2.25; the BSDs and Solaris followed. */
#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__sun)
#include <sys/random.h>
#define HAVE_GETRANDOM 1
#else
#define HAVE_GETRANDOM 0
#endif

SSLErr SSLPosixAlloc(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    buf->data = (uint8 *)malloc(buf->length);
    return buf->data != NULL ? SSLNoErr : SSLMemoryErr;
}

SSLErr SSLPosixFree(SSLBuffer *buf, void *allocRef)
{
    (void)allocRef;
    free(buf->data);
    buf->data   = NULL;
    buf->length = 0;
    return SSLNoErr;
}

SSLErr SSLPosixRealloc(SSLBuffer *buf, uint32 newSize, void *allocRef)
{
    uint8 *moved;

    (void)allocRef;
    /* realloc(p, 0) means different things on different systems: always ask for a byte. */
    moved = (uint8 *)realloc(buf->data, newSize > 0 ? newSize : 1);
    if (moved == NULL) {
        return SSLMemoryErr; /* the old block is still valid, as the contract allows */
    }
    buf->data   = moved;
    buf->length = newSize;
    return SSLNoErr;
}

const SSLAllocator *SSLPosixAllocator(void)
{
    static const SSLAllocator allocator = {
        .allocFunc   = SSLPosixAlloc,
        .freeFunc    = SSLPosixFree,
        .reallocFunc = SSLPosixRealloc,
        .allocRef    = NULL,
    };

    return &allocator;
}

/* For kernels without getrandom(), and for those that are older than their C library (ENOSYS). */
static SSLErr read_random_device(uint8 *data, size_t length)
{
    SSLErr err = SSLIOErr;
    int    fd  = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return SSLIOErr;
    }
    while (length > 0) {
        ssize_t count = read(fd, data, length);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break; /* an end of file here is as bad as an error */
        }
        data += count;
        length -= (size_t)count;
    }
    if (length == 0) {
        err = SSLNoErr;
    }
    (void)close(fd);
    return err;
}

SSLErr SSLPosixRandom(SSLBuffer buf, void *randomRef)
{
    uint8 *data   = buf.data;
    size_t length = buf.length;

    (void)randomRef;
#if HAVE_GETRANDOM
    while (length > 0) {
        /* Up to 256 bytes come whole; longer requests may be cut short by a signal. */
        ssize_t count = getrandom(data, length, 0);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            break;
        }
        data += count;
        length -= (size_t)count;
    }
#endif
    return length == 0 ? SSLNoErr : read_random_device(data, length);
}

SSLErr SSLPosixTime(uint32 *timeOut, void *timeRef)
{
    time_t now = time(NULL);

    (void)timeRef;
    if (now == (time_t)-1 || now < 0 || (uint64_t)now > UINT32_MAX) {
        return SSLIOErr; /* no clock, or after the year 2106 */
    }
    *timeOut = (uint32)now;
    return SSLNoErr;
}

SSLErr SSLPosixConvertTime(uint32 *timeInOut, void *timeRef)
{
    (void)timeInOut;
    (void)timeRef;
    return SSLNoErr;
}

SSLErr SSLPosixInstall(SSLContext *ctx, int fd)
{
    SSLErr err = SSLSetAllocFunc(ctx, SSLPosixAlloc);

    if (err != SSLNoErr) {
        return err; /* no context, or called from inside a callback: the others would fail alike */
    }
    (void)SSLSetFreeFunc(ctx, SSLPosixFree);
    (void)SSLSetReallocFunc(ctx, SSLPosixRealloc);
    (void)SSLSetAllocRef(ctx, NULL);
    (void)SSLSetRandomFunc(ctx, SSLPosixRandom);
    (void)SSLSetRandomRef(ctx, NULL);
    (void)SSLSetTimeFunc(ctx, SSLPosixTime);
    (void)SSLSetConvertTimeFunc(ctx, SSLPosixConvertTime);
    (void)SSLSetTimeRef(ctx, NULL);
    (void)SSLSetReadFunc(ctx, SSLPosixRead);
    (void)SSLSetWriteFunc(ctx, SSLPosixWrite);
    return SSLSetIORef(ctx, SSLPosixSocket(fd));
}
