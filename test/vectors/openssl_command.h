/*
 * openssl_command.h - the openssl command (Debian package openssl) as a peer for keys and
 * signatures: it works on files in a directory that is removed again.
 */
#ifndef SSLREF_TEST_VECTORS_OPENSSL_COMMAND_H
#define SSLREF_TEST_VECTORS_OPENSSL_COMMAND_H

#include <stddef.h>

extern int openssl_is_there;

/* For the whole group of tests: makes the directory and looks for the command; removes it. */
int openssl_begin(void **state);
int openssl_end(void **state);

/* Files of the directory: "key", "public", "message", "signature" or "out". The second gives back
 * the length. */
void   openssl_write(const char *name, const void *data, size_t length);
size_t openssl_read(const char *name, void *data, size_t size);

/* openssl, with its arguments, in the directory; 1 if it succeeded. */
int openssl_run(const char *arguments);

#endif
