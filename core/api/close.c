/*
 * close.c - the end of a connection, in both directions or in one. It goes through the doors of
 * exchange.c.
 */
#include "../handshake/post_auth.h"
#include "api.h"

SSLErr SSLClose(SSLContext *ctx)
{
    SSLErr sealed = SSLNoErr;
    SSLErr err    = sslr_exchange_enter(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->state != SSL_StateAborted) {
        sslr_handshake_cancel(ctx);
        if (ctx->state != SSL_StateIdle && (!ctx->write_closed || ctx->owe_close)) {
            sealed = sslr_queue_alert(ctx, ALERT_WARNING, ALERT_CLOSE_NOTIFY);
        }
        ctx->write_closed = ctx->read_closed = 1;
        ctx->owe_close                       = 0;
        ctx->state                           = SSL_StateClosed;
        sslr_connection_release(ctx);
    }
    if (!ctx->transport_failed) {
        err = sslr_drain(ctx);
    }
    ctx->in_callback = IN_NOTHING;
    if (sealed != SSLNoErr) {
        return sealed; /* the random callback failed: the peer will see a truncation */
    }
    return err == SSLWouldBlockErr ? err : SSLNoErr; /* the peer may be gone */
}

SSLErr sslr_send_close(SSLContext *ctx)
{
    SSLErr err = sslr_queue_alert(ctx, ALERT_WARNING, ALERT_CLOSE_NOTIFY);

    ctx->owe_close = 0;
    if (ctx->read_closed) {
        ctx->state = SSL_StateClosed;
    }
    return err;
}

/* RFC 8446 4.6.2: nothing may stand inside the answer to a CertificateRequest. Of one that has
 * begun the rest comes first. */
static SSLErr close_write(SSLContext *ctx)
{
    sslr_post_auth_withdraw(ctx);
    if (ctx->post_auth != NULL) {
        ctx->post_auth->wanted = 0;
    }
    ctx->write_closed = 1;
    if (!answers_later(ctx)) {
        return sslr_send_close(ctx);
    }
    ctx->owe_close = 1;
    return SSLNoErr;
}

SSLErr SSLCloseWrite(SSLContext *ctx)
{
    SSLErr err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->state == SSL_StateClosed && ctx->version >= TLS_Version_1_3 && ctx->was_connected) {
        return SSLServiceWriteQueue(ctx); /* the peer has closed, too, and this is the rest */
    }
    if (ctx->state != SSL_StateConnected) {
        return SSLBadStateErr;
    }
    if (ctx->version < TLS_Version_1_3) {
        return SSLUnsupportedErr;
    }
    err = sslr_exchange_enter(ctx);
    if (err == SSLNoErr && !ctx->write_closed) {
        err = close_write(ctx);
    }
    if (err == SSLNoErr && ctx->owe_close) {
        err = sslr_exchange_until(ctx, NULL);
    }
    return sslr_exchange_leave(ctx, err != SSLNoErr ? err : sslr_drain(ctx));
}
