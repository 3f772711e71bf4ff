/*
 * talk.h - what the client and the server of this folder share. They include nothing of sslref and
 * are built twice: against libssl, and against platform/libssl.
 */
#ifndef SSLREF_TEST_LIBSSL_TALK_H
#define SSLREF_TEST_LIBSSL_TALK_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 256

static inline int fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    ERR_print_errors_fp(stderr);
    return 1;
}

static inline int version_named(const char *name)
{
    return strcmp(name, "1.3") == 0 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

/* A line without its end; 0 at the end of the connection. */
static inline int read_line(SSL *ssl, char *line)
{
    int length = 0;

    while (length < MAX_LINE - 1) {
        int got = SSL_read(ssl, line + length, 1);

        if (got <= 0) {
            return 0;
        }
        if (line[length] == '\n') {
            break;
        }
        length++;
    }
    line[length] = '\0';
    return 1;
}

static inline int write_line(SSL *ssl, const char *line)
{
    char text[MAX_LINE + 1];
    int  length = snprintf(text, sizeof(text), "%s\n", line);

    return SSL_write(ssl, text, length) == length;
}

#endif
