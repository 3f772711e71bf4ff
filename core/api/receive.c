/*
 * receive.c - one record through the read callback, and what its type asks for: a message for the
 * walker, an alert, data that stays where it is. exchange.c calls it in its loops.
 */
#include "../handshake/post_auth.h"
#include "../handshake/renegotiate.h"
#include "api.h"

void sslr_release_consumed(SSLContext *ctx)
{
    const Incoming *in = &ctx->incoming;

    if (in->opened && in->left == 0 && !(ctx->framing.present && ctx->framing.in_place)) {
        sslr_release_record(ctx);
    }
}

static SSLErr quiet_record(SSLContext *ctx)
{
    if (++ctx->quiet_records > MAX_QUIET_RECORDS) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "too many records without data in a row");
    }
    return SSLNoErr;
}

/* RFC 5246 7.2.1, RFC 8446 6.1. Up to TLS 1.2 the close is answered; in TLS 1.3 the directions
 * close separately. */
static SSLErr receive_close(SSLContext *ctx)
{
    SSLErr err = SSLNoErr;

    ctx->read_closed = 1;
    sslr_post_auth_give_up(ctx);
    if (ctx->version <= TLS_Version_1_2 || ctx->state != SSL_StateConnected) {
        ctx->state = SSL_StateClosed;
        if (!ctx->write_closed) {
            err               = sslr_queue_alert(ctx, ALERT_WARNING, ALERT_CLOSE_NOTIFY);
            ctx->write_closed = 1;
        }
    } else if (ctx->write_closed && !ctx->owe_close) {
        ctx->state = SSL_StateClosed;
    }
    return err;
}

void sslr_answer_close(SSLContext *ctx)
{
    SSLErr err = sslr_drain(ctx);

    if (err != SSLNoErr && err != SSLWouldBlockErr) {
        sslr_release_queue(ctx);
        ctx->outgoing.alert_start = ctx->outgoing.alert_end;
        ctx->transport_failed     = 0;
    }
}

/* Warnings that mean the end whatever their level says. */
static int always_fatal(uint8_t alert)
{
    return alert == ALERT_UNEXPECTED_MESSAGE || alert == ALERT_BAD_RECORD_MAC || alert == 30 ||
           alert == ALERT_HANDSHAKE_FAILURE || alert == ALERT_ILLEGAL_PARAMETER;
}

static SSLErr receive_alert(SSLContext *ctx)
{
    Incoming *in    = &ctx->incoming;
    int       tls13 = ctx->version >= TLS_Version_1_3;
    uint8_t   level, alert;

    if (in->left != 2 || (tls13 && ctx->framing.partial.length > 0)) {
        return sslr_fail(ctx, in->left != 2 ? ALERT_DECODE_ERROR : ALERT_UNEXPECTED_MESSAGE,
                         SSLProtocolErr, "an alert is malformed or stands inside a message");
    }
    level    = in->content[0];
    alert    = in->content[1];
    in->left = 0;
    sslr_trace(ctx, SSL_TraceAlertReceived, alert, level, ctx->read.protection != NULL,
               SSLAlertName(alert));
    ctx->alert_received = alert;
    if (alert == ALERT_CLOSE_NOTIFY) {
        return receive_close(ctx);
    }
    if (alert == ALERT_NO_CERTIFICATE && level == ALERT_WARNING && is_server(ctx) &&
        ctx->version == SSL_Version_3_0 && ctx->handshake != NULL &&
        ctx->framing.partial.length == 0) {
        ctx->framing.message.type =
            MSG_NO_CERTIFICATE; /* a step of the flow, where it is allowed */
        ctx->framing.present  = 1;
        ctx->framing.in_place = 1;
        return SSLNoErr;
    }
    if (level != ALERT_WARNING && level != ALERT_FATAL) {
        return sslr_illegal(ctx, "the level of an alert is neither warning nor fatal");
    }
    /* RFC 8446 6: in TLS 1.3 only user_canceled is not an end. */
    if (alert == ALERT_USER_CANCELED && level == ALERT_WARNING) {
        return quiet_record(ctx);
    }
    if (!tls13 && level == ALERT_WARNING && alert == ALERT_NO_RENEGOTIATION) {
        SSLErr err = sslr_renegotiation_refused(ctx);

        return err != SSLNoErr ? err : quiet_record(ctx);
    }
    if (!tls13 && level == ALERT_WARNING && !always_fatal(alert)) {
        return quiet_record(ctx);
    }
    return sslr_fail(ctx, SSL_NO_ALERT, SSLFatalAlert, SSLAlertName(alert));
}

/* RFC 8446 5, D.4: between the first ClientHello and the peer's Finished it means nothing, and is
 * dropped; RFC 5246 7.1: it is a step of the flow. */
