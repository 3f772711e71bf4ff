/*
 * contexts.h - the inside of an SSL_CTX, for contexts.c and connection.c.
 */
#ifndef SSLREF_LIBSSL_CONTEXTS_H
#define SSLREF_LIBSSL_CONTEXTS_H

#include "bridge.h"

typedef struct Verify {
    int mode; /* SSL_VERIFY_... */
    int (*callback)(int good, X509_STORE_CTX *store);
} Verify;

struct ssl_ctx_st {
    const SSL_METHOD *method;
    int               min, max; /* versions */
    uint64_t          options;
    long              mode;
    Verify            verify;
    char             *chain_file, *key_file;
    SSLIdentity      *identity;
    SSLTrust         *trust;
    SSLTicketKeys    *ticket_keys;
};

/* SSL_ServerSide, SSL_ClientSide, or 0 for either. */
int sslr_libssl_side(const SSL_CTX *ctx);

#endif
