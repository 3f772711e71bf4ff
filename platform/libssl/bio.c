/*
 * bio.c - a connection as a BIO, and the limits behind which it renegotiates by itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "bridge.h"

#include <stdlib.h>

#define LEAST_BYTES   512
#define LEAST_SECONDS 60
#define FEW_SECONDS   5 /* what becomes of less: a quirk that programs may know */

struct bio_method_st {
    int unused;
};

struct bio_st {
    SSL *ssl;
    int  close, retry;
};

static const BIO_METHOD the_method = {0};

const BIO_METHOD *BIO_f_ssl(void)
{
    return &the_method;
}

BIO *BIO_new(const BIO_METHOD *method)
{
    return method == &the_method ? (BIO *)calloc(1, sizeof(BIO)) : NULL;
}

static void let_go(BIO *bio)
{
    if (bio->close && bio->ssl != NULL) {
        (void)SSL_shutdown(bio->ssl);
        SSL_free(bio->ssl);
    }
}

int BIO_free(BIO *bio)
{
    if (bio == NULL) {
        return 0;
    }
    let_go(bio);
    free(bio);
    return 1;
}

void BIO_free_all(BIO *bio)
{
    (void)BIO_free(bio);
}

long BIO_set_ssl(BIO *bio, SSL *ssl, long close)
{
    if (ssl != bio->ssl) {
        let_go(bio);
    }
    bio->ssl   = ssl;
    bio->close = close == BIO_CLOSE;
    return 1;
}

long BIO_get_ssl(BIO *bio, SSL **ssl)
{
    *ssl = bio->ssl;
    return bio->ssl != NULL;
}

static int note(BIO *bio, int result)
{
    bio->retry = result <= 0 && bio->ssl != NULL && sslr_libssl_waits(bio->ssl);
    return result;
}

int BIO_read(BIO *bio, void *data, int length)
{
    return note(bio, bio->ssl != NULL ? SSL_read(bio->ssl, data, length) : -1);
}

int BIO_write(BIO *bio, const void *data, int length)
{
    return note(bio, bio->ssl != NULL ? SSL_write(bio->ssl, data, length) : -1);
}

int BIO_do_handshake(BIO *bio)
{
    return note(bio, bio->ssl != NULL ? SSL_do_handshake(bio->ssl) : -1);
}

int BIO_should_retry(BIO *bio)
{
    return bio->retry;
}

long BIO_set_ssl_renegotiate_bytes(BIO *bio, long bytes)
{
    Renegotiates *limits = bio->ssl != NULL ? sslr_libssl_renegotiates(bio->ssl) : NULL;
    long          before;

    if (limits == NULL) {
        return 0;
    }
    before = limits->bytes;
    if (bytes >= LEAST_BYTES) {
        limits->bytes = bytes;
    }
    return before;
}

long BIO_set_ssl_renegotiate_timeout(BIO *bio, long seconds)
{
    Renegotiates *limits = bio->ssl != NULL ? sslr_libssl_renegotiates(bio->ssl) : NULL;
    long          before;

    if (limits == NULL) {
        return 0;
    }
    before          = limits->seconds;
    limits->seconds = seconds < LEAST_SECONDS ? FEW_SECONDS : seconds;
    limits->since   = sslr_libssl_seconds();
    return before;
}

long BIO_get_num_renegotiates(BIO *bio)
{
    const Renegotiates *limits = bio->ssl != NULL ? sslr_libssl_renegotiates(bio->ssl) : NULL;

    return limits != NULL ? limits->fired : 0;
}
