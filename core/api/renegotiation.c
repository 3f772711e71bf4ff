/*
 * renegotiation.c - the calls that schedule a later handshake, and the triggers that do it by
 * themselves: bytes, time, and keys that come near their limit. Nothing here does I/O; what is
 * scheduled begins in core/api/exchange.c.
 */
#include "../handshake/post_auth.h"
#include "../handshake/renegotiate.h"
#include "api.h"

#define ALL_FLAGS                                                                                  \
    (SSL_RenegotiateNever | SSL_RenegotiateAllowPeer | SSL_RenegotiateAllowLegacy |                \
     SSL_RenegotiateNewSession)
#define MIN_RENEGOTIATE_BYTES 512

SSLErr SSLSetRenegotiation(SSLContext *ctx, uint32 flags)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr && (flags & ~(uint32)ALL_FLAGS) != 0) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        ctx->config.renegotiation = (uint8_t)flags;
    }
    return err;
}

static SSLErr schedule(SSLContext *ctx, uint8_t what)
{
    Renegotiation *renegotiation = &ctx->renegotiation;
    SSLErr         err           = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (ctx->state != SSL_StateConnected || ctx->write_closed || ctx->handshake != NULL) {
        return SSLBadStateErr;
    }
    if (!sslr_may_renegotiate(ctx)) {
        return SSLUnsupportedErr;
    }
    if (renegotiation->scheduled < what) { /* several calls make one; the complete one wins */
        renegotiation->scheduled = what;
    }
    renegotiation->automatic = 0;
    return SSLNoErr;
}

SSLErr SSLRenegotiate(SSLContext *ctx)
{
    return schedule(ctx, RENEGOTIATE_FULL);
}

SSLErr SSLRenegotiateAbbreviated(SSLContext *ctx)
{
    return schedule(ctx, RENEGOTIATE_ABBREVIATED);
}

SSLErr SSLRenegotiatePending(SSLContext *ctx, int *pending)
{
    if (ctx == NULL || pending == NULL) {
        return SSLBadParameterErr;
    }
    *pending = ctx->state == SSL_StateConnected && ctx->renegotiation.scheduled != RENEGOTIATE_NOT;
    return SSLNoErr;
}

SSLErr SSLGetHandshakeRunning(SSLContext *ctx, int *running)
{
    if (ctx == NULL || running == NULL) {
        return SSLBadParameterErr;
    }
    *running = ctx->handshake != NULL ||
               (ctx->state == SSL_StateConnected &&
                (ctx->renegotiation.asked != RENEGOTIATE_NOT || sslr_post_auth_pending(ctx)));
    return SSLNoErr;
}

SSLErr SSLGetSecureRenegotiation(SSLContext *ctx, int *secure)
{
    if (ctx == NULL || secure == NULL) {
        return SSLBadParameterErr;
    }
    *secure =
        ctx->protocol != NULL && (ctx->version >= TLS_Version_1_3 || ctx->secure_renegotiation);
    return SSLNoErr;
}

/* ---- TLS 1.3: the client's certificate, later ---- */

SSLErr SSLSetPostHandshakeAuth(SSLContext *ctx, int allow)
{
    SSLErr err = may_configure(ctx);

    if (err == SSLNoErr) {
        ctx->config.post_handshake_auth = allow != 0;
    }
    return err;
}

SSLErr SSLRequestClientCertificate(SSLContext *ctx, int require)
{
    SSLErr err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    if (!is_server(ctx) || ctx->state != SSL_StateConnected || ctx->write_closed ||
        ctx->read_closed || ctx->handshake != NULL || sslr_post_auth_pending(ctx)) {
        return SSLBadStateErr;
    }
    if (ctx->post_auth == NULL) {
        return SSLUnsupportedErr;
    }
    ctx->post_auth->wanted  = 1;
    ctx->post_auth->require = require != 0;
    return SSLNoErr;
}

/* ---- triggers ---- */

SSLErr SSLSetRenegotiateBytes(SSLContext *ctx, uint32 bytes)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr && bytes != 0 && bytes < MIN_RENEGOTIATE_BYTES) {
        err = SSLBadParameterErr;
    }
    if (err == SSLNoErr) {
        ctx->config.renegotiate_bytes = bytes;
        ctx->renegotiation.moved      = 0;
    }
    return err;
}

