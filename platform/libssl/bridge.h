/*
 * bridge.h - both worlds: the engine's ssl.h first, then that of libssl's interface, which has the
 * same name; and what the files of this folder share.
 */
#ifndef SSLREF_LIBSSL_BRIDGE_H
#define SSLREF_LIBSSL_BRIDGE_H

#include "../../ssl.h"
#include "sslposix.h"

#include <openssl/ssl.h>

/* Remember an error of the engine for ERR_get_error. */
void sslr_libssl_error(SSLErr err);

/* A copy of the name (NULL: none) in the place of an older one; 0: no memory. */
int sslr_libssl_keep_name(char **place, const char *name);

/* Zero secrets in memory that is about to be freed. */
void sslr_libssl_wipe(void *data, size_t length);

/* Seconds by a clock that nobody sets. */
long long sslr_libssl_seconds(void);

/* BIO_should_retry: the last operation of this connection only waits. */
int sslr_libssl_waits(const SSL *ssl);

/* The limits of BIO_set_ssl_renegotiate_..., which belong to the connection. */
typedef struct Renegotiates {
    long      bytes, seconds;
    long long counted, since; /* bytes; sslr_libssl_seconds */
    long      fired;
} Renegotiates;

Renegotiates *sslr_libssl_renegotiates(SSL *ssl);

#endif
