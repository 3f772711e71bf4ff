/*
 * post.c - messages behind a TLS 1.3 handshake: KeyUpdate (RFC 8446 4.6.3) and NewSessionTicket
 * (4.6.1).
 */
#include "messages.h"

#include "../session/session13.h"

SSLErr sslr_read_key_update(SSLContext *ctx, Reader *body)
{
    uint8_t request = read_u8(body);

    if (!reader_complete(body)) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr, "the KeyUpdate is malformed");
    }
    if (request > 1) {
        return sslr_illegal(ctx, "the KeyUpdate's request is neither 0 nor 1");
    }
    if (ctx->key_update_awaited) {
        ctx->key_update_awaited = 0;
        ctx->quiet_records      = 0; /* it was asked for */
    }
    if (request == 1 && !ctx->write_closed) {
        ctx->owe_key_update = 1; /* several requests share one answer */
    }
    return sslr_tls13_update_keys(ctx, 0);
}

/* RFC 8446 4.6.1: of the extensions only early_data means something; duplicates are wrong. */
static SSLErr read_ticket_extensions(SSLContext *ctx, Reader *extensions, uint32_t *max_early_data)
{
    int early_data = 0;

    *max_early_data = 0;
    while (reader_has_more(extensions)) {
        uint16_t id   = read_u16(extensions);
        Bytes    data = read_vector(extensions, 2);

        if (extensions->failed || (id == EXT_EARLY_DATA && data.length != 4)) {
            extensions->failed = 1;
        } else if (id == EXT_EARLY_DATA && early_data++) {
            ctx->error_extension = EXT_EARLY_DATA;
            return sslr_illegal(ctx, "an extension stands twice");
        } else if (id == EXT_EARLY_DATA) {
            Reader value = reader_of(data);

            *max_early_data = read_u32(&value);
        }
    }
    return SSLNoErr;
}

SSLErr sslr_read_new_session_ticket(SSLContext *ctx, Reader *body)
{
    uint32_t lifetime   = read_u32(body);
    uint32_t age_add    = read_u32(body);
    Bytes    nonce      = read_vector(body, 1);
    Bytes    ticket     = read_vector(body, 2);
    Reader   extensions = read_block(body, 2);
    uint32_t early_data;
    SSLErr   err = read_ticket_extensions(ctx, &extensions, &early_data);

    if (err != SSLNoErr) {
        return err;
    }
    if (!reader_complete(body) || extensions.failed || ticket.length == 0) {
        return sslr_fail(ctx, ALERT_DECODE_ERROR, SSLProtocolErr,
                         "the NewSessionTicket is malformed");
    }
    return sslr_session13_keep(ctx, lifetime, age_add, early_data, nonce, ticket);
}

static void write_ticket_extensions(const SSLContext *ctx, Writer *message)
{
    Block list = open_block(message, 2), extension;

    if (max_early_data(ctx) > 0) {
        write_u16(message, EXT_EARLY_DATA);
        extension = open_block(message, 2);
        write_u32(message, max_early_data(ctx));
        close_block(message, extension);
    }
    close_block(message, list);
}

SSLErr sslr_queue_new_session_ticket(SSLContext *ctx, uint32_t lifetime, uint32_t age_add,
                                     Bytes nonce, Bytes ticket)
{
    Writer message;
    Block  body;
    SSLErr err;

    sslr_writer_init(&message, &ctx->allocator);
    write_u8(&message, MSG_NEW_SESSION_TICKET);
    body = open_block(&message, 3);
    write_u32(&message, lifetime);
    write_u32(&message, age_add);
    write_vector(&message, nonce, 1);
    write_vector(&message, ticket, 2);
    write_ticket_extensions(ctx, &message);
    close_block(&message, body);
    err = writer_status(&message);
    if (err == SSLNoErr) {
        err = sslr_queue_content(ctx, CONTENT_HANDSHAKE, bytes_of(message.data, message.length));
    }
    if (err == SSLNoErr) {
        trace_message(ctx, SSL_TraceMessageSent, MSG_NEW_SESSION_TICKET, message.length - 4, 1);
    }
    sslr_writer_release(&message);
    return err;
}
