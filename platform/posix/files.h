/*
 * files.h - what the files of this folder share: whole files in memory, wiping, a clock.
 */
#ifndef SSLREF_POSIX_FILES_H
#define SSLREF_POSIX_FILES_H

#include "sslposix.h"
#include <stddef.h>

/* The most bytes that are read from files for one object. */
#define SSLR_POSIX_MAX_FILES (64u * 1024u * 1024u)

/* Read the regular file at path into *content (malloc'ed here). Errors: SSLIOErr (errno),
 * SSLOverflowErr, SSLMemoryErr; *content is then empty. */
SSLErr sslr_posix_read_file(const char *path, SSLBuffer *content);

/* Wipe and free what sslr_posix_read_file made. */
void sslr_posix_release(SSLBuffer *content);

/* Overwrite memory in a way that the compiler does not remove. */
void sslr_posix_wipe(void *data, size_t length);

/* Seconds of a clock that nobody sets: for ages, not for dates. */
long long sslr_posix_seconds(void);

#endif
