/*
 * exchange.c - what goes over a connection: handshakes, data, the end; and what a program hears of
 * it. The engine's context comes from connection.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "connection.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STASH    ((size_t)1 << 20)
#define CHUNK        16384
#define CLOSE_NOTIFY 0 /* the number of the alert */

/* ---- results ---- */

static int refuse(SSL *ssl, SSLErr err)
{
    ssl->error = SSL_ERROR_SSL;
    sslr_libssl_error(err);
    return -1;
}

/* A handshake goes on when its flight has left, and only then: the peer says nothing before. Of a
 * write that waits the program knows already; a read beside it must not wait for the same, or two
 * sides that write would wait for each other. */
static int direction(const SSL *ssl)
{
    const uint32 wants   = SSLWants(ssl->engine);
    int          running = 0;

    (void)SSLGetHandshakeRunning(ssl->engine, &running);
    return (wants & SSL_WantsWrite) != 0 &&
                   ((running && ssl->taken == 0) || (wants & SSL_WantsRead) == 0)
               ? SSL_ERROR_WANT_WRITE
               : SSL_ERROR_WANT_READ;
}

/* The engine says the same of a connection that this side has closed. */
static int peer_has_closed(const SSL *ssl)
{
    uint8 received = SSL_NO_ALERT;

    (void)SSLGetAlerts(ssl->engine, NULL, &received);
    return received == CLOSE_NOTIFY;
}

