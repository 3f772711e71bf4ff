/*
 * exchange.c - what goes over a connection: handshakes, data, the end; and what a program hears of
 * it. The engine's context comes from connection.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_STASH ((size_t)1 << 20)
#define CHUNK     16384

/* ---- results ---- */

/* What the program hears of a call of the engine: 0 or -1, and SSL_get_error. */
static int report(SSL *ssl, SSLErr err)
{
    const uint32 wants = SSLWants(ssl->engine);

    if (err == SSLWouldBlockErr) {
        ssl->error = (wants & SSL_WantsWrite) != 0 && (wants & SSL_WantsRead) == 0
                         ? SSL_ERROR_WANT_WRITE
                         : SSL_ERROR_WANT_READ;
        return -1;
    }
    if (err == SSLConnectionClosedGraceful) {
        ssl->shutdown |= SSL_RECEIVED_SHUTDOWN;
        ssl->error = SSL_ERROR_ZERO_RETURN;
        return 0;
    }
    ssl->error = err == SSLIOErr ? SSL_ERROR_SYSCALL : SSL_ERROR_SSL;
    sslr_libssl_error(err);
    return -1;
}

int SSL_get_error(const SSL *ssl, int result)
{
    return result > 0 ? SSL_ERROR_NONE : ssl->error;
}

int sslr_libssl_waits(const SSL *ssl)
{
    return ssl->error == SSL_ERROR_WANT_READ || ssl->error == SSL_ERROR_WANT_WRITE;
}

/* ---- data that comes in the midst of a handshake ---- */

/* The engine holds a record and goes on when it is taken: 1 if some was. */
static int put_aside(SSL *ssl)
{
    uint32 length = CHUNK;
    uint8 *larger;
    SSLErr err;

    if ((SSLWants(ssl->engine) & SSL_WantsApplicationData) == 0 ||
        ssl->stash_end + CHUNK > MAX_STASH) {
        return 0;
    }
    larger = (uint8 *)realloc(ssl->stash, ssl->stash_end + CHUNK);
    if (larger == NULL) {
        return 0;
    }
    ssl->stash = larger;
    err        = SSLRead(ssl->stash + ssl->stash_end, &length, ssl->engine);
    ssl->stash_end += length;
    return err == SSLNoErr && length > 0;
}

static int take_stash(SSL *ssl, void *data, int length)
{
    size_t have = ssl->stash_end - ssl->stash_start;
    size_t take = have < (size_t)length ? have : (size_t)length;

    memcpy(data, ssl->stash + ssl->stash_start, take);
    sslr_libssl_wipe(ssl->stash + ssl->stash_start, take);
    ssl->stash_start += take;
    if (ssl->stash_start == ssl->stash_end) {
        ssl->stash_start = ssl->stash_end = 0;
    }
    return (int)take;
}

/* ---- the handshake ---- */

int SSL_do_handshake(SSL *ssl)
{
    SSLErr err;

    if (!sslr_libssl_begin(ssl)) {
        return -1;
    }
    do {
        err = SSLHandshake(ssl->engine);
    } while (err == SSLWouldBlockErr && put_aside(ssl));
    return err == SSLNoErr ? 1 : report(ssl, err);
}

int SSL_connect(SSL *ssl)
{
    SSL_set_connect_state(ssl);
    return SSL_do_handshake(ssl);
}

int SSL_accept(SSL *ssl)
{
    SSL_set_accept_state(ssl);
    return SSL_do_handshake(ssl);
}

/* ---- reading and writing ---- */

Renegotiates *sslr_libssl_renegotiates(SSL *ssl)
{
    return &ssl->renegotiates;
}

/* Behind each successful read and write: more than so many bytes, else more than so much time. What
 * comes of it does not count. */
static void count(SSL *ssl, int length)
{
    Renegotiates *limits = &ssl->renegotiates;
    long long     now    = limits->seconds != 0 ? sslr_libssl_seconds() : 0;
    int           due    = 0;

    limits->counted += length;
    if (limits->bytes != 0 && limits->counted > limits->bytes) {
        limits->counted = 0;
        due             = 1;
    } else if (limits->seconds != 0 && now > limits->since + limits->seconds) {
        limits->since = now;
        due           = 1;
    }
    if (due) {
        limits->fired++;
        if (SSLRenegotiate(ssl->engine) == SSLUnsupportedErr) {
            (void)SSLKeyUpdate(ssl->engine, 1);
        }
    }
}

int SSL_read(SSL *ssl, void *data, int length)
{
    uint32 got = (uint32)length;
    SSLErr err;

    if (length < 0 || !sslr_libssl_begin(ssl)) {
        return -1;
    }
    if (ssl->stash_end > ssl->stash_start) {
        length = take_stash(ssl, data, length);
        count(ssl, length);
        return length;
    }
    err = SSLRead(data, &got, ssl->engine);
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    count(ssl, (int)got);
    return (int)got;
}

int SSL_write(SSL *ssl, const void *data, int length)
{
    SSLErr err = SSLNoErr;

    if (length < 0 || !sslr_libssl_begin(ssl)) {
        return -1;
    }
    /* The same call again: first what the engine has of it must leave. */
    if (ssl->taken > 0) {
        err = SSLServiceWriteQueue(ssl->engine);
    }
    while (err == SSLNoErr && ssl->taken < length) {
        uint32 taken = (uint32)(length - ssl->taken);

        err = SSLWrite((const uint8 *)data + ssl->taken, &taken, ssl->engine);
        ssl->taken += (int)taken;
        if (err == SSLWouldBlockErr && put_aside(ssl)) {
            err = SSLNoErr;
        }
    }
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    ssl->taken = 0;
    count(ssl, length);
    return length;
}

int SSL_pending(const SSL *ssl)
{
    uint32 waiting = 0;

    if (ssl->engine != NULL) {
        (void)SSLGetReadPendingSize(ssl->engine, &waiting);
    }
    return (int)(waiting + (uint32)(ssl->stash_end - ssl->stash_start));
}

/* ---- the end ---- */

/* The engine does not read any more: what comes is the peer's close_notify, or nothing. */
static int wait_for_end(SSL *ssl)
{
    char    unread[1024];
    ssize_t got;

    do {
        got = recv(ssl->fd, unread, sizeof(unread), 0);
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        ssl->error = SSL_ERROR_WANT_READ;
        return -1;
    }
    ssl->shutdown |= SSL_RECEIVED_SHUTDOWN;
    return 1;
}

int SSL_shutdown(SSL *ssl)
{
    SSLErr err;

    if (ssl->engine == NULL) {
        ssl->error = SSL_ERROR_SSL;
        return -1;
    }
    if ((ssl->shutdown & SSL_SENT_SHUTDOWN) != 0 && (ssl->shutdown & SSL_RECEIVED_SHUTDOWN) == 0) {
        return wait_for_end(ssl);
    }
    err = SSLClose(ssl->engine);
    if (err != SSLNoErr) {
        return report(ssl, err);
    }
    ssl->shutdown |= SSL_SENT_SHUTDOWN;
    return (ssl->shutdown & SSL_RECEIVED_SHUTDOWN) != 0;
}

int SSL_get_shutdown(const SSL *ssl)
{
    return ssl->shutdown;
}
