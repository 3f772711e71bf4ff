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

/* What several hold, each for as long as it needs it: an SSL the context that it was made from, and
 * what that had of certificates when it began. */
typedef struct Held {
    long holders;
    void (*end)(void *whole); /* when the last has let go; a Held is the first member */
} Held;

typedef struct Identity {
    Held         held;
    SSLIdentity *engine;
} Identity;

typedef struct Trust {
    Held      held;
    SSLTrust *engine;
} Trust;

/* One more holder; NULL stays NULL. */
void *sslr_libssl_hold(void *whole);
void  sslr_libssl_let_go(void *whole);

struct ssl_ctx_st {
    Held              held;
    const SSL_METHOD *method;
    int               min, max; /* versions */
    uint64_t          options;
    long              mode;
    Verify            verify;
    char             *chain_file, *key_file;
    Identity         *identity; /* NULL: none */
    Trust            *trust;    /* NULL: none */
    SSLTicketKeys    *ticket_keys;
    unsigned char     session_context[SSL_MAX_SID_CTX_LENGTH];
    unsigned int      session_context_length;
};

/* SSL_ServerSide, SSL_ClientSide, or 0 for either. */
int sslr_libssl_side(const SSL_CTX *ctx);

#endif
