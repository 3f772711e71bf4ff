/*
 * connection.h - the inside of an SSL, for connection.c, exchange.c and status.c.
 */
#ifndef SSLREF_LIBSSL_CONNECTION_H
#define SSLREF_LIBSSL_CONNECTION_H

#include "contexts.h"

struct ssl_st {
    SSL_CTX     *shared;
    Identity    *identity; /* of the time of SSL_new; NULL: none */
    Trust       *trust;    /* of the time of the handshake; NULL: none */
    SSLContext  *engine;   /* NULL until the handshake begins */
    int          fd, side;
    uint64_t     options;
    long         mode;
    Verify       verify;
    char        *name, *host; /* to ask for; that the certificate must have */
    char        *given;       /* that the engine has of them */
    int          error;       /* SSL_ERROR_... of the last call */
    int          shutdown;    /* SSL_..._SHUTDOWN */
    int          judged;      /* there is a verdict */
    SSLErr       verdict;     /* about the peer's certificate */
    const void  *data;        /* of a write that waits */
    int          offered;     /* its bytes */
    int          taken;       /* those that the engine has */
    Renegotiates renegotiates;

    /* What came in the midst of a handshake and was not asked for yet. */
    uint8 *stash;
    size_t stash_start, stash_end, stash_size;
};

/* Not 0: the first handshake is done, and no error has ended the connection. */
int sslr_libssl_stands(const SSL *ssl);

SSLErr sslr_libssl_set_side(SSL *ssl, int side);

/* The beginning of every call. 1: the engine is there. */
int sslr_libssl_begin(SSL *ssl);

#endif
