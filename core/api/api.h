/*
 * api.h - what the files of core/api share: who may call what now, and the parts of a context that
 * outlive a handshake.
 */
#ifndef SSLREF_API_H
#define SSLREF_API_H

#include "../handshake/handshake.h"
#include "../profiles/profile.h"
#include "../session/session.h"
#include "../session/session13.h"

/* ctx->in_callback */
enum {
    IN_NOTHING               = 0,
    IN_CALL                  = 1,
    IN_CLIENT_HELLO_CALLBACK = 2
};

/* SSLBadParameterErr or SSLBadStateErr if a setter of "Configuration" may not run. */
static inline SSLErr may_configure(const SSLContext *ctx)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    if (ctx->in_callback == IN_CLIENT_HELLO_CALLBACK) {
        return SSLNoErr;
    }
    return ctx->in_callback != IN_NOTHING || ctx->state != SSL_StateIdle ? SSLBadStateErr
                                                                         : SSLNoErr;
}

/* The same for everything that is not a getter. */
static inline SSLErr may_call(const SSLContext *ctx)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    return ctx->in_callback != IN_NOTHING ? SSLBadStateErr : SSLNoErr;
}

/* Between the two the callbacks of a setter or getter run (memory), in which only getters may be
 * called. Give back what the first one returned. */
static inline uint8_t callbacks_begin(SSLContext *ctx)
{
    uint8_t before = ctx->in_callback;

    ctx->in_callback = IN_CALL;
    return before;
}

static inline void callbacks_end(SSLContext *ctx, uint8_t before)
{
    ctx->in_callback = before;
}

/* So many bytes of data were moved by a successful call: is a later handshake or KeyUpdate due? */
SSLErr sslr_data_moved(SSLContext *ctx, uint32 length);

/* ---- receive.c, for exchange.c ---- */

/* RFC 8446 4.6.2: the server does not wait for its client's answer. */
static inline int answers_later(const SSLContext *ctx)
{
    return ctx->handshake != NULL && !is_server(ctx) && has_fact(ctx, FACT_LATER);
}

/* The record that is open, or the next one: one step. Application data stays where it is. */
SSLErr sslr_receive(SSLContext *ctx);

/* The answer to close_notify leaves if the peer is still there; if not, the close was in order all
 * the same. */
void sslr_answer_close(SSLContext *ctx);

/* Give back a record of which nothing is left, unless the message that lies in it is still needed.
 */
void sslr_release_consumed(SSLContext *ctx);

/* ---- exchange.c, for status.c ---- */

/* A call could do something at once: what the queue was in the way of, what is scheduled. */
int sslr_is_due(const SSLContext *ctx);

/* ---- close.c, for exchange.c ---- */

/* Queue the close_notify of one direction. */
SSLErr sslr_send_close(SSLContext *ctx);

/* ---- exchange.c, for close.c and early_data.c: the ways in and out, and the loops ---- */

typedef int (*EnoughFunc)(const SSLContext *ctx);

SSLErr sslr_exchange_enter(SSLContext *ctx);
SSLErr sslr_exchange_enter_alive(SSLContext *ctx); /* not behind a failure */
SSLErr sslr_exchange_leave(SSLContext *ctx, SSLErr err);

/* Begin or go on with the handshake, but not beyond where it is enough. */
SSLErr sslr_exchange_until(SSLContext *ctx, EnoughFunc enough);

/* Received data that lies there: not 0 if so, and at most *length bytes of it. */
int sslr_exchange_take(SSLContext *ctx, uint8_t *data, uint32 *length);

/* Protect, queue and drain under the keys in force, as SSLWrite does. */
SSLErr sslr_exchange_put(SSLContext *ctx, Bytes data, uint32 *length, int *not_taken);

/* Free everything that a connection holds, but not the configuration. */
void sslr_connection_release(SSLContext *ctx);

/* Free the configuration's copies. */
void sslr_config_release(SSLContext *ctx);

/* Copy src's configuration into dest, whose allocator stands. */
SSLErr sslr_config_duplicate(SSLContext *dest, const SSLContext *src);

/* Replace a copied block. */
SSLErr sslr_replace_bytes(SSLContext *ctx, Bytes *place, Bytes value);

#endif
