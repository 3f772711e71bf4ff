/*
 * flow.c - the order of SSL 2.0's messages (protocol/ssl2.md section 4), how the walker sends them,
 * and how a connection comes to speak it. A client waits for SERVER-VERIFY before it sends
 * CLIENT-FINISHED; servers do not wait for that.
 */
#include "ssl2.h"

#include "../session/session.h"

SSLErr sslr_ssl2_begin(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;
    void      *block;
    SSLErr     err;

    if (hs->ssl2 != NULL) {
        return SSLNoErr;
    }
    err = sslr_allocate_zeroed(&ctx->allocator, sizeof(Ssl2State), &block);
    if (err == SSLNoErr) {
        hs->ssl2               = (Ssl2State *)block;
        hs->ssl2_length        = sizeof(Ssl2State);
        hs->ssl2->knows_better = ctx->config.version_max >= SSL_Version_3_0;
    }
    return err;
}

/* The message is a record of its own, without a header; nothing is hashed. */
static SSLErr send(SSLContext *ctx, const FlowRow *row)
{
    Writer message;
    SSLErr err;

    if (row->type == SSL2_CLIENT_CERTIFICATE && ctx->handshake->identity == NULL) {
        return sslr_ssl2_queue_error(ctx, SSL2_NO_CERTIFICATE);
    }
    sslr_writer_init(&message, &ctx->allocator);
    write_u8(&message, row->type & 0xFF);
    err = row->write(ctx, &message);
    if (err == SSLNoErr) {
        err = writer_status(&message);
    }
    if (err == SSLNoErr) {
        err = sslr_ssl2_queue(ctx, bytes_of(message.data, message.length));
        trace_message(ctx, SSL_TraceMessageSent, row->type, message.length - 1,
                      ctx->write.state != NULL);
    }
    sslr_writer_release(&message);
    return err;
}

/* Both sides know the kind and the keys once CLIENT-MASTER-KEY is through; on a hit after
 * SERVER-HELLO. */
static SSLErr use_keys(SSLContext *ctx)
{
    SSLErr err = sslr_ssl2_derive(ctx);

    return err != SSLNoErr ? err : sslr_ssl2_activate(ctx);
}

/* The client's challenge is the end of its random, as it was sent. */
static SSLErr begin(SSLContext *ctx, int client_has_sent_hello)
{
    Handshake *hs  = ctx->handshake;
    SSLErr     err = sslr_ssl2_begin(ctx);

    if (err == SSLNoErr && client_has_sent_hello) {
        hs->row++;
        memcpy(hs->ssl2->challenge, hs->client_random + 32 - SSL2_CHALLENGE, SSL2_CHALLENGE);
        hs->ssl2->challenge_length = SSL2_CHALLENGE;
    }
    return err;
}

static SSLErr after_server_hello(SSLContext *ctx)
{
    return has_fact(ctx, FACT_RESUMED) ? use_keys(ctx) : SSLNoErr;
}

static SSLErr after_master_key(SSLContext *ctx)
{
    return is_server(ctx)
               ? SSLNoErr
               : use_keys(ctx); /* the server decrypts it first, in a row that may wait */
}

/* What a stored session needs stands where later versions have the master secret. */
static SSLErr after_server_finished(SSLContext *ctx)
{
    Handshake *hs = ctx->handshake;

    memset(hs->secret, 0, sizeof(hs->secret));
    memcpy(hs->secret, hs->ssl2->master, sizeof(hs->ssl2->master));
    memcpy(hs->secret + SSL2_MAX_MASTER, hs->ssl2->iv, sizeof(hs->ssl2->iv));
    memcpy(hs->secret + SSL2_MAX_MASTER + sizeof(hs->ssl2->iv), hs->ssl2->kind->code, 3);
    return SSLNoErr;
}

