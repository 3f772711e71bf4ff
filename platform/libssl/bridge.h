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

/* BIO_should_retry: the last operation of this connection only waits. */
int sslr_libssl_waits(const SSL *ssl);

/* The limits of BIO_set_ssl_renegotiate_..., which belong to the connection. */
typedef struct Renegotiates {
    long      bytes, seconds;
    long long counted, since; /* bytes; seconds since 1970 */
    long      fired;
} Renegotiates;

Renegotiates *sslr_libssl_renegotiates(SSL *ssl);

#endif
