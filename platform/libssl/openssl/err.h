/*
 * err.h - the error queue of the libssl interface: enough for a program to print why something
 * failed. See ssl.h beside this file.
 */
#ifndef SSLREF_LIBSSL_ERR_H
#define SSLREF_LIBSSL_ERR_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each thread has a queue of eight errors, the oldest of which make room. The number of an error is
 * that of sslerrors.h, taken positive; 0: there is none. */
unsigned long ERR_get_error(void);
unsigned long ERR_peek_error(void);
unsigned long ERR_peek_last_error(void);
void          ERR_clear_error(void);

/* One sentence; the first into buffers of the caller's, cut off where it ends, the second into
 * `text` of at least 256 bytes, or a static buffer of the thread if that is NULL. */
void        ERR_error_string_n(unsigned long error, char *text, size_t length);
char       *ERR_error_string(unsigned long error, char *text);
const char *ERR_reason_error_string(unsigned long error);

/* Print the queue, a line each, and empty it. */
void ERR_print_errors_fp(FILE *file);

#ifdef __cplusplus
}
#endif
#endif
