/*
 * alert.c - alerts: sealed and queued, nothing more; and the one place where a connection fails.
 *
 * A fatal alert is sealed into a slot of the context, so that it needs no memory. It follows what
 * is already queued: those records have taken their sequence numbers, and an alert that overtook
 * them could not be opened by the peer.
 */
#include "../keys/keys.h"
#include "record.h"

/* The slot is used once: nothing may follow a fatal alert or close_notify. */
static SSLErr seal_into_slot(SSLContext *ctx, const uint8_t content[2])
{
    Outgoing  *out       = &ctx->outgoing;
    Direction *write     = &ctx->write;
    size_t     expansion = 0, prefix = 0, length = 0;
    SSLErr     err;

    if (write->protection != NULL) {
        expansion = write->protection->expansion(write);
        prefix    = write->protection->prefix(write);
    }
    if (RECORD_HEADER + expansion + 2 > sizeof(out->alert)) {
        return SSLInternalErr;
    }
    memcpy(out->alert + RECORD_HEADER + prefix, content, 2);
    out->alert[0] = CONTENT_ALERT;
    put_u16(out->alert + 1, sslr_record_version(ctx));
    put_u16(out->alert + 3, 2);
    length = RECORD_HEADER + 2;
    err    = SSLNoErr;
    if (write->protection != NULL) {
        uint16_t padding           = ctx->config.record_padding;
        ctx->config.record_padding = 0; /* the slot has no room for it */
        err = write->protection->seal(ctx, write, CONTENT_ALERT, out->alert, 2, &length);
        ctx->config.record_padding = padding;
    }
    if (err == SSLNoErr) {
        out->alert_start = 0;
        out->alert_end   = (uint8_t)length;
    }
    return err;
}

/* SSL 3.0 knows twelve alerts; the others become the closest of them (protocol/ssl3.md section 1).
 */
static uint8_t alert_of_ssl3(uint8_t alert)
{
    switch (alert) {
    case ALERT_CLOSE_NOTIFY:
    case ALERT_UNEXPECTED_MESSAGE:
    case ALERT_BAD_RECORD_MAC:
    case ALERT_HANDSHAKE_FAILURE:
    case ALERT_NO_CERTIFICATE:
    case ALERT_BAD_CERTIFICATE:
    case ALERT_UNSUPPORTED_CERTIFICATE:
    case ALERT_CERTIFICATE_REVOKED:
    case ALERT_CERTIFICATE_EXPIRED:
    case ALERT_CERTIFICATE_UNKNOWN:
    case ALERT_ILLEGAL_PARAMETER:
    case ALERT_INAPPROPRIATE_FALLBACK: /* RFC 7507 sends it in SSL 3.0 too */
        return alert;
    case ALERT_RECORD_OVERFLOW:
        return ALERT_BAD_RECORD_MAC;
    case ALERT_UNKNOWN_CA:
        return ALERT_BAD_CERTIFICATE;
    default:
        return ALERT_HANDSHAKE_FAILURE;
    }
}

/* Before a version is chosen the peer may know no other alerts either. */
static int peer_speaks_ssl3(const SSLContext *ctx)
{
    if (ctx->protocol != NULL) {
        return ctx->version == SSL_Version_3_0;
    }
    return ctx->config.version_max <= SSL_Version_3_0 ||
           (ctx->handshake != NULL && ctx->handshake->client_version == SSL_Version_3_0);
}

SSLErr sslr_queue_alert(SSLContext *ctx, uint8_t level, uint8_t alert)
{
    uint8_t content[2];
    SSLErr  err;

    if (ctx->protocol != NULL && ctx->protocol->alert != NULL) {
        return ctx->protocol->alert(ctx, alert);
    }
    if (peer_speaks_ssl3(ctx)) {
        if (alert == ALERT_NO_RENEGOTIATION) {
            return SSLNoErr; /* there is no such alert: silence */
        }
        alert = alert_of_ssl3(alert);
    }

    content[0] = level;
    content[1] = alert;
    if (level == ALERT_FATAL || alert == ALERT_CLOSE_NOTIFY) {
        err = seal_into_slot(ctx, content);
    } else {
        err = sslr_queue_content(ctx, CONTENT_ALERT, bytes_of(content, 2));
    }
    if (err == SSLNoErr) {
        ctx->alert_sent = alert;
        sslr_trace(ctx, SSL_TraceAlertSent, alert, level, ctx->write.protection != NULL,
                   SSLAlertName(alert));
    }
    return err;
}

SSLErr sslr_fail(SSLContext *ctx, uint8_t alert, SSLErr err, const char *rule)
{
    if (ctx->error != SSLNoErr) {
        return ctx->error; /* the first failure is the one that counts */
    }
    ctx->error      = err;
    ctx->error_rule = rule;
    ctx->state      = SSL_StateAborted;
    if ((!ctx->write_closed || ctx->owe_close) && alert != SSL_NO_ALERT) {
        (void)sslr_queue_alert(ctx, ALERT_FATAL, alert);
    }
    return err;
}

SSLErr sslr_illegal(SSLContext *ctx, const char *rule)
{
    return sslr_fail(ctx, ALERT_ILLEGAL_PARAMETER, SSLProtocolErr, rule);
}

SSLErr sslr_fail_internal(SSLContext *ctx, SSLErr err, const char *rule)
{
    return sslr_fail(ctx, sslr_alert_for_error(err), err,
                     ctx->error_rule != NULL ? ctx->error_rule : rule);
}