SSLErr SSLSetRenegotiateTimeout(SSLContext *ctx, uint32 seconds)
{
    uint8_t before;
    SSLErr  err = may_call(ctx);

    if (err != SSLNoErr) {
        return err;
    }
    ctx->config.renegotiate_seconds = seconds;
    ctx->renegotiation.last_trigger = 0;
    if (seconds != 0 && ctx->callbacks.time != NULL) {
        before = callbacks_begin(ctx);
        err    = sslr_time(ctx, &ctx->renegotiation.last_trigger);
        callbacks_end(ctx, before);
    }
    return err;
}

/* In TLS 1.3 both sides change keys; before, a handshake is scheduled, if it is allowed and none is
 * on its way. */
static void trigger(SSLContext *ctx)
{
    Renegotiation *renegotiation = &ctx->renegotiation;

    if (ctx->version >= TLS_Version_1_3) {
        ctx->want_key_update = ctx->key_update_asked = 1;
        return;
    }
    /* In SSL 3.0 a peer that refuses says nothing: it would be waited for without end. */
    if (sslr_may_renegotiate(ctx) && ctx->version > SSL_Version_3_0 && ctx->handshake == NULL &&
        renegotiation->asked == RENEGOTIATE_NOT && renegotiation->scheduled == RENEGOTIATE_NOT) {
        renegotiation->scheduled = RENEGOTIATE_FULL;
        renegotiation->automatic = 1;
    }
}

static int too_many_bytes(SSLContext *ctx)
{
    const uint32_t limit = ctx->config.renegotiate_bytes;

    if (limit == 0 || ctx->renegotiation.moved <= limit) {
        return 0;
    }
    ctx->renegotiation.moved = 0;
    return 1;
}

static SSLErr too_much_time(SSLContext *ctx, int *due)
{
    Renegotiation *renegotiation = &ctx->renegotiation;
    int64_t        now;
    SSLErr         err;

    *due = 0;
    if (ctx->config.renegotiate_seconds == 0 || ctx->callbacks.time == NULL) {
        return SSLNoErr;
    }
    err = sslr_time(ctx, &now);
    if (err != SSLNoErr) {
        return err;
    }
    *due = renegotiation->last_trigger != 0 &&
           now > renegotiation->last_trigger + ctx->config.renegotiate_seconds;
    if (*due || renegotiation->last_trigger == 0) {
        renegotiation->last_trigger = now;
    }
    return SSLNoErr;
}

static int near_limit(const Direction *direction)
{
    return direction->record_limit != 0 &&
           direction->sequence >= direction->record_limit - direction->record_limit / 4;
}

/* Decision 23: before the limit of records under one key comes near; once, if the peer refuses. */
static int keys_are_old(const SSLContext *ctx)
{
    return !ctx->renegotiation.declined &&
           ((near_limit(&ctx->write) && ctx->version <= TLS_Version_1_2) ||
            (near_limit(&ctx->read) && !ctx->key_update_awaited));
}

SSLErr sslr_data_moved(SSLContext *ctx, uint32 length)
{
    int    due = 0;
    SSLErr err = SSLNoErr;

    if (length == 0 || ctx->state != SSL_StateConnected || ctx->write_closed) {
        return SSLNoErr;
    }
    ctx->quiet_records = 0; /* where only this side has data the peer has nothing but answers */
    ctx->renegotiation.moved += length;
    if (too_many_bytes(ctx)) {
        trigger(ctx);
        return SSLNoErr;
    }
    err = too_much_time(ctx, &due);
    if (due || keys_are_old(ctx)) {
        trigger(ctx);
    }
    return err;
}

/* ---- counters ---- */

SSLErr SSLGetRenegotiationCounts(SSLContext *ctx, uint32 *sinceClear, uint32 *total)
{
    if (ctx == NULL) {
        return SSLBadParameterErr;
    }
    if (sinceClear != NULL) {
        *sinceClear = ctx->renegotiation.started;
    }
    if (total != NULL) {
        *total = ctx->renegotiation.started_total;
    }
    return SSLNoErr;
}

SSLErr SSLClearRenegotiationCount(SSLContext *ctx)
{
    SSLErr err = may_call(ctx);

    if (err == SSLNoErr) {
        ctx->renegotiation.started = 0;
    }
    return err;
}
