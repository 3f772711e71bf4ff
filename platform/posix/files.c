/*
 * files.c - what the files of this folder share: whole files in memory that is wiped afterwards
 * (they may hold private keys), and a clock for ages.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void sslr_posix_wipe(void *data, size_t length)
{
    volatile unsigned char *byte = (volatile unsigned char *)data;

    while (length-- > 0) {
        *byte++ = 0;
    }
}

void sslr_posix_release(SSLBuffer *content)
{
    if (content->data != NULL) {
        sslr_posix_wipe(content->data, content->length);
        free(content->data);
    }
    content->data   = NULL;
    content->length = 0;
}

/* Fill data from fd until length bytes or the end of the file; the count, or -1. */
static ssize_t read_all(int fd, uint8 *data, size_t length)
{
    size_t filled = 0;

    while (filled < length) {
        ssize_t count = read(fd, data + filled, length - filled);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return -1;
        }
        if (count == 0) {
            break; /* the file became shorter while it was read */
        }
        filled += (size_t)count;
    }
    return (ssize_t)filled;
}

static SSLErr read_open_file(int fd, size_t length, SSLBuffer *content)
{
    ssize_t count;

    content->data = (uint8 *)malloc(length > 0 ? length : 1);
    if (content->data == NULL) {
        return SSLMemoryErr;
    }
    content->length = (uint32)length; /* for the wiping, should reading fail half-way */
    count           = read_all(fd, content->data, length);
    if (count < 0) {
        int reason = errno;

        sslr_posix_release(content);
        errno = reason;
        return SSLIOErr;
    }
    content->length = (uint32)count;
    return SSLNoErr;
}

SSLErr sslr_posix_read_file(const char *path, SSLBuffer *content)
{
    struct stat status;
    SSLErr      err;
    int         fd, reason;

    content->data   = NULL;
    content->length = 0;
    /* O_NONBLOCK: a name that turns out to be a pipe must not stop the program for ever. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return SSLIOErr;
    }
    if (fstat(fd, &status) != 0) {
        err = SSLIOErr;
    } else if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        err   = SSLIOErr;
    } else if (status.st_size < 0 || (uint64_t)status.st_size > SSLR_POSIX_MAX_FILES) {
        err = SSLOverflowErr;
    } else {
        err = read_open_file(fd, (size_t)status.st_size, content);
    }
    reason = errno;
    (void)close(fd);
    errno = reason;
    return err;
}

long long sslr_posix_seconds(void)
{
    struct timespec now;

    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? (long long)now.tv_sec : 0;
}