static SSLErr receive_change_cipher_spec(SSLContext *ctx)
{
    Incoming *in      = &ctx->incoming;
    Framing  *framing = &ctx->framing;

    if (ctx->handshake == NULL || framing->partial.length > 0) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "a ChangeCipherSpec comes at the wrong time");
    }
    if (ctx->protocol != NULL && ctx->version >= TLS_Version_1_3) {
        if (ctx->state == SSL_StateConnected || in->left != 1 || in->content[0] != 1 ||
            ++ctx->handshake->dropped_ccs > MAX_DROPPED_CCS) {
            return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                             "a compatibility ChangeCipherSpec is malformed or repeated too often");
        }
        in->left = 0;
        return SSLNoErr;
    }
    framing->message.type  = MSG_CHANGE_CIPHER_SPEC;
    framing->message.body  = bytes_of(in->content, in->left);
    framing->message.whole = bytes_of(NULL, 0);
    framing->present       = 1;
    framing->in_place      = 1;
    in->content += in->left;
    in->left = 0;
    return SSLNoErr;
}

/* RFC 5246 7.4.1.1: ignored while a handshake runs, and not part of the transcript. */
static int is_ignored(const SSLContext *ctx, const Message *message)
{
    return ctx->handshake != NULL && !is_server(ctx) && message->type == MSG_HELLO_REQUEST &&
           message->body.length == 0 && ctx->version < TLS_Version_1_3;
}

/* RFC 8446 4.6: tickets and new keys do not wait for the client's answer; another request does. */
static int belongs_to_flow(const SSLContext *ctx, const Message *message)
{
    return ctx->handshake != NULL &&
           !(answers_later(ctx) && message->type != MSG_CERTIFICATE_REQUEST);
}

static SSLErr receive_handshake(SSLContext *ctx)
{
    int    available = 0;
    SSLErr err       = sslr_frame_message(ctx, &available);

    if (err == SSLNoErr && available && is_ignored(ctx, &ctx->framing.message)) {
        sslr_release_message(ctx);
        return quiet_record(ctx);
    }
    if (err != SSLNoErr || !available || belongs_to_flow(ctx, &ctx->framing.message)) {
        return err;
    }
    err = sslr_post_handshake(ctx, &ctx->framing.message);
    if (err == SSLNoErr && belongs_to_flow(ctx, &ctx->framing.message)) {
        return SSLNoErr; /* its first message: the walker reads it */
    }
    sslr_release_message(ctx);
    return err != SSLNoErr ? err : quiet_record(ctx);
}

/* SSL 2.0: a record is a message. The first one may also be a ClientHello for SSL 3.0 and later, or
 * decide that 2.0 is spoken. */
static SSLErr receive_version_2(SSLContext *ctx)
{
    Incoming *in      = &ctx->incoming;
    Framing  *framing = &ctx->framing;
    SSLErr    err     = SSLNoErr;

    framing->message.body  = bytes_of(in->content + 1, in->left - 1);
    framing->message.whole = bytes_of(NULL, 0);
    framing->message.type  = (uint16_t)(0x200 | in->content[0]);
    if (ctx->protocol == NULL) {
        err = sslr_recognise_version_2(ctx, bytes_of(in->content, in->left));
    }
    if (err == SSLNoErr && in->content[0] == 0 &&
        !(is_server(ctx) && ctx->protocol->stands_for_certificate(ctx, &framing->message))) {
        return sslr_fail(ctx, SSL_NO_ALERT, SSLFatalAlert, "the peer sent an ERROR of SSL 2.0");
    }
    if (err == SSLNoErr) {
        framing->present = framing->in_place = 1;
        in->content += in->left;
        in->left = 0;
    }
    return err;
}

/* RFC 5246 7.4.9, F.1.4: data under the old keys is welcome until the peer changes its own.
 * RFC 8446 2.3: 0-RTT data comes before the client's Finished. */
static int may_bring_data(const SSLContext *ctx)
{
    return ctx->handshake == NULL || ctx->handshake->early.reading || answers_later(ctx) ||
           (is_renegotiating(ctx) && !ctx->handshake->peer_changed_keys);
}

static SSLErr next_record(SSLContext *ctx)
{
    const Incoming *in  = &ctx->incoming;
    SSLErr          err = sslr_read_record(ctx);

    if (err == SSLNoErr && ctx->handshake != NULL && ctx->handshake->early.reading &&
        in->type == CONTENT_APPLICATION_DATA) {
        err = sslr_early_data_came(ctx, in->left);
    }
    return err;
}

SSLErr sslr_receive(SSLContext *ctx)
{
    Incoming *in = &ctx->incoming;
    SSLErr    err;

    sslr_release_consumed(ctx);
    if (ctx->framing.present && ctx->handshake == NULL) {
        return receive_handshake(ctx); /* it came while a client answered the one before */
    }
    if (!in->opened) {
        err = next_record(ctx);
        if (err != SSLNoErr) {
            return err;
        }
    }
    if (in->skipped) {
        return SSLNoErr; /* bounded in bytes where it was skipped */
    }
    switch (in->type) {
    case CONTENT_HANDSHAKE:
        return receive_handshake(ctx);
    case CONTENT_ALERT:
        return receive_alert(ctx);
    case CONTENT_CHANGE_CIPHER_SPEC:
        return receive_change_cipher_spec(ctx);
    case CONTENT_VERSION_2:
        return receive_version_2(ctx);
    default:
        break;
    }
    if (!may_bring_data(ctx)) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "application data during a handshake");
    }
    if (ctx->version >= TLS_Version_1_3 && ctx->framing.partial.length > 0) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "application data inside a handshake message");
    }
    return in->left == 0 ? quiet_record(ctx) : SSLNoErr;
}