/* clang-format off */
const FlowRow sslr_flow_ssl2[] = {
    { .who = CLIENT,      .type = SSL2_CLIENT_HELLO,        .flags = FLUSH, .write = BY_CLIENT(sslr_ssl2_write_client_hello), .read = BY_SERVER(sslr_ssl2_read_client_hello) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_client_hello),   .name = "consider ClientHello" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_ssl2_work_session),   .name = "look up session" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_server_identity), .unless = FACT_RESUMED, .name = "choose identity" },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_ssl2_work_choose),    .name = "choose parameters" },
    { .who = SERVER,      .type = SSL2_SERVER_HELLO,        .flags = FLUSH, .write = BY_SERVER(sslr_ssl2_write_server_hello), .read = BY_CLIENT(sslr_ssl2_read_server_hello), .then = after_server_hello },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_work_check_certificate), .when = FACT_FULL, .name = "check certificate" },
    { .who = CLIENT,      .type = SSL2_CLIENT_MASTER_KEY,   .flags = FLUSH, .when = FACT_FULL, .write = BY_CLIENT(sslr_ssl2_write_master_key), .read = BY_SERVER(sslr_ssl2_read_master_key), .then = after_master_key },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_ssl2_work_decrypt), .when = FACT_FULL, .name = "decrypt master key", .then = use_keys },
    { .who = SERVER,      .type = SSL2_SERVER_VERIFY,       .flags = FLUSH, .write = BY_SERVER(sslr_ssl2_write_server_verify), .read = BY_CLIENT(sslr_ssl2_read_server_verify) },
    { .who = CLIENT,      .type = SSL2_CLIENT_FINISHED,     .flags = FLUSH, .write = BY_CLIENT(sslr_ssl2_write_client_finished), .read = BY_SERVER(sslr_ssl2_read_client_finished) },
    { .who = SERVER,      .type = SSL2_REQUEST_CERTIFICATE, .flags = OPTIONAL | FLUSH, .choice = FACT_CERT_REQUESTED, .write = BY_SERVER(sslr_ssl2_write_request), .read = BY_CLIENT(sslr_ssl2_read_request) },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_ssl2_work_identity), .when = FACT_CERT_REQUESTED, .name = "choose identity" },
    { .who = CLIENT_WORK, .work = BY_CLIENT(sslr_ssl2_work_sign), .when = FACT_CERT_REQUESTED, .name = "sign challenge" },
    { .who = CLIENT,      .type = SSL2_CLIENT_CERTIFICATE,  .flags = ALTERNATIVE | FLUSH, .when = FACT_CERT_REQUESTED, .write = BY_CLIENT(sslr_ssl2_write_client_certificate), .read = BY_SERVER(sslr_ssl2_read_client_certificate) },
    { .who = SERVER_WORK, .work = BY_SERVER(sslr_work_check_certificate), .when = FACT_CERT_REQUESTED | FACT_CLIENT_CERTIFIED, .name = "check certificate" },
    { .who = SERVER,      .type = SSL2_SERVER_FINISHED,     .flags = FLUSH, .write = BY_SERVER(sslr_ssl2_write_server_finished), .read = BY_CLIENT(sslr_ssl2_read_server_finished), .then = after_server_finished },
    { .who = ROW_END }
};
/* clang-format on */

/* What stands for an alert: an ERROR, or nothing at all. */
static SSLErr alert(SSLContext *ctx, uint8_t description)
{
    switch (description) {
    case ALERT_CLOSE_NOTIFY:
        return SSLNoErr; /* there is no close */
    case ALERT_HANDSHAKE_FAILURE:
        return sslr_ssl2_queue_error(ctx, SSL2_NO_CIPHER);
    case ALERT_BAD_CERTIFICATE:
    case ALERT_UNKNOWN_CA:
    case ALERT_CERTIFICATE_EXPIRED:
    case ALERT_CERTIFICATE_UNKNOWN:
        return sslr_ssl2_queue_error(ctx, SSL2_BAD_CERTIFICATE);
    case ALERT_UNSUPPORTED_CERTIFICATE:
        return sslr_ssl2_queue_error(ctx, SSL2_UNSUPPORTED_CERTIFICATE);
    default:
        return SSLNoErr;
    }
}

static int stands_for_certificate(const SSLContext *ctx, const Message *message)
{
    (void)ctx;
    return message->type == SSL2_ERROR && message->body.length == 2 &&
           get_u16(message->body.data) == SSL2_NO_CERTIFICATE;
}

const Protocol sslr_protocol_ssl2 = {.version                = SSL_Version_2_0,
                                     .begin                  = begin,
                                     .send                   = send,
                                     .read_record            = sslr_ssl2_read_record,
                                     .queue                  = sslr_ssl2_queue,
                                     .queue_overhead         = SSL2_OVERHEAD,
                                     .alert                  = alert,
                                     .stands_for_certificate = stands_for_certificate};

/* What a profile names. */
const Generation sslr_ssl2 = {&sslr_protocol_ssl2, sslr_flow_ssl2};
