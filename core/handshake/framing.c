/*
 * framing.c - handshake messages cut out of records. A message that lies whole in one record is
 * used where it is; one that is split is put together in a block that follows the bytes received,
 * never the declared length.
 */
#include "handshake.h"

#define HEADER 4

/* Limits by type (bytes of the body). */
static size_t limit_of(uint8_t type)
{
    switch (type) {
    case MSG_CLIENT_HELLO:
        return MAX_CLIENT_HELLO;
    case MSG_CERTIFICATE:
        return MAX_CERTIFICATE_MESSAGE;
    case MSG_CERTIFICATE_STATUS:
        return MAX_STATUS_MESSAGE;
    case MSG_NEW_SESSION_TICKET:
        return MAX_TICKET_MESSAGE;
    default:
        return MAX_HANDSHAKE_MESSAGE;
    }
}

static uint16_t type_of(const uint8_t *message, size_t length)
{
    if (message[0] == MSG_SERVER_HELLO && length >= HEADER + 2 + 32 &&
        memcmp(message + HEADER + 2, sslr_retry_random, 32) == 0) {
        return MSG_HELLO_RETRY_REQUEST;
    }
    return message[0];
}

static void present(Framing *framing, uint8_t *message, size_t length, int in_place)
{
    framing->message.type  = type_of(message, length);
    framing->message.body  = bytes_of(message + HEADER, length - HEADER);
    framing->message.whole = bytes_of(message, length);
    framing->present       = 1;
    framing->in_place      = in_place != 0;
}

/* Take bytes of the record. */
static void consume(SSLContext *ctx, size_t length)
{
    ctx->incoming.content += length;
    ctx->incoming.left -= length;
}

/* What a header says about the whole message. */
static SSLErr read_length(SSLContext *ctx, const uint8_t *header, size_t *length)
{
    size_t body = ((size_t)header[1] << 16) | ((size_t)header[2] << 8) | header[3];

    *length = HEADER + body;
    return body <= limit_of(header[0]) ? SSLNoErr
                                       : sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                                                   "a handshake message is too long");
}

/* Append to the split message what of it is in the record. */
static SSLErr gather_split(SSLContext *ctx, size_t wanted)
{
    Writer *partial = &ctx->framing.partial;
    size_t  missing = wanted - partial->length;
    size_t  take    = missing < ctx->incoming.left ? missing : ctx->incoming.left;

    write_bytes(partial, bytes_of(ctx->incoming.content, take));
    consume(ctx, take);
    return writer_status(partial);
}

SSLErr sslr_frame_message(SSLContext *ctx, int *available)
{
    Framing  *framing = &ctx->framing;
    Incoming *in      = &ctx->incoming;
    size_t    length;
    SSLErr    err;

    *available = framing->present;
    if (framing->present) {
        return SSLNoErr;
    }
    if (framing->partial.length == 0 && in->left >= HEADER) {
        err = read_length(ctx, in->content, &length);
        if (err != SSLNoErr) {
            return err;
        }
        if (length <= in->left) {
            present(framing, in->content, length, 1);
            consume(ctx, length);
            *available = 1;
            return SSLNoErr;
        }
    }
    if (framing->partial.length < HEADER) {
        err = gather_split(ctx, HEADER);
        if (err != SSLNoErr || framing->partial.length < HEADER) {
            return err;
        }
    }
    err = read_length(ctx, framing->partial.data, &length);
    if (err == SSLNoErr) {
        err = gather_split(ctx, length);
    }
    if (err == SSLNoErr && framing->partial.length == length) {
        present(framing, framing->partial.data, length, 0);
        *available = 1;
    }
    return err;
}

void sslr_release_message(SSLContext *ctx)
{
    Framing *framing = &ctx->framing;

    if (framing->present && !framing->in_place) {
        sslr_writer_release(&framing->partial);
    }
    framing->present = 0;
    memset(&framing->message, 0, sizeof(framing->message));
}

int sslr_framing_busy(const SSLContext *ctx)
{
    return ctx->framing.present || ctx->framing.partial.length > 0;
}

/* ---- SSL 2.0 format ---- */

/* A peer that knows nothing else understands only its own ERROR: NO-CIPHER-ERROR, in clear. */
static SSLErr refuse_ssl2(SSLContext *ctx)
{
    static const uint8_t error[5] = {0x80, 0x03, 0x00, 0x00, 0x01};
    uint8_t             *space;

    if (sslr_queue_space(ctx, sizeof(error), &space) == SSLNoErr) {
        memcpy(space, error, sizeof(error));
    }
    return sslr_fail(ctx, SSL_NO_ALERT, SSLNegotiationErr,
                     "the peer speaks only SSL 2.0, which is not allowed");
}

/* From now on SSL 2.0 is spoken. A server starts its flow; a client has sent its hello. */
static SSLErr speak_ssl2(SSLContext *ctx, int client_has_sent_hello)
{
    Handshake        *hs   = ctx->handshake;
    const Generation *ssl2 = ctx->profile->ssl2;

    if (ssl2 == NULL || ctx->config.version_min > SSL_Version_2_0) {
        return refuse_ssl2(ctx);
    }
    ctx->protocol = ssl2->protocol;
    ctx->version  = ssl2->protocol->version;
    hs->table = hs->row = ssl2->flow;
    ctx->read.sequence  = 1; /* the record that is being read is its first */
    return ssl2->protocol->begin(ctx, client_has_sent_hello);
}

SSLErr sslr_recognise_version_2(SSLContext *ctx, Bytes message)
{
    Framing *framing = &ctx->framing;
    uint16_t version;

    if (!is_server(ctx)) {
        return speak_ssl2(ctx, 1);
    }
    if (message.length < 3 || message.data[0] != MSG_CLIENT_HELLO) {
        return sslr_fail(ctx, ALERT_UNEXPECTED_MESSAGE, SSLProtocolErr,
                         "the first message is no ClientHello");
    }
    version = get_u16(message.data + 1);
    if (version >= SSL_Version_3_0 && ctx->config.version_max >= SSL_Version_3_0) {
        framing->message.type  = MSG_CLIENT_HELLO_V2;
        framing->message.whole = message;
        return SSLNoErr;
    }
    return speak_ssl2(ctx, 0);
}
