/*
 * early_data.c - the two calls that carry 0-RTT data of TLS 1.3 (RFC 8446 2.3), and their settings.
 * Whether it is offered and accepted is decided in core/handshake.
 */
#include "api.h"

SSLErr SSLSetMaxEarlyData(SSLContext *ctx, uint32 bytes)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        ctx->config.max_early_data = bytes;
    }
    return err;
}

SSLErr SSLSetReplayFunc(SSLContext *ctx, SSLReplayFunc replay, void *replayRef)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->callbacks.replay     = replay;
        ctx->callbacks.replay_ref = replayRef;
    }
    return err;
}

SSLErr SSLGetEarlyDataStatus(SSLContext *ctx, int *accepted)
{
    if (ctx == NULL || accepted == NULL) {
        return SSLBadParameterErr;
    }
    *accepted = ctx->early_accepted;
    return SSLNoErr;
}

/* What both calls begin with. */
static SSLErr begin(SSLContext *ctx, const void *data, uint32 *length, uint32 *room)
{
    if (length == NULL) {
        return SSLBadParameterErr;
    }
    *room   = *length;
    *length = 0;
    return data == NULL && *room > 0 ? SSLBadParameterErr : sslr_exchange_enter_alive(ctx);
}

/* Not an error of the connection: the program goes on with another call. */
static SSLErr refuse(SSLContext *ctx)
{
    ctx->in_callback = IN_NOTHING;
    ctx->wants       = 0;
    return SSLBadStateErr;
}

/* ---- writing ---- */

/* Most bytes that may be written now: what the ticket allows, and the key, whose records may be as
 * small as a byte. A server answers under keys that last. */
static uint32 allowed(const SSLContext *ctx)
{
    const Direction *write = &ctx->write;
    uint64_t         records =
        write->sequence < write->record_limit ? write->record_limit - write->sequence : 0;
    uint32_t left = ctx->handshake->early.left;

    if (is_server(ctx)) {
        return UINT32_MAX;
    }
    return left < records ? left : (uint32_t)records;
}

/* RFC 8446 2.3; of a server: 2, it may answer before the client's Finished. */
static SSLErr write_early(SSLContext *ctx, Bytes data, uint32 *length, int *not_taken)
{
    SSLErr err = sslr_exchange_put(ctx, data, length, not_taken);

    if (!is_server(ctx)) {
        ctx->handshake->early.left -= *length;
    }
    return err;
}

static int is_writing(const SSLContext *ctx)
{
    return ctx->handshake != NULL &&
           (is_server(ctx) ? ctx->handshake->early.answering : ctx->handshake->early.writing);
}

SSLErr SSLWriteEarlyData(const void *data, uint32 *length, SSLContext *ctx)
{
    uint32 offered;
    int    not_taken = 0;
    SSLErr err       = begin(ctx, data, length, &offered);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->state == SSL_StateConnected || (is_server(ctx) && !is_writing(ctx))) {
        return refuse(ctx);
    }
    if (!is_server(ctx)) {
        ctx->early_wanted = 1; /* counts until the ClientHello is written */
        err               = sslr_exchange_until(ctx, sslr_is_listening);
        if (ctx->state == SSL_StateIdle) {
            ctx->early_wanted = 0; /* a callback is missing: it has not begun */
        }
    }
    if (err == SSLNoErr && (!is_writing(ctx) || (offered > 0 && allowed(ctx) == 0))) {
        return refuse(ctx);
    }
    if (err == SSLNoErr) {
        offered = offered < allowed(ctx) ? offered : allowed(ctx);
        err     = write_early(ctx, bytes_of(data, offered), length, &not_taken);
    }
    if (not_taken) {
        ctx->in_callback = IN_NOTHING; /* out of memory before anything was protected: try again */
        return err;
    }
    return sslr_exchange_leave(ctx, err);
}

/* ---- reading ---- */

/* No 0-RTT data came, or all of it has been read. */
static int is_over(const SSLContext *ctx)
{
    const Handshake *hs = ctx->handshake;

    return hs->table != ctx->profile->first_flow && !hs->early.reading;
}

SSLErr SSLReadEarlyData(void *data, uint32 *length, SSLContext *ctx)
{
    uint32 room;
    SSLErr err;

    if (length != NULL && *length == 0) {
        return SSLBadParameterErr; /* the answer would mean that nothing is left */
    }
    err = begin(ctx, data, length, &room);
    if (err != SSLNoErr) {
        return err;
    }
    if (!is_server(ctx)) {
        return refuse(ctx);
    }
    if (ctx->state != SSL_StateConnected) {
        err = sslr_exchange_until(ctx, is_over);
    }
    if (err == SSLWouldBlockErr && ctx->handshake->early.reading) {
        *length = room;
        if (sslr_exchange_take(ctx, (uint8_t *)data, length)) {
            ctx->wants = 0;
            err        = SSLNoErr;
        } else {
            *length = 0;
        }
    }
    return sslr_exchange_leave(ctx, err);
}