/* What the program hears of a call of the engine: 0 or -1, and SSL_get_error. */
static int report(SSL *ssl, SSLErr err)
{
    if (err == SSLWouldBlockErr) {
        ssl->error = direction(ssl);
        return -1;
    }
    if (err == SSLConnectionClosedGraceful && peer_has_closed(ssl)) {
        ssl->shutdown |= SSL_RECEIVED_SHUTDOWN;
        ssl->error = SSL_ERROR_ZERO_RETURN;
        return 0;
    }
    (void)refuse(ssl, err == SSLConnectionClosedGraceful ? SSLUnsupportedErr : err);
    if (err == SSLIOErr) {
        ssl->error = SSL_ERROR_SYSCALL;
    }
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

/* Room behind what was put aside: what was taken makes some, then more memory is. */
static SSLErr make_room(SSL *ssl)
{
    const size_t have = ssl->stash_end - ssl->stash_start;
    size_t       size = ssl->stash_size;
    uint8       *place;

    if (ssl->stash_end + CHUNK <= size) {
        return SSLNoErr;
    }
    if (have + CHUNK > MAX_STASH) {
        return SSLOverflowErr; /* until the program reads */
    }
    while (size < have + CHUNK) {
        size = size == 0 ? CHUNK : size * 2;
    }
    place = (uint8 *)malloc(size);
    if (place == NULL) {
        return SSLMemoryErr;
    }
    if (have > 0) {
        memcpy(place, ssl->stash + ssl->stash_start, have);
    }
    sslr_libssl_wipe(ssl->stash, ssl->stash_end);
    free(ssl->stash);
    ssl->stash       = place;
    ssl->stash_size  = size;
    ssl->stash_start = 0;
    ssl->stash_end   = have;
    return SSLNoErr;
}

/* Read into the stash. */
static SSLErr read_aside(SSL *ssl)
{
    uint32 length = CHUNK;
    SSLErr err    = make_room(ssl);

    if (err == SSLNoErr) {
        err = SSLRead(ssl->stash + ssl->stash_end, &length, ssl->engine);
        ssl->stash_end += length;
    }
    return err;
}

/* Behind a call that said err. SSLNoErr: the engine held a record, which was put aside, and the
 * call may go on. */
static SSLErr put_aside(SSL *ssl, SSLErr err)
{
    return err == SSLWouldBlockErr && (SSLWants(ssl->engine) & SSL_WantsApplicationData) != 0
               ? read_aside(ssl)
               : err;
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
    SSLErr err, handshake;

    if (!sslr_libssl_begin(ssl)) {
        return -1;
    }
    do {
        handshake = SSLHandshake(ssl->engine);
        err       = put_aside(ssl, handshake);
    } while (err == SSLNoErr && handshake != SSLNoErr);
    return err == SSLNoErr ? 1 : report(ssl, err);
}

static int handshake_as(SSL *ssl, int side)
{
    SSLErr err = sslr_libssl_set_side(ssl, side);

    return err == SSLNoErr ? SSL_do_handshake(ssl) : refuse(ssl, err);
}

int SSL_connect(SSL *ssl)
{
    return handshake_as(ssl, SSL_ClientSide);
}

int SSL_accept(SSL *ssl)
{
    return handshake_as(ssl, SSL_ServerSide);
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

    if (!sslr_libssl_begin(ssl)) {
        return -1;
    }
    if (length < 0) {
        return refuse(ssl, SSLBadParameterErr);
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

/* A write that waits is called again with the same bytes, some of which the engine has already:
 * with others it would send a mixture. */
static int is_same_write(const SSL *ssl, const void *data, int length)
{
    return ssl->taken == 0 ||
           (length >= ssl->offered &&
            (data == ssl->data || (ssl->mode & SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) != 0));
}

/* What is left of it. */
static SSLErr write_rest(SSL *ssl, const uint8 *data, int length)
{
    SSLErr err = SSLNoErr;

    if (ssl->taken > 0) { /* an error that ended the connection has dropped it */
        err =
            sslr_libssl_stands(ssl) ? SSLServiceWriteQueue(ssl->engine) : SSLConnectionClosedError;
    }
    while (err == SSLNoErr && ssl->taken < length) {
        uint32 taken = (uint32)(length - ssl->taken);

        err = SSLWrite(data + ssl->taken, &taken, ssl->engine);
        ssl->taken += (int)taken;
        err = put_aside(ssl, err);
    }
    return err;
}

int SSL_write(SSL *ssl, const void *data, int length)
{
    SSLErr err;

    if (!sslr_libssl_begin(ssl)) {
        return -1;
    }
    if (length < 0 || !is_same_write(ssl, data, length)) {
        return refuse(ssl, SSLBadParameterErr);
    }
    ssl->data    = data;
    ssl->offered = length;
    err          = write_rest(ssl, (const uint8 *)data, length);
    if (err == SSLConnectionClosedGraceful) {
        return refuse(ssl, err); /* not the end of what is read */
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

/* Up to TLS 1.2 the engine closes both directions at once, and reads no more: what it has is put
 * aside. */
static SSLErr close_both(SSL *ssl)
{
    uint32 waiting = 0;

    while (SSLGetReadPendingSize(ssl->engine, &waiting) == SSLNoErr && waiting > 0 &&
           read_aside(ssl) == SSLNoErr) {
    }
    return SSLClose(ssl->engine);
}

static SSLErr send_close(SSL *ssl)
{
    SSLSessionState state = SSL_StateClosed;
    SSLErr          err;

    if ((ssl->shutdown & SSL_SENT_SHUTDOWN) != 0) {
        return SSLServiceWriteQueue(ssl->engine);
    }
    (void)SSLGetSessionState(ssl->engine, &state);
    err = state == SSL_StateConnected && SSL_version(ssl) >= TLS1_3_VERSION
              ? SSLCloseWrite(ssl->engine)
              : close_both(ssl);
    if (err == SSLNoErr || err == SSLWouldBlockErr) {
        ssl->shutdown |= SSL_SENT_SHUTDOWN;
    }
    return err;
}

static int close_has_left(const SSL *ssl)
{
    uint32 waiting = 0;

    (void)SSLGetWritePendingSize(ssl->engine, &waiting);
    return (ssl->shutdown & SSL_SENT_SHUTDOWN) != 0 && waiting == 0;
}

/* The peer's close_notify, and nothing else: data that comes first is for SSL_read. */
static int await_close(SSL *ssl)
{
    SSLErr err = ssl->stash_end == ssl->stash_start ? read_aside(ssl) : SSLNoErr;

    if (err == SSLNoErr) {
        return refuse(ssl, SSLBadStateErr);
    }
    return report(ssl, err) == 0 ? 1 : -1;
}

int SSL_shutdown(SSL *ssl)
{
    SSLErr err;

    ssl->error = SSL_ERROR_NONE;
    if (!sslr_libssl_stands(ssl)) {
        return refuse(ssl, SSLBadStateErr);
    }
    if (!close_has_left(ssl)) {
        err = send_close(ssl);
        if (err != SSLNoErr) {
            return report(ssl, err);
        }
    } else if ((ssl->shutdown & SSL_RECEIVED_SHUTDOWN) == 0) {
        return await_close(ssl);
    }
    return (ssl->shutdown & SSL_RECEIVED_SHUTDOWN) != 0;
}

int SSL_get_shutdown(const SSL *ssl)
{
    return ssl->shutdown;
}
